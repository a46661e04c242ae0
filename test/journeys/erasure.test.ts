import { readFileSync, writeFileSync } from 'node:fs'
import { until } from '../until.ts'
import { refundsCommand } from './refunds-command.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

const NOTE = 'Mrs Example called, her number is in the ticket'
const REASON = 'data subject request 17'

describe('what was written of a refund', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  const refunded = async () => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    const asked = await world.request({ ...paid.body, amount: '20.00', note: NOTE })
    const { id } = asked.body.refund
    await world.record(id, 'Refunded')
    await until(async () => {
      const [row] = await world.database.database.query(`SELECT 1 FROM refunds WHERE id = $1 AND crm_due_at IS NULL`, [
        id,
      ])
      expect(row).toBeDefined()
    })
    return { id, ...paid }
  }
  const noteOf = async (id: string) => (await world.get(`/v1/refunds/${id}`)).body.refund.note

  it('is erased at once when somebody asks for it, once it is over; a failure after that leaves the note in Salesforce', async () => {
    const { id, recordId, reference } = await refunded()
    const erase = (...more: string[]) =>
      refundsCommand(world.configPath, 'erase', '--payment', recordId, '--reason', REASON, ...more)
    expect(await erase()).toEqual({
      code: 1,
      out: '',
      err: `refunds: Nothing was erased, for not everything is over: ${id} has changed in the last ten minutes.\n`,
    })
    expect(await noteOf(id)).toBe(NOTE)
    await world.later('11 minutes')
    expect(await erase()).toEqual({
      code: 0,
      err: '',
      out: `Erased: what was written, sent and said of payment ${recordId}, 1 refund and 1 event. What Salesforce holds of it is erased there.\n`,
    })
    expect(await noteOf(id)).toBeNull()
    const { out } = await refundsCommand(world.configPath, 'show', id)
    expect(out).toMatch(/was erased \d{4}-/)
    expect(out).toMatch(/succeeded +succeeded +erased by \w+: data subject request 17/)
    expect(JSON.parse((await erase('--json')).out)).toEqual({
      payment: recordId,
      credit: null,
      refunds: [id],
      events: 1,
    })
    world.adyen.failRefund(world.adyen.acceptedRefunds(reference)[0]!.pspReference)
    expect(await world.record(id, 'Failed')).toMatchObject({
      Note__c: NOTE,
      Gateway_Message__c: 'Refund was declined by the bank',
    })
    expect(await noteOf(id)).toBeNull()
  })

  it('is erased by a middleware that runs, after the days of its configuration and not before', async () => {
    const { id } = await refunded()
    const config = JSON.parse(readFileSync(world.configPath, 'utf8')) as object
    writeFileSync(world.configPath, JSON.stringify({ ...config, retention: { days: 90 } }), { mode: 0o600 })
    await world.later('89 days')
    expect(await noteOf(id)).toBe(NOTE)
    await world.later('2 days')
    await until(async () => expect(await noteOf(id)).toBeNull())
    expect(world.org.rows('Refund__c').find((row) => row.Refund_Key__c === id)).toMatchObject({ Note__c: NOTE })
  })
})
