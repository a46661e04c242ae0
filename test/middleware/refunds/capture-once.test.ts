import { randomUUID } from 'node:crypto'
import { AdyenGateway } from '../../../middleware/gateways/adyen/adyen-gateway.ts'
import { applyEvent, applyParked } from '../../../middleware/refunds/apply-event.ts'
import { claimEvents } from '../../../middleware/refunds/gateway-events.ts'
import type { EventJob } from '../../../middleware/refunds/gateway-events.ts'
import type { GatewayEvent } from '../../../middleware/gateways/gateway.ts'
import { storeEvents } from '../../../middleware/refunds/event-inbox.ts'
import { replayEvent } from '../../../middleware/refunds/try-again.ts'
import { adyenSettings } from '../../contracts/gateway-rig-adyen.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from './ledger-rows.ts'

const ACCOUNT = 'RefundRelayECOM'
const gateway = new AdyenGateway(adyenSettings())

/** What was captured is the ceiling of what can be refunded, and a capture adds to it: counted twice, the payment could be refunded twice. */
describe('one capture, told by one event', () => {
  let db: FreshDatabase
  let payment: string
  let reference: string
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    payment = (await refundIn(db.database, 'pending')).paymentId
    const [row] = await db.database.query<{ reference: string }>(
      'SELECT gateway_reference AS reference FROM payments WHERE payment_id = $1',
      [payment],
    )
    reference = row!.reference
  })

  /** EUR 100.00, all of the payment; leased by a worker. */
  const leasedCapture = async (kind: 'captured' | 'capture_failed' = 'captured'): Promise<EventJob> => {
    const told: GatewayEvent = {
      identity: randomUUID(),
      kind,
      gatewayKind: kind === 'captured' ? 'CAPTURE' : 'CAPTURE_FAILED',
      occurredAt: null,
      paymentReference: reference,
      refundReference: null,
      refundId: null,
      amount: { value: '100.00', currency: 'EUR' },
      refusal: null,
      payload: {},
    }
    await storeEvents(db.database, { gateway: 'adyen', account: ACCOUNT, events: [told] })
    return (await claimEvents(db.database, 1))[0]!
  }
  const captured = async () =>
    (
      await db.database.query(
        'SELECT captured::text, captured_proven::text AS proven FROM payments WHERE payment_id = $1',
        [payment],
      )
    )[0]
  const ONCE = { captured: '100.000', proven: '100.000' }
  const dueAgain = () =>
    db.database.query(
      `UPDATE gateway_events SET due_at = relay_now() WHERE payment_reference = $1 AND due_at IS NOT NULL`,
      [reference],
    )

  it.each([
    ['after', ['captured', 'capture_failed']],
    ['before', ['capture_failed', 'captured']],
  ] as const)('counts for nothing when its failure is told %s it', async (_, order) => {
    for (const kind of order) await applyEvent(db.database, gateway, await leasedCapture(kind))
    expect(await captured()).toEqual({ captured: '0.000', proven: '0.000' })
  })

  it('counts once when its worker lost the lease to another', async () => {
    const slow = await leasedCapture()
    await dueAgain()
    const [other] = await claimEvents(db.database, 1)
    await applyEvent(db.database, gateway, other!)
    expect(await applyEvent(db.database, gateway, slow)).toBe('nothing_new')
    expect(await captured()).toEqual(ONCE)
  })

  it('counts once when the payment became known, and took it, while a worker held it', async () => {
    const slow = await leasedCapture()
    await db.database.transaction((tx) => applyParked(tx, gateway, ACCOUNT, reference))
    expect(await applyEvent(db.database, gateway, slow)).toBe('nothing_new')
    expect(await captured()).toEqual(ONCE)
  })

  it('is not due again when a worker did not know the payment yet that took it', async () => {
    const slow = await leasedCapture()
    await db.database.transaction((tx) => applyParked(tx, gateway, ACCOUNT, reference))
    // What the worker saw a moment before.
    await applyEvent(db.database, gateway, { ...slow, paymentReference: 'PSPNOBODY' })
    expect(await db.database.query('SELECT outcome, due_at FROM gateway_events WHERE id = $1', [slow.id])).toEqual([
      { outcome: 'applied', due_at: null },
    ])
  })

  it('is not judged once more by an operator', async () => {
    const event = await leasedCapture()
    await applyEvent(db.database, gateway, event)
    expect(await replayEvent(db.database, event.id)).toBe(false)
    expect(await captured()).toEqual(ONCE)
  })

  it('is judged once more when its payment was not known', async () => {
    const event = await leasedCapture()
    await applyEvent(db.database, gateway, { ...event, paymentReference: 'PSPNOBODY' })
    expect(await replayEvent(db.database, event.id)).toBe(true)
  })
})
