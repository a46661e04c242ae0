import { AdyenGateway } from '../../../middleware/gateways/adyen/adyen-gateway.ts'
import { applyEvent } from '../../../middleware/refunds/apply-event.ts'
import { claimEvents } from '../../../middleware/refunds/gateway-events.ts'
import { EventInbox } from '../../../middleware/refunds/event-inbox.ts'
import { receiveWebhook } from '../../../middleware/refunds/receive-webhook.ts'
import { adyenSettings } from '../../contracts/gateway-rig-adyen.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { bodyOf } from '../gateways/adyen/adyen-delivery.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

const ACCOUNT = 'RefundRelayECOM'
const gateway = new AdyenGateway(adyenSettings())
const authorization = `Basic ${Buffer.from('adyen:local-password').toString('base64')}`

/** A day in November by Adyen's clock. */
const on = (day: number) => `2026-11-0${day}T12:00:00+01:00`
const REFUNDED = { eventCode: 'REFUND', eventDate: on(1) }
const FAILED_LATER = { eventCode: 'REFUND_FAILED', eventDate: on(4) }
const REPAIRED = { eventCode: 'REFUND', eventDate: on(6) }
const FAILED_AGAIN = { eventCode: 'REFUND_FAILED', eventDate: on(8) }

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, place) => permutations(items.toSpliced(place, 1)).map((rest) => [item, ...rest]))
}

describe('what a gateway tells, in whatever order and however often', () => {
  let db: FreshDatabase
  let inbox: EventInbox
  beforeAll(async () => {
    db = await freshDatabase()
    inbox = new EventInbox(db.database)
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterAll(() => db.close())

  /** One delivery of one event, as the door takes it. */
  const receive = async (refundId: string, event: object) => {
    const item = { ...event, pspReference: refundId, originalReference: `PSP${refundId}`, merchantReference: refundId }
    const body = bodyOf([{ ...item, amount: { value: 1_000, currency: 'EUR' } }])
    return (await receiveWebhook(inbox, gateway, ACCOUNT, { headers: { authorization }, body })).fresh
  }
  const applyAll = async () => {
    for (const event of await claimEvents(db.database, 100)) await applyEvent(db.database, gateway, event)
  }
  /** A refund that Adyen has, with the reference by which it tells of it. */
  const pending = async () => {
    const { id } = await refundIn(db.database, 'pending')
    await db.database.query('UPDATE refunds SET gateway_reference = id::text WHERE id = $1', [id])
    return id
  }
  const stateOf = async (id: string) =>
    (await db.database.query<{ state: string }>('SELECT state FROM refunds WHERE id = $1', [id]))[0]!.state

  it.each([
    ['succeeded', [REFUNDED]],
    ['failed', [REFUNDED, FAILED_LATER]],
    ['succeeded', [REFUNDED, FAILED_LATER, REPAIRED]],
    ['failed', [REFUNDED, FAILED_LATER, REPAIRED, FAILED_AGAIN]],
  ] as const)('ends as %s after %j, in every order, each told twice', async (state, events) => {
    for (const order of permutations<object>(events)) {
      const id = await pending()
      for (const event of order) {
        await receive(id, event)
        await applyAll()
      }
      for (const event of order) expect(await receive(id, event)).toBe(0)
      expect([order, await stateOf(id)]).toEqual([order, state])
    }
  })

  it('is applied once when 50 copies arrive and are worked on at once', async () => {
    const id = await pending()
    const fresh = await Promise.all(Array.from({ length: 50 }, () => receive(id, REFUNDED)))
    expect(fresh.filter((count) => count > 0)).toEqual([1])
    await Promise.all(Array.from({ length: 8 }, applyAll))
    const changes = await db.database.query('SELECT 1 FROM refund_changes WHERE refund_id = $1 AND to_state = $2', [
      id,
      'succeeded',
    ])
    expect(changes).toHaveLength(1)
    expect(await stateOf(id)).toBe('succeeded')
  })

  it('waits for our own commit when it is faster, and is applied then', async () => {
    const { id } = await refundIn(db.database, 'requested')
    await receive(id, REFUNDED)
    await applyAll()
    expect(await stateOf(id)).toBe('requested')
    await db.database.query(
      `UPDATE refunds SET state = 'submitting', evidence = 'test', gateway_reference = id::text WHERE id = $1`,
      [id],
    )
    await db.database.query('UPDATE gateway_events SET due_at = relay_now() WHERE due_at IS NOT NULL')
    await applyAll()
    expect(await stateOf(id)).toBe('succeeded')
  })

  it('counts although an old delivery was sent again with a date that has not come: Adyen does not sign dates', async () => {
    const id = await pending()
    for (const event of [REFUNDED, { ...REFUNDED, eventDate: '2099-01-01T00:00:00+01:00' }]) {
      await receive(id, event)
      await applyAll()
    }
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    await receive(id, { ...FAILED_LATER, eventDate: tomorrow })
    await applyAll()
    expect(await stateOf(id)).toBe('failed')
  })
})
