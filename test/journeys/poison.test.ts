import { randomUUID } from 'node:crypto'
import { ORG_ID } from '../emulators/local-world.ts'
import { attentionList } from '../../middleware/refunds/attention-list.ts'
import { until } from '../until.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

describe('work that throws every time', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  const one = async <Row extends object>(sql: string, parameters: unknown[]) =>
    (await world.database.database.query<Row>(sql, parameters))[0]!

  it('is put off ever longer, holds up nobody else, and is shown to a person', async () => {
    const refund = randomUUID()
    await world.database.database.query(
      `WITH payment AS (
         INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
         VALUES ($2, 'a01000000000POISON', 'adyen', 'RemovedAccount', 'PSPPOISON', 'EUR', 100)
       )
       INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence, due_at)
       VALUES ($1, $2, 'a01000000000POISON', 'adyen', 'RemovedAccount', 'EUR', 'refund', 'here', 'requested', 10, 'test', relay_now())`,
      [refund, ORG_ID],
    )
    const paid = await world.pay({ amount: { value: 5_000, currency: 'EUR' } }, { Amount__c: 50 })
    await world.request({ ...paid.body, amount: '1.00' })
    const event = await one<{ id: string }>(
      `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, payment_reference, refund_reference, amount,
         currency, payload, due_at)
       VALUES ('adyen', $1, 'poison', 'refund_succeeded', 'REFUND', $2, 'PSPNOBODY', 'not a number', 'EUR', '{}', relay_now())
       RETURNING id`,
      [paid.body.gatewayAccount, paid.reference],
    )

    for (let failures = 1; failures <= 5; failures++) {
      // Not oftener than that: each time it has to wait longer.
      await until(async () => {
        const count = async (table: string, id: string) =>
          (await one<{ failures: number }>(`SELECT work_failures AS failures FROM ${table} WHERE id = $1`, [id]))
            .failures
        expect([await count('refunds', refund), await count('gateway_events', event.id)]).toEqual([failures, failures])
      })
      if (failures < 5) await world.later(`${6 * 2 ** (failures - 1)} seconds`)
    }

    const other = await world.request({ ...paid.body, amount: '2.00' })
    await world.record(other.body.refund.id, 'Refunded')
    expect(await one('SELECT state, attention, attention_code FROM refunds WHERE id = $1', [refund])).toEqual({
      state: 'requested',
      attention: 'The refund service failed 5 times to go on with this refund.',
      attention_code: 'work_fails',
    })
    expect(
      await one('SELECT outcome, due_at IS NOT NULL AS due FROM gateway_events WHERE id = $1', [event.id]),
    ).toEqual({
      outcome: 'work_fails',
      due: true,
    })
    const listed = await attentionList(world.database.database)
    expect(listed.map(({ subject, id, code, paymentId }) => ({ subject, id, code, paymentId }))).toEqual(
      expect.arrayContaining([
        { subject: 'event', id: event.id, code: 'event_fails', paymentId: paid.recordId },
        { subject: 'refund', id: refund, code: 'work_fails', paymentId: 'a01000000000POISON' },
      ]),
    )
  })
})
