import { debit } from '../emulators/sample-payments.ts'
import { until } from '../until.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

const CHARGED_ON = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)

describe('two refunds of one debit at GoCardless, which confirms the sum of all before', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  it('the second waits while nobody knows whether the first was taken, and both are paid', async () => {
    const paid = await world.payWith({
      hint: '',
      gateway: 'gocardless',
      atGateway: { amount: 10_000, currency: 'EUR', chargeDate: CHARGED_ON },
      inOrg: debit(100, 'EUR', 'sepa_core', 'SEPA', CHARGED_ON),
    })
    world.goCardless.faultOnNextRequest('drop_before_accept')
    const first = await world.request({ ...paid.body, amount: '10.00', acknowledged: true })
    expect(first.body.refund.state).toBe('unknown')
    const second = await world.request({ ...paid.body, amount: '20.00', acknowledged: true })
    expect(second.status).toBe(202)
    await until(async () =>
      expect(await world.database.database.query('SELECT state FROM refunds ORDER BY id')).toEqual([
        { state: 'succeeded' },
        { state: 'succeeded' },
      ]),
    )
    expect(world.goCardless.acceptedRefunds(paid.reference).map(({ amount }) => amount)).toEqual([1_000, 2_000])
  })
})
