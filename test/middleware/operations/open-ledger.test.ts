import pg from 'pg'
import type { Config } from '../../../middleware/config.ts'
import { openLedger } from '../../../middleware/operations/open-ledger.ts'
import { startEmbedded } from '../../../middleware/database/embedded.ts'
import { EmbeddedRig } from '../database/embedded-rig.ts'

describe('the ledger that an operator opens', () => {
  let rig: EmbeddedRig
  beforeEach(() => {
    rig = new EmbeddedRig()
  })
  afterEach(() => rig.cleanUp())

  const opened = (directory: string) => openLedger({ database: { embedded: { directory } } } as Config)

  it('is stopped again when nobody else uses it', async () => {
    const directory = rig.folder('alone')
    await (await opened(directory)).close()
    const next = await startEmbedded({ directory })
    expect(next.adopted).toBe(false)
    await next.stop()
  })

  it('is left to a middleware that has begun to use it meanwhile', async () => {
    const directory = rig.folder('shared')
    const ledger = await opened(directory)
    const middleware = await startEmbedded({ directory })
    const client = new pg.Client({ connectionString: middleware.url })
    await client.connect()
    await ledger.close()
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
    await middleware.stop()
  })
})
