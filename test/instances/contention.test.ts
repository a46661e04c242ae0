import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { startWorld } from '../journeys/world.ts'
import type { PaidPayment, World } from '../journeys/world.ts'
import { until } from '../until.ts'
import { untilWaiting } from '../until-waiting.ts'

describe('a database in which others stand in the way', () => {
  let world: World
  let other: pg.Client
  let paid: PaidPayment
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  beforeEach(async () => {
    paid = await world.pay({ amount: { value: 50_000, currency: 'EUR' } }, { Amount__c: 500 })
    await world.request({ ...paid.body, amount: '1.00' })
    other = new pg.Client({ connectionString: world.database.url })
    await other.connect()
  })
  afterEach(() => other.end())
  afterAll(() => world.close())

  const waiting = (count: number) => untilWaiting(world.database.database, count)

  it('takes a refund whose transaction was the victim of a deadlock, at the second try', async () => {
    const key = randomUUID()
    const before = world.adyen.acceptedRefunds(paid.reference).length
    // Who waits looks once for a deadlock, after this time, and is its victim: the intake must look when it is there, and the other never.
    await other.query(`ALTER DATABASE ${new URL(world.database.url).pathname.slice(1)} SET deadlock_timeout = '5s'`)
    await other.query(`SET deadlock_timeout = '1h'`)
    await world.later('1 second')
    await other.query('BEGIN')
    // Holds the key that the intake will wait for, then wants the payment that the intake holds.
    await other.query(
      `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence,
         idempotency_key, request_digest, target)
       SELECT gen_random_uuid(), org_id, NULL, gateway, gateway_account, currency, 'credit', 'here', 'requested', 1, 'test', $2, 'digest', 'stored_method'
       FROM payments WHERE payment_id = $1`,
      [paid.recordId, key],
    )
    const asked = world.request({ ...paid.body, amount: '2.00' }, { key })
    await waiting(1)
    await other.query('UPDATE payments SET last_sent_at = last_sent_at WHERE payment_id = $1', [paid.recordId])
    const victims = () =>
      world.database.database.query<{ deadlocks: number }>(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      )
    await until(async () => expect((await victims())[0]!.deadlocks).toBeGreaterThanOrEqual(1))
    await other.query('ROLLBACK')
    expect((await asked).status).toBe(202)
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(before + 1)
  })

  it('refuses with 503 what finds no connection in time, stores and sends nothing of it, and takes it when the way is free', async () => {
    const before = world.adyen.acceptedRefunds(paid.reference).length
    await other.query('BEGIN')
    await other.query('SELECT 1 FROM payments WHERE payment_id = $1 FOR UPDATE', [paid.recordId])
    const keys = Array.from({ length: 14 }, () => randomUUID())
    const ask = (key: string) => world.request({ ...paid.body, amount: '1.00' }, { key })
    const refused: { key: string; answer: Awaited<ReturnType<typeof ask>> }[] = []
    const answered = Promise.all(
      keys.map(async (key) => {
        const answer = await ask(key)
        if (answer.status === 503) refused.push({ key, answer })
      }),
    )
    // The first ten have every connection, and wait; the others wait for one of those.
    await waiting(10)
    await until(() => expect(refused.length).toBeGreaterThanOrEqual(1))
    await other.query('ROLLBACK')
    await answered
    for (const { key, answer } of refused) {
      expect(answer.body.code).toBe('service_unavailable')
      expect(answer.headers.get('retry-after')).not.toBeNull()
      expect(await world.database.database.query('SELECT 1 FROM refunds WHERE idempotency_key = $1', [key])).toEqual([])
    }
    const taken = 14 - refused.length
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(before + taken)
    expect((await ask(refused[0]!.key)).status).toBe(202)
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(before + taken + 1)
  })

  it('refuses with 503 what waits for a lock for too long, stores and sends nothing of it, and takes it when the way is free', async () => {
    const before = world.adyen.acceptedRefunds(paid.reference).length
    const key = randomUUID()
    const ask = () => world.request({ ...paid.body, amount: '3.00' }, { key })
    await other.query('BEGIN')
    await other.query('SELECT 1 FROM payments WHERE payment_id = $1 FOR UPDATE', [paid.recordId])
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'service_unavailable' } })
    expect(await world.database.database.query('SELECT 1 FROM refunds WHERE idempotency_key = $1', [key])).toEqual([])
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(before)
    await other.query('ROLLBACK')
    expect((await ask()).status).toBe(202)
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(before + 1)
  })
})
