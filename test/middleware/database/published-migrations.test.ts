import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'

const FOLDER = 'middleware/database/migrations'

/** A database that has applied one refuses to start when the file has changed since: what is to be different is a new file, and a new line here. */
const PUBLISHED = [
  ['0001-ledger.sql', 'c3a28b5375d26e4910b31e719add95623f11f891463b39e366766559ba9e1923'],
  ['0002-rules.sql', '984f77b379b736492de1c4ee1ac0e5fc89847d0cfdba96358fdd27ee82c325c5'],
  ['0003-exposure.sql', '7736e668427d4cb9a9abefdc2c25d5359eb3e99e47923d630cea27fd039c922b'],
  ['0004-attention.sql', 'e46d74c363acea060585af42d0f3d749996e9e177f6c884ac0ec42271f23e7b9'],
  ['0005-settlements.sql', '488c9100082e6602f4ed2557a182ec17866f484f1a491223e9213499d939ad48'],
  ['0007-failing-work.sql', 'cdec9e4b64dcf9898791b7e7ffa9c2f094bb4be36c26cb98e72e8119d5cbd6d8'],
  ['0009-operations.sql', 'c23bc4b90140ba85dff82922a9c38babc8c30936d2f26e0645da73f90175a4f4'],
  ['0010-reconciliation.sql', 'b2d02da45db11c48c5c6e3aa58e9f91995801b14e566b616f07172a36c4d5696'],
  ['0011-speed.sql', 'bf690c30cccfd897ced2402a7e09c10184d3ce95edfab10c78c9d22f6f720ae3'],
  ['0012-undo-exposure.sql', 'ebbc2d53bc706ff127eab8e047d4d9efceb6c0676796f82ffb0bad725cdc0d35'],
  ['0013-lighter-books.sql', '62993f0d802727b14058469b052fced296e545b5653b062f9ccb4b1f2d7c65b2'],
  ['0014-retention.sql', 'c125aa88713db8ac45432460dd73670e731c51a03ded12a21f16061a4e803783'],
  ['0015-limits.sql', '609e6e5ddd0b881115f42d1309723081aca7f1321d4c6fc5379bc887c4ee54e0'],
  ['0016-books-planned-once.sql', 'd9bf7510c9e078fb77959a48c373449d3536f397eb9efd8cc70577010502c17f'],
  ['0017-fewer-looks.sql', '8ac3c2b31d50cb43008d334264056c9bb20802c37851d4b87f90a2d0c4bf56d6'],
  ['0018-rules-read-once.sql', '14df1541cd84a8b88418650d982fcd4ab6f83608ec9b06d279b2205c6b8ed0bc'],
  ['0019-rules-of-payments-read-once.sql', 'ad5ff7d815435d86f09e58b65d16b63d01a5c75aade0cac00b1055a9da191640'],
  ['0020-books-in-few-words.sql', 'fe9401a818ae8336bddb87ce68cbc787459ced2b79a7b73ec3952022f2cda461'],
] as const

describe('the migrations', () => {
  it.each(PUBLISHED)('leave %s as databases have applied it', (name, digest) => {
    expect(
      createHash('sha256')
        .update(readFileSync(`${FOLDER}/${name}`))
        .digest('hex'),
    ).toBe(digest)
  })

  it('are all in that list', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(PUBLISHED.map(([name]) => name))
  })
})
