import { openGateway } from '../../../middleware/gateways/registry.ts'
import type { GatewayEvent } from '../../../middleware/gateways/gateway.ts'
import { applyEvent } from '../../../middleware/refunds/apply-event.ts'
import { claimEvents } from '../../../middleware/refunds/gateway-events.ts'
import { withdrawRefund } from '../../../middleware/refunds/line.ts'
import { storeEvents } from '../../../middleware/refunds/event-inbox.ts'
import { changeRefund } from '../../../middleware/refunds/change-refund.ts'
import { findRefund } from '../../../middleware/refunds/refund-store.ts'
import type { RefundState } from '../../../middleware/refunds/refund.ts'
import { settleByHand } from '../../../middleware/refunds/settle-by-hand.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { untilWaiting } from '../../until-waiting.ts'
import { ORG_ID, USER_ID, refundIn } from './ledger-rows.ts'

const ACCOUNT = 'RefundRelayECOM'
const adyen = openGateway({
  gateway: 'adyen',
  account: ACCOUNT,
  org: ORG_ID,
  live: false,
  api: 'checkout',
  baseUrl: 'http://127.0.0.1:1',
  apiKey: 'key',
  webhook: { hmacKeys: ['00'.repeat(32)], username: 'adyen', passwords: ['password'] },
  credits: false,
  captureMode: 'immediate',
  timeoutMs: 1_000,
})

/** Whoever asks for another refund holds the payment's lock, and then wants that of a refund whose outcome the gateway just showed. */
describe('a payment whose lock somebody holds', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  const WAYS: [string, RefundState, (id: string) => Promise<unknown>][] = [
    [
      'an answer is stored',
      'submitting',
      (id) =>
        stored(id).then((refund) =>
          changeRefund(db.database, { refund, leaseNumber: 0 }, 'submitting', {
            state: 'succeeded',
            evidence: 'test',
            dueInMs: null,
          }),
        ),
    ],
    [
      'an event is applied',
      'pending',
      (id) => tell(id, { kind: 'refund_succeeded', refundReference: `REF${id}`, refundId: id }),
    ],
    [
      'a person withdraws it',
      'requested',
      (id) => stored(id).then((refund) => withdrawRefund(db.database, refund, USER_ID)),
    ],
    [
      'a person settles it',
      'pending',
      (id) =>
        settleByHand(db.database, id, { outcome: 'failed', reason: 'bank', by: 'operator', gatewayReference: null }),
    ],
  ]
  const tell = async (id: string, said: Pick<GatewayEvent, 'kind' | 'refundReference' | 'refundId'>) => {
    const told: GatewayEvent = {
      ...said,
      identity: `${said.refundReference} ${said.kind}`,
      gatewayKind: 'REFUND',
      occurredAt: new Date().toISOString(),
      paymentReference: `PSP${id}`,
      amount: { value: '10.00', currency: 'EUR' },
      refusal: null,
      payload: {},
    }
    await storeEvents(db.database, { gateway: 'adyen', account: ACCOUNT, events: [told] })
    const [event] = await claimEvents(db.database, 1)
    return applyEvent(db.database, adyen, event!)
  }
  const stored = async (id: string) => (await findRefund(db.database, ORG_ID, id))!

  it.each(WAYS)('is waited for before the refund is locked, when %s', async (_, state, change) => {
    const { id, paymentId } = await refundIn(db.database, state)
    let changed: Promise<unknown> | undefined
    await db.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM payments WHERE payment_id = $1 FOR UPDATE', [paymentId])
      changed = change(id)
      await untilWaiting(db.database)
      // With the refund locked the other way round this is a deadlock, and one of the two fails.
      await tx.query('SELECT 1 FROM refunds WHERE id = $1 FOR UPDATE NOWAIT', [id])
    })
    await changed
    const after = await stored(id)
    expect(after.state).not.toBe(state)
  })
  it('lets both words of a refund made elsewhere count that waited for it at once', async () => {
    const { id, paymentId } = await refundIn(db.database, 'succeeded')
    const said = { refundReference: `ELSEWHERE${id}`, refundId: null }
    const outcomes: Promise<unknown>[] = []
    await db.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM payments WHERE payment_id = $1 FOR UPDATE', [paymentId])
      for (const kind of ['refund_accepted', 'refund_succeeded'] as const) {
        outcomes.push(tell(id, { ...said, kind }))
        await untilWaiting(db.database, outcomes.length)
      }
    })
    expect(await Promise.all(outcomes)).toEqual(['adopted', 'applied'])
    const [refund] = await db.database.query('SELECT state FROM refunds WHERE gateway_reference = $1', [
      said.refundReference,
    ])
    expect(refund).toEqual({ state: 'succeeded' })
  })
})
