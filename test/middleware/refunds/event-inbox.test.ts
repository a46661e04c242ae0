import type { Database } from '../../../middleware/database/database.ts'
import type { GatewayEvent } from '../../../middleware/gateways/gateway.ts'
import { EventInbox, storeEvents } from '../../../middleware/refunds/event-inbox.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { untilWaiting } from '../../until-waiting.ts'

const told = (identity: string, kind: GatewayEvent['kind'] = 'refund_succeeded', payload = {}) => ({
  gateway: 'adyen',
  account: 'RefundRelayECOM',
  events: [
    {
      ...{ identity, kind, gatewayKind: 'REFUND', occurredAt: null, paymentReference: 'PSP1', refundReference: null },
      ...{ refundId: null, amount: null, refusal: null, payload },
    },
  ],
})

describe('the inbox of webhooks', () => {
  let fresh: FreshDatabase
  let statements: number
  let inbox: EventInbox
  beforeEach(async () => {
    fresh = await freshDatabase()
    statements = 0
    const counting: Database = {
      ...fresh.database,
      query(text, parameters) {
        statements++
        return fresh.database.query(text, parameters)
      },
    }
    inbox = new EventInbox(counting)
  })
  afterEach(() => fresh.close())

  const kept = async () => {
    const rows = await fresh.database.query<{ identity: string }>(
      'SELECT identity FROM gateway_events ORDER BY identity',
    )
    return rows.map(({ identity }) => identity)
  }

  it('stores what comes at the same time in one statement, and answers each for itself', async () => {
    const answers = await Promise.all([
      inbox.store(told('a')),
      inbox.store(told('b', 'other')),
      inbox.store(told('a')),
      inbox.store({ ...told('a'), account: 'RefundRelayClassic' }),
    ])
    expect(statements).toBe(1)
    expect(answers).toEqual([
      { fresh: 1, due: 1 },
      { fresh: 1, due: 0 },
      { fresh: 0, due: 0 },
      { fresh: 1, due: 1 },
    ])
    expect(await kept()).toEqual(['a', 'a', 'b'])
  })

  it('keeps all that is told of an event', async () => {
    const event: GatewayEvent = {
      ...{
        identity: 'a',
        kind: 'refund_failed_late',
        gatewayKind: 'REFUND_FAILED',
        occurredAt: '2026-11-01T11:00:00.000Z',
      },
      ...{ paymentReference: 'PSP1', refundReference: 'PSP2', refundId: '01930000-0000-7000-8000-000000000000' },
      ...{ amount: { value: '12.30', currency: 'EUR' }, payload: { success: 'true', reason: 'the "bank"' } },
      refusal: { code: 'gateway_refused', gatewayMessage: 'Declined "by" the bank' },
    }
    await inbox.store({ gateway: 'adyen', account: 'RefundRelayECOM', events: [event] })
    const [row] = await fresh.database.query('SELECT * FROM gateway_events')
    expect(row).toMatchObject({
      ...{ gateway: 'adyen', gateway_account: 'RefundRelayECOM', identity: 'a', kind: 'refund_failed_late' },
      ...{ gateway_kind: 'REFUND_FAILED', occurred_at: new Date('2026-11-01T11:00:00Z'), payment_reference: 'PSP1' },
      ...{ refund_reference: 'PSP2', refund_id: '01930000-0000-7000-8000-000000000000', amount: '12.30' },
      ...{ currency: 'EUR', error_code: 'gateway_refused', gateway_message: 'Declined "by" the bank' },
      payload: { success: 'true', reason: 'the "bank"' },
    })
  })

  it.each([
    ['refund_succeeded', true],
    ['other', false],
    ['unreadable', false],
  ] as const)('has what is %s applied: %s', async (kind, isDue) => {
    expect(await inbox.store(told('a', kind))).toEqual({ fresh: 1, due: isDue ? 1 : 0 })
    const rows = await fresh.database.query('SELECT due_at IS NOT NULL AS due FROM gateway_events')
    expect(rows).toEqual([{ due: isDue }])
  })

  it('takes the first word of an event that is told twice at the same time', async () => {
    const answers = await Promise.all([inbox.store(told('a', 'other')), inbox.store(told('a', 'refund_succeeded'))])
    expect([answers, statements]).toEqual([
      [
        { fresh: 1, due: 0 },
        { fresh: 0, due: 0 },
      ],
      1,
    ])
    expect(await fresh.database.query('SELECT kind FROM gateway_events')).toEqual([{ kind: 'other' }])
  })

  it('stores the same events in other orders at the same time: nobody waits in a ring', async () => {
    const events = (...identities: string[]) => ({
      ...told('x'),
      events: identities.flatMap((identity) => told(identity).events),
    })
    let stores: Promise<unknown>[] = []
    await fresh.database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, payload)
         VALUES ('adyen', 'RefundRelayECOM', 'm', 'other', 'REFUND', '{}')`,
      )
      stores = [events('a', 'm', 'z'), events('z', 'm', 'a')].map((each) => storeEvents(fresh.database, each))
      await untilWaiting(fresh.database, 2)
    })
    expect(await Promise.all(stores)).toContainEqual({ fresh: 2, due: 2 })
  })

  it('stores ten thousand events that a gateway lists at once, the second time none', async () => {
    const [one] = told('x').events
    const events = Array.from({ length: 10_000 }, (_, place) => ({ ...one!, identity: `listed-${place}` }))
    const listed = { gateway: 'adyen', account: 'RefundRelayECOM', events: [...events, events[0]!] }
    expect(await storeEvents(fresh.database, listed)).toEqual({ fresh: 10_000, due: 10_000 })
    expect(await storeEvents(fresh.database, listed)).toEqual({ fresh: 0, due: 0 })
  })

  it('answers only when the event is committed', async () => {
    const stored = Array.from({ length: 40 }, async (_, place) => {
      const identity = `event-${String(place).padStart(2, '0')}`
      await inbox.store(told(identity))
      // Another connection sees it.
      expect(await kept()).toContain(identity)
    })
    await Promise.all(stored)
  })

  it('lets a delivery that cannot be stored fail alone', async () => {
    const answers = await Promise.allSettled([
      inbox.store(told('before')),
      // PostgreSQL keeps no such character.
      inbox.store(told('poison', 'other', { text: '\u0000' })),
      inbox.store(told('after')),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await kept()).toEqual(['after', 'before'])
  })

  it('goes on after a batch that failed', async () => {
    await expect(inbox.store(told('poison\u0000'))).rejects.toThrow()
    await expect(inbox.store(told('next'))).resolves.toEqual({ fresh: 1, due: 1 })
  })
})
