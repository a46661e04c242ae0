import type { Gateway, PaymentFacts } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import { decideUndo } from '../../../middleware/refunds/decide-undo.ts'
import type { PaymentBalance } from '../../../middleware/refunds/refund.ts'

const eur = (text: string) => Money.fromDecimal(text, 'EUR')
const CAPTURED = eur('100.00')
const asking = { label: 'Braintree', capabilities: { voids: 'whole payment' } } as Gateway
const deciding = { label: 'Adyen', capabilities: { voids: 'whole payment', undoes: true } } as Gateway

const facts = (change: Partial<PaymentFacts>): PaymentFacts => ({
  amount: CAPTURED,
  status: 'settled',
  settlesOn: null,
  chargedOn: null,
  wholeOnly: false,
  refunds: [],
  obstacle: null,
  ...change,
})
const balance = (refunded: string, voided = false): PaymentBalance => ({
  captured: CAPTURED,
  refunded: eur(refunded),
  underWay: eur('0'),
  held: eur('0'),
  chargedBack: eur('0'),
  refundable: CAPTURED.minus(eur(refunded)),
  exposure: eur('0'),
  voided,
})

describe('deciding between void, refund and waiting', () => {
  it.each<[string, Gateway, PaymentBalance | null, Money | null, PaymentFacts | null, string]>([
    ['the whole of an unsettled payment', asking, null, null, facts({ status: 'not_settled' }), 'void'],
    ['its whole amount, spelt out', asking, null, CAPTURED, facts({ status: 'not_settled' }), 'void'],
    [
      'a part of an unsettled payment',
      asking,
      null,
      eur('1.00'),
      facts({ status: 'not_settled', settlesOn: '2026-12-01' }),
      'wait',
    ],
    ['the rest of a partly refunded one', asking, balance('10.00'), null, facts({ status: 'settled' }), 'refund'],
    ['a settling payment', asking, null, null, facts({ status: 'settling' }), 'refund'],
    ['a voided payment', asking, balance('0', true), null, null, 'nothing'],
    ['a fully refunded payment', asking, balance('100.00'), null, null, 'nothing'],
    ['a payment that the bank took back', asking, null, null, facts({ status: 'charged_back' }), 'nothing'],
    ['a debit that failed', asking, null, null, facts({ status: 'failed' }), 'nothing'],
    [
      'an obstacle',
      asking,
      null,
      null,
      facts({ obstacle: { code: 'refunds_not_enabled', gatewayMessage: '' } }),
      'nothing',
    ],
    [
      'an obstacle to refunds, not to a void',
      asking,
      null,
      null,
      facts({ status: 'not_settled', obstacle: { code: 'insufficient_gateway_funds', gatewayMessage: '' } }),
      'void',
    ],
    ['a gateway that decides by itself', deciding, null, null, null, 'gateway_decides'],
    ['a part at such a gateway', deciding, null, eur('1.00'), null, 'refund'],
    ['the rest at such a gateway', deciding, balance('10.00'), null, null, 'refund'],
  ])('%s: %#', (_what, gateway, known, amount, looked, action) => {
    expect(decideUndo(gateway, CAPTURED, known, amount, looked).action).toBe(action)
  })

  it('tells about when a part can go out', () => {
    const { sentence } = decideUndo(
      asking,
      CAPTURED,
      null,
      eur('1.00'),
      facts({ status: 'not_settled', settlesOn: '2026-12-01' }),
    )
    expect(sentence).toContain('about 1 Dec 2026')
  })

  it('never voids for a part, whatever the gateway says', () => {
    for (const status of ['not_settled', 'settling', 'settled'] as const) {
      for (const amount of [eur('0.01'), eur('99.99')]) {
        expect(decideUndo(asking, CAPTURED, null, amount, facts({ status })).action).not.toBe('void')
      }
    }
  })
})
