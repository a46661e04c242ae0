import { randomUUID } from 'node:crypto'
import type { Attempt, LineItem } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'

export interface AskedAttempt {
  readonly paymentReference?: string
  readonly refundId?: string
  readonly currency?: string
  readonly lineItems?: readonly LineItem[]
}

/** As the database gives it back. */
const stored = (body: Attempt['body']) => JSON.parse(JSON.stringify(body)) as Attempt['body']

export function refundAttempt({ gateway, ...rig }: BraintreeRig, amount: string, asked: AskedAttempt = {}): Attempt {
  const { paymentReference = rig.paymentReference, refundId = randomUUID(), currency = 'EUR', lineItems } = asked
  const money = Money.fromDecimal(amount, currency)
  const alreadyRefunded = Money.zero(currency)
  const instruction = { refundId, paymentReference, amount: money, alreadyRefunded, reason: null }
  const body = gateway.prepareRefund({ ...instruction, lineItems: lineItems ?? null })
  return { operation: 'refund', paymentReference, key: randomUUID(), body: stored(body) }
}

export function voidAttempt({ gateway }: BraintreeRig, paymentReference: string): Attempt {
  return { operation: 'void', paymentReference, key: randomUUID(), body: stored(gateway.prepareVoid()) }
}

export function creditAttempt({ gateway }: BraintreeRig, amount: string, token = 'local-token'): Attempt {
  const body = gateway.prepareCredit!({
    refundId: randomUUID(),
    amount: Money.fromDecimal(amount, 'EUR'),
    target: { kind: 'stored_method', token, shopperReference: null },
  })
  return { operation: 'credit', paymentReference: '', key: randomUUID(), body: stored(body) }
}
