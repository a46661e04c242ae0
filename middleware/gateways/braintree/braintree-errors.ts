import { z } from 'zod'
import type { RefusalCode } from '../../errors.ts'
import type { GatewayAnswer } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import type { BraintreeCallError } from './braintree-client.ts'

/**
 * Validation errors → ours: a definite no, no money moved. Any other code is `gateway_refused`.
 * Source: Braintree, "Validation errors: Transaction", and the list in its SDK.
 */
export const VALIDATION_CODES: ReadonlyMap<string, RefusalCode> = new Map([
  ['91506', 'payment_not_settled'],
  ['91512', 'already_refunded'],
  ['91521', 'refund_exceeds_gateway_balance'],
  ['91505', 'gateway_refused'], // the reference is a refund itself
  ['91563', 'escrow_in_full_only'],
  ['91504', 'void_too_late'],
  ['91538', 'gateway_account_suspended'], // the merchant account is suspended
  ['91559', 'gateway_account_suspended'], // the merchant account is pending
  ['91514', 'gateway_account_suspended'], // suspended
  ['91547', 'refunds_not_enabled'],
  ['91546', 'credits_not_enabled'],
  ['91552', 'request_refused_by_gateway'], // service fee on a credit
  ['91513', 'gateway_account_wrong'],
  ['91501', 'request_refused_by_gateway'], // order id too long
  ['91518', 'request_refused_by_gateway'], // payment method token
  ['81501', 'request_refused_by_gateway'], // amount: negative
  ['81502', 'request_refused_by_gateway'], // missing
  ['81503', 'request_refused_by_gateway'], // malformed
  ['81528', 'request_refused_by_gateway'], // too large
  ['81531', 'request_refused_by_gateway'], // zero
  ['815193', 'request_refused_by_gateway'], // not supported by the processor
  ['915200', 'bank_declined_hard'],
  ['915201', 'bank_declined_soft'],
  ['915157', 'request_refused_by_gateway'], // too many line items
  ['915158', 'request_refused_by_gateway'], // line items expected
  ['915230', 'request_refused_by_gateway'], // key too long
  ['915232', 'key_refused_by_gateway'],
  // Line items, each field's own rules.
  ...Array.from({ length: 33 }, (_, place): [string, RefusalCode] => [
    `${95801 + place}`,
    'request_refused_by_gateway',
  ]),
])

/** Answers of the customer's bank or of PayPal that say more than "declined". Source: "Authorization responses". */
export const PROCESSOR_CODES: ReadonlyMap<string, RefusalCode> = new Map([
  ['2037', 'already_refunded'], // already reversed
  ['2065', 'refund_period_over'], // PayPal's 180 days
  ['2090', 'refund_exceeds_gateway_balance'], // PayPal: more than was settled
  ['2095', 'refund_exceeds_gateway_balance'], // PayPal: in full, after a part
])

/** Source: "Settlement responses". Any other code is `settlement_declined`. */
export const SETTLEMENT_CODES: ReadonlyMap<string, RefusalCode> = new Map([
  ['4004', 'already_refunded'],
  ['4019', 'payment_disputed'],
  ['4020', 'too_many_refunds'], // PayPal
])

/** What else is to be done before a refusal is believed. */
export type Doubt =
  /** The account takes no keys: look first, then send without one. */
  | 'without_key'
  /** An earlier sending of this very refund may be behind the refusal. */
  | 'look_up'
  /** The key was used up by a request that failed; it can never bring another answer. */
  | 'key_used_up'
  /** It was settling after all, or somebody voided it first. */
  | 'read_payment'

export interface Verdict {
  readonly answer: GatewayAnswer
  readonly doubt: Doubt | null
}

const MINUTE_MS = 60_000

/** Codes that come alone and are no refusal of the refund. */
function special(code: string, message: string): Verdict | null {
  const rejected = (refusal: RefusalCode): GatewayAnswer => ({
    kind: 'rejected',
    code: refusal,
    gatewayMessage: message,
  })
  switch (code) {
    case '91574':
      return {
        answer: {
          kind: 'not_taken',
          detail: message,
          waitingFor: 'payment_not_settled',
          retryAfterMs: 15 * MINUTE_MS,
        },
        doubt: null,
      }
    case '915231':
      return { answer: rejected('gateway_refused'), doubt: 'without_key' }
    case '915233':
      return { answer: { kind: 'not_taken', detail: message, retryAfterMs: 5_000 }, doubt: null }
    case '915234':
      return { answer: rejected('gateway_refused'), doubt: 'key_used_up' }
    case '915235':
      return { answer: { kind: 'not_taken', detail: message }, doubt: 'look_up' }
    case '91512':
    case '91521':
      return { answer: rejected(VALIDATION_CODES.get(code)!), doubt: 'look_up' }
    case '91504':
      return { answer: rejected('void_too_late'), doubt: 'read_payment' }
    default:
      return null
  }
}

const errorSchema = z.object({ code: z.coerce.string(), message: z.string().nullish() })

/**
 * An answer with validation errors.
 * @param errors all of them, however deep they stood
 * @param summary the answer's own message, for when there are none
 */
export function readValidationErrors(errors: readonly unknown[], summary: string | null): Verdict {
  const known = errors.map((error) => errorSchema.safeParse(error).data ?? { code: '', message: null })
  const texts = known.map(({ code, message }) => [code, message].filter(Boolean).join(' '))
  const message = gatewayMessage(texts.join('; ') || (summary ?? 'refused without a reason'))
  const [first, ...others] = new Set(known.map(({ code }) => code))
  const alone = first !== undefined && others.length === 0 ? special(first, message) : null
  if (alone) return alone
  const codes = known.map(({ code }) => VALIDATION_CODES.get(code) ?? 'gateway_refused')
  // What an agent can act on comes before a request of ours that was wrong besides.
  const telling = codes.find((code) => code !== 'request_refused_by_gateway' && code !== 'gateway_refused')
  const code = telling ?? (codes.includes('gateway_refused') ? 'gateway_refused' : codes[0]) ?? 'gateway_refused'
  return { answer: { kind: 'rejected', code, gatewayMessage: message }, doubt: null }
}

/** The SDK's own errors that are a definite no. */
export const REFUSED_CALLS: ReadonlyMap<string, RefusalCode> = new Map([
  ['authenticationError', 'gateway_credentials_refused'],
  ['authorizationError', 'gateway_credentials_refused'],
  ['notFoundError', 'original_payment_not_found'],
  ['upgradeRequired', 'request_refused_by_gateway'],
])

/** What a failed call says about the money. Only certainty is `rejected` or `not_taken`; the rest may have paid. */
export function readFailure({ type, message, sent }: BraintreeCallError): GatewayAnswer {
  const refusal = REFUSED_CALLS.get(type)
  if (refusal) return { kind: 'rejected', code: refusal, gatewayMessage: gatewayMessage(message) }
  const detail = gatewayMessage(type, message)
  return type === 'tooManyRequestsError' || !sent ? { kind: 'not_taken', detail } : { kind: 'unknown', detail }
}
