import { randomUUID } from 'node:crypto'
import { card } from '../emulators/sample-payments.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { until } from '../until.ts'
import { Caller } from './caller.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'
import type { Rig } from './rig.ts'

describe('four processes on one database', () => {
  let db: FreshDatabase
  let rig: Rig
  let caller: Caller
  beforeAll(async () => {
    db = await freshDatabase()
    rig = await startRig({ databaseUrl: db.url })
    caller = new Caller(rig.world.org)
    await Promise.all([0, 1, 2, 3].map((place) => rig.fleet.start(place)))
  }, 60_000)
  afterAll(async () => {
    await rig.close()
    await db.close()
  })

  it.each([2, 7, 32])(
    'take exactly what the payment holds when %i ask at once and the gateway would pay them all; the others hear what is left',
    async (callers) => {
      const fitting = Math.floor(callers / 2)
      const captured = fitting * 10 + 5
      // The gateway knows a larger payment: only the ledger here can refuse.
      const { recordId, reference } = await rig.world.addPayment({
        hint: '',
        gateway: 'adyen',
        atGateway: { amount: { value: 1_000_000, currency: 'EUR' } },
        inOrg: card(captured, 'EUR', 'Visa', '2026-10-12'),
      })
      const body = {
        ...{ paymentId: recordId, gateway: 'adyen', gatewayAccount: 'RefundRelayECOM', gatewayReference: reference },
        ...{ capturedAmount: `${captured}.00`, currency: 'EUR', amount: '10.00' },
      }
      const answers = await Promise.all(
        Array.from({ length: callers }, (_, place) => caller.ask(rig.fleet.urlOf(place % 4), randomUUID(), body)),
      )
      const refused = answers.filter((answer) => answer?.status === 409)
      // Some are answered after their webhook has come: 201.
      expect(answers.filter((answer) => answer?.body.refund)).toHaveLength(fitting)
      expect(refused).toHaveLength(callers - fitting)
      for (const { body } of refused.map((answer) => answer!)) {
        expect(body.code).toBe('amount_exceeds_refundable')
        expect(body.detail).toMatch(/^Only EUR 5\.00 of this payment can still be refunded/)
      }
      expect(rig.world.adyen.acceptedRefunds(reference)).toHaveLength(fitting)
    },
  )

  it('share out what is due, and each refund reaches its gateway once', async () => {
    const heard = { accepted: new Map<string, { id: string; body: object }>(), refused: new Set<string>() }
    rig.world.adyen.setDown(true)
    const payments = await Promise.all(Array.from({ length: 40 }, () => newPayment(rig.world, PAYMENT_MIX[0]!)))
    await Promise.all(
      payments.map(async (payment) => {
        const key = randomUUID()
        const body = { ...payment.body, amount: '10.00' }
        const answer = await caller.ask(rig.fleet.url(), key, body)
        heard.accepted.set(key, { id: answer!.body.refund!.id, body })
      }),
    )
    // Not answered before all have come: as one process has sixteen calls under way at most, forty need three.
    rig.world.adyen.faultOnNextRequest('slow', payments.length)
    rig.world.adyen.setDown(false)
    const ids = [...heard.accepted.values()].map(({ id }) => id)
    // All of it due in the same instant, for whoever looks first.
    await rig.database.query('UPDATE refunds SET due_at = relay_now() WHERE id = ANY($1) AND due_at IS NOT NULL', [ids])
    const sent = () => payments.map(({ reference }) => rig.world.adyen.acceptedRefunds(reference).length)
    await until(() => expect(sent()).toEqual(payments.map(() => 1)))
    const [senders] = await rig.database.query<{ count: number }>(
      `SELECT count(DISTINCT r.instance)::int AS count FROM (
         SELECT DISTINCT ON (refund_id) instance FROM refund_changes WHERE refund_id = ANY($1) AND to_state = 'submitting'
         ORDER BY refund_id, id DESC) r`,
      [ids],
    )
    expect(senders!.count).toBeGreaterThanOrEqual(3)
    rig.world.adyen.advanceClock(7_000)
    await until(async () => {
      const open = await rig.database.query(`SELECT 1 FROM refunds WHERE id = ANY($1) AND state <> 'succeeded'`, [ids])
      expect(open).toEqual([])
    })
    expect(sent()).toEqual(payments.map(() => 1))
  })
})
