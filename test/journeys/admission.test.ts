import { randomUUID } from 'node:crypto'
import { until } from '../until.ts'
import { OBSERVER, startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'

describe('a middleware that has enough to do', () => {
  let world: World
  let paid: PaidPayment
  beforeAll(async () => {
    world = await startWorld({
      limits: { requestsAtOnce: 1, webhooksAtOnce: 1, requestsPerMinute: 6 },
    })
    paid = await world.pay({ amount: { value: 5_000, currency: 'EUR' } }, { Amount__c: 50 })
  })
  afterAll(() => world.close())

  const stored = async () =>
    (await world.database.database.query<{ count: number }>('SELECT count(*)::int AS count FROM refunds'))[0]!.count

  it('refuses one more request with 503, says when to come again, and stores nothing; webhooks still come in', async () => {
    world.adyen.faultOnNextRequest('slow')
    const first = world.request({ ...paid.body, amount: '1.00' })
    await until(() => expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1))
    const key = randomUUID()
    const refused = await world.request({ ...paid.body, amount: '2.00' }, { key })
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded', retryable: true } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await stored()).toBe(1)
    const webhook = await fetch(`${world.relay().url}/webhooks/adyen/${paid.body.gatewayAccount}`, { method: 'POST' })
    expect(webhook.status).toBe(401)

    expect((await first).status).toBe(202)
    const again = await world.request({ ...paid.body, amount: '2.00' }, { key })
    expect(again.status).toBe(202)
    expect(again.headers.get('idempotent-replay')).toBeNull()
  })

  it('refuses what one user asks too often with 429, and nobody else', async () => {
    const ask = (user?: string) => world.get(`/v1/payments/${paid.recordId}`, { ...(user !== undefined && { user }) })
    const refused = await until(async () => {
      const answer = await ask()
      expect(answer.status).toBe(429)
      return answer
    })
    expect(refused.body).toMatchObject({ code: 'too_many_requests', retryable: true })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask(OBSERVER)).status).toBe(403)
  })
})
