import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { Caller } from './caller.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'
import type { Rig } from './rig.ts'

interface Settings {
  readonly database: { readonly url: { readonly file: string } }
  readonly gatewayAccounts: readonly { readonly apiKey: { readonly file: string } }[]
}

describe('a secret that was changed where it is from, its new value where the reference points, and a restart', () => {
  let db: FreshDatabase
  let rig: Rig
  beforeEach(async () => {
    db = await freshDatabase()
    rig = await startRig({ databaseUrl: db.url })
  })
  afterEach(async () => {
    await rig.close()
    await db.close()
  })

  const settings = () => JSON.parse(readFileSync(rig.world.configPath, 'utf8')) as Settings
  const change = (file: string, value: string) => writeFileSync(file, value)
  const ask = async () => {
    const payment = await newPayment(rig.world, PAYMENT_MIX[0]!)
    const answer = await new Caller(rig.world.org).ask(rig.fleet.url(), randomUUID(), {
      ...payment.body,
      amount: '10.00',
    })
    return [answer?.body.refund?.state, rig.world.adyen.acceptedRefunds(payment.reference).length]
  }

  it('serve for the API key of a gateway; what was asked in between is refused, and nothing paid', async () => {
    await rig.fleet.start(0)
    expect(await ask()).toEqual(['pending', 1])
    rig.world.adyen.changeApiKey('the-new-key')
    expect(await ask()).toEqual(['rejected', 0])
    change(settings().gatewayAccounts[0]!.apiKey.file, 'the-new-key')
    await rig.fleet.stop(0)
    await rig.fleet.start(0)
    expect(await ask()).toEqual(['pending', 1])
  })

  it('serve for the password of the database; until then those who are connected go on, and who starts says why it cannot', async () => {
    const role = `relay_${randomUUID().replaceAll('-', '')}`
    const url = (password: string) => Object.assign(new URL(db.url), { username: role, password }).href
    await db.database.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'the-old-one'`)
    try {
      change(settings().database.url.file, url('the-old-one'))
      await rig.fleet.start(0)
      expect(await ask()).toEqual(['pending', 1])
      await db.database.query(`ALTER ROLE ${role} PASSWORD 'the-new-one'`)
      expect(await ask()).toEqual(['pending', 1])
      await expect(rig.fleet.start(1)).rejects.toThrow(/password authentication failed for user/)
      change(settings().database.url.file, url('the-new-one'))
      await rig.fleet.start(1)
      await rig.fleet.stop(0)
      expect(await ask()).toEqual(['pending', 1])
      await rig.fleet.stop(1)
    } finally {
      await db.database.query(`DROP ROLE ${role}`)
    }
  })
})
