import type { DisputeFacts, Gateway, PaymentFacts } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import type { PaymentLook } from '../../../middleware/refunds/look-up-payment.ts'
import { applyPaymentFacts } from '../../../middleware/refunds/payment-facts.ts'
import { recordChargeback } from '../../../middleware/refunds/chargebacks.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

const gateway = { name: 'adyen', label: 'Adyen', capabilities: {} } as Gateway
const euros = (amount: string) => Money.fromDecimal(amount, 'EUR')
const FACTS: PaymentFacts = {
  amount: euros('100.00'),
  status: 'settled',
  settlesOn: null,
  chargedOn: null,
  wholeOnly: false,
  refunds: [],
  obstacle: null,
}

describe('disputes that a look-up shows', () => {
  let fresh: FreshDatabase
  let paymentId: string
  beforeEach(async () => {
    fresh = await freshDatabase()
    paymentId = (await refundIn(fresh.database, 'pending')).paymentId
  })
  afterEach(() => fresh.close())

  const payment = () => ({
    orgId: ORG_ID,
    paymentId,
    gateway: 'adyen',
    gatewayAccount: 'RefundRelayECOM',
    currency: 'EUR',
  })
  const lookUp = (facts: Partial<PaymentLook>) =>
    fresh.database.transaction((tx) =>
      applyPaymentFacts(tx, gateway, payment(), { ...FACTS, lookedAt: new Date(), ...facts }, 'look-up'),
    )
  const chargedBack = async () => {
    const [row] = await fresh.database.query<{ charged_back: string }>('SELECT charged_back FROM payments')
    return Number(row!.charged_back)
  }
  const dispute = (changes: Partial<DisputeFacts> = {}): DisputeFacts => ({
    reference: 'd1',
    amount: euros('100.00'),
    open: true,
    occurredAt: '2026-03-02T10:00:00.000Z',
    ...changes,
  })

  it('are not undone by a look that began before them and ended after', async () => {
    const before = new Date(Date.now() - 1_000)
    await lookUp({ status: 'charged_back' })
    expect(await chargedBack()).toBe(100)
    expect(await lookUp({ status: 'settled', lookedAt: before })).toBe('nothing_new')
    expect(await chargedBack()).toBe(100)
    await lookUp({ status: 'settled' })
    expect(await chargedBack()).toBe(0)
  })

  it('count once, though a webhook told of them as well', async () => {
    const told = { reference: 'd1', amount: '100.00', open: true, at: new Date('2026-03-01T10:00:00Z') }
    await fresh.database.transaction((tx) => recordChargeback(tx, payment(), told))
    await lookUp({ status: 'charged_back', disputes: [dispute()] })
    expect(await chargedBack()).toBe(100)
  })

  it('count one by one, and no longer when they are won', async () => {
    const parts = [dispute({ amount: euros('30.00') }), dispute({ reference: 'd2', amount: euros('20.00') })]
    await lookUp({ disputes: parts })
    expect(await chargedBack()).toBe(50)
    await lookUp({ disputes: [{ ...parts[0]!, open: false, occurredAt: '2026-03-03T10:00:00.000Z' }, parts[1]!] })
    expect(await chargedBack()).toBe(20)
  })

  it('count as the whole payment where the gateway names none, until it says otherwise', async () => {
    await lookUp({ status: 'charged_back' })
    expect(await chargedBack()).toBe(100)
    await lookUp({ status: 'settled' })
    expect(await chargedBack()).toBe(0)
  })
})
