import type { WireAnswer } from '../gateway-wire.ts'
import { conflict, invalid, isObject, ok, refused, state, usage } from './api-answer.ts'
import type { Metadata, Payment, Refund } from './ledger.ts'
import type { Organisation } from './organisation.ts'

export interface RefundRules {
  /** Which GoCardless checks first is not documented; both are met in clients' tests. */
  keyOrder: 'key_before_body' | 'body_before_key'
  /** It was 5, then 25, and has vanished from the documentation. */
  maxRefunds: number
}

export interface Taken {
  readonly answer: WireAnswer
  /** Tasks that must not overtake the answer; none when nothing was taken by this very call. */
  readonly tasks: readonly string[] | null
}

/** POST /refunds. */
export function createRefund(
  organisation: Organisation,
  rules: RefundRules,
  key: string | undefined,
  body: unknown,
): Taken {
  const no = (answer: WireAnswer): Taken => ({ answer, tasks: null })
  const made = key === undefined ? undefined : organisation.ledger.keys.get(key)
  if (made !== undefined && rules.keyOrder === 'key_before_body') return no(conflict(made))
  const wanted = readBody(organisation, body)
  if ('status' in wanted) return no(wanted)
  const objection = objectionTo(organisation, rules, wanted)
  if (objection) return no(objection)
  if (made !== undefined) return no(conflict(made))
  const { refund, tasks } = organisation.createRefund({ ...wanted, key })
  return { answer: ok(201, { refunds: refundJson(refund) }), tasks }
}

export function refundJson(refund: Refund): object {
  const { id, amount, currency, status, metadata, reference, at, payment } = refund
  const fx = { fx_currency: currency, fx_amount: null, exchange_rate: null, estimated_exchange_rate: null }
  return { id, amount, currency, status, metadata, reference, fx, created_at: at, links: { payment } }
}

interface Wanted {
  readonly payment: Payment
  readonly amount: number
  readonly confirmation: unknown
  readonly metadata: Metadata
  readonly reference: string | null
}

const KNOWN = ['amount', 'total_amount_confirmation', 'reference', 'metadata', 'links']

function readBody({ ledger }: Organisation, body: unknown): Wanted | WireAnswer {
  const fields = isObject(body) ? body['refunds'] : undefined
  if (!isObject(fields)) return usage(400, 'invalid_document_structure', 'Invalid document structure')
  const unknown = Object.keys(fields).find((name) => !KNOWN.includes(name))
  if (unknown) return invalid(`/refunds/${unknown}`, 'is not a valid field')
  const { amount, links, metadata = {}, reference = null } = fields
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) return invalid('/refunds/amount', 'is not a number')
  if (amount <= 0) return invalid('/refunds/amount', 'must be greater than 0')
  if (!isMetadata(metadata)) return invalid('/refunds/metadata', 'must have up to 3 keys with text')
  if (reference !== null && typeof reference !== 'string') return invalid('/refunds/reference', 'is not text')
  const paymentId = isObject(links) ? links['payment'] : undefined
  if (typeof paymentId !== 'string') return invalid('/refunds/links/payment', "can't be blank")
  const payment = ledger.payments.get(paymentId)
  if (!payment) return refused(422, 'invalid_api_usage', 'Payment not found', LINK_NOT_FOUND)
  return { payment, amount, confirmation: fields['total_amount_confirmation'], metadata, reference }
}

const LINK_NOT_FOUND = { reason: 'link_not_found', message: 'Payment not found', links: {} }

function objectionTo({ ledger }: Organisation, rules: RefundRules, wanted: Wanted): WireAnswer | null {
  const { payment, amount, confirmation } = wanted
  const creditor = ledger.creditors.get(payment.creditor)!
  if (!creditor.canCreateRefunds) return usage(403, 'forbidden', 'Forbidden request')
  if (payment.status !== 'confirmed' && payment.status !== 'paid_out') {
    return state('refund_payment_invalid_state', 'The payment is neither confirmed nor paid out')
  }
  const refunded = ledger.amountRefunded(payment.id)
  if (confirmation !== refunded + amount) {
    return state('total_amount_confirmation_invalid', 'The total amount confirmation is not the total refunded')
  }
  if (refunded + amount > payment.amount) {
    return invalid('/refunds/amount', 'is greater than the amount available to refund')
  }
  if (ledger.refundsOf(payment.id).length >= rules.maxRefunds) {
    return state('number_of_refunds_exceeded', 'Too many refunds have been made of this payment')
  }
  if ((creditor.confirmedFunds[payment.currency] ?? 0) < amount) {
    return state('available_refund_amount_insufficient', 'Your balance for refunds is too low')
  }
  return null
}

export function isMetadata(value: unknown): value is Metadata {
  return (
    isObject(value) &&
    Object.keys(value).length <= 3 &&
    Object.entries(value).every(([name, text]) => name.length <= 50 && typeof text === 'string' && text.length <= 500)
  )
}
