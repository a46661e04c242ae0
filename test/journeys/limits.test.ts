import { randomUUID } from 'node:crypto'
import { AGENT, startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'

describe('an org that limits what goes out', () => {
  let world: World
  let paid: PaidPayment
  beforeAll(async () => {
    world = await startWorld({
      orgLimits: { refund: { EUR: '40.00' }, userDay: { refunds: 3, amounts: { EUR: '60.00' } } },
    })
    paid = await world.pay({ amount: { value: 50_000, currency: 'EUR' } }, { Amount__c: 500 })
  })
  afterAll(() => world.close())

  const stored = async () =>
    (await world.database.database.query<{ count: number }>('SELECT count(*)::int AS count FROM refunds'))[0]!.count
  const metric = async (code: string) => {
    const text = await (await fetch(world.relay().metricsUrl!)).text()
    return text.split('\n').find((line) => line.startsWith('refund_relay_limit_refusals_total') && line.includes(code))
  }

  it('answers 409 with the limit, with what is left of it and with the time to wait, counts that, and stores nothing', async () => {
    const beyond = await world.request({ ...paid.body, amount: '40.01' })
    expect(beyond).toMatchObject({
      status: 409,
      body: {
        code: 'amount_exceeds_limit',
        retryable: false,
        field: 'amount',
        detail: 'At most EUR 40.00 may go out at once. Lower the amount, or ask your administrator.',
      },
    })
    const first = { key: randomUUID() }
    expect((await world.request({ ...paid.body, amount: '40.00' }, first)).status).toBe(202)
    const { status, body } = await world.request({ ...paid.body, amount: '20.01' })
    expect(status).toBe(409)
    expect(body).toMatchObject({ code: 'user_amount_at_limit', retryable: true })
    expect(body.detail).toMatch(
      /^One user may send out EUR 60\.00 in 24 hours, and you have EUR 20\.00 of it left\. Lower the amount, or wait 2[34] h \d+ min\.$/,
    )
    for (const amount of ['1.00', '2.00']) {
      expect((await world.request({ ...paid.body, amount })).status).toBe(202)
    }
    const last = await world.request({ ...paid.body, amount: '3.00' })
    expect(last.body.detail).toMatch(
      /^You have asked for as many refunds as one user may in 24 hours: 3\. The next is /,
    )
    expect(JSON.stringify([beyond.body, body, last.body])).not.toContain(AGENT)
    expect(await stored()).toBe(3)

    expect(await metric('amount_exceeds_limit')).toMatch(/\{gateway="adyen",code="amount_exceeds_limit"\} 1$/)
    expect(await metric('user_amount_at_limit')).toMatch(/ 1$/)
    expect(await metric('user_refunds_at_limit')).toMatch(/ 1$/)

    const again = await world.request({ ...paid.body, amount: '40.00' }, first)
    expect(again.headers.get('idempotent-replay')).toBe('true')
  })

  it('lets the same agent go on a day later', async () => {
    await world.later('24 hours')
    expect((await world.request({ ...paid.body, amount: '3.00' })).status).toBe(202)
  })
})
