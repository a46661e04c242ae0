import { z } from 'zod'
import type { RefusalCode } from '../../errors.ts'
import type { GatewayAnswer } from '../gateway.ts'
import { isRefusedUnread, retryAfter } from '../gateway-http.ts'
import type { GatewayCallError, HttpAnswer } from '../gateway-http.ts'
import { gatewayMessage } from '../gateway-message.ts'

/**
 * Adyen's error codes in a 4xx answer → ours: a definite no, no money moved. Any other code is `gateway_refused`.
 * Source: docs.adyen.com/development-resources/error-codes and the Checkout v72 specification.
 */
export const ADYEN_ERROR_CODES: ReadonlyMap<string, RefusalCode> = new Map([
  ['000', 'gateway_credentials_refused'], // HTTP 401
  ['010', 'gateway_credentials_refused'], // the credential lacks a role
  ['100', 'request_refused_by_gateway'], // amount missing
  ['130', 'request_refused_by_gateway'], // reference missing
  ['137', 'request_refused_by_gateway'], // amount invalid
  ['138', 'currency_not_supported'],
  ['158', 'request_refused_by_gateway'], // a field is missing
  ['166', 'request_refused_by_gateway'], // amount not allowed for the operation
  ['167', 'original_payment_not_found'], // pspReference missing or unknown
  ['198', 'request_refused_by_gateway'], // reference too long
  ['702', 'request_refused_by_gateway'], // not parsable
  ['901', 'gateway_account_wrong'], // merchant account
  ['906', 'gateway_account_wrong'], // pspReference of another environment
])

/** Adyen's two forms of an error: its own, and problem+json. */
const errorBodySchema = z.object({
  errorCode: z.string().nullish(),
  message: z.string().nullish(),
  detail: z.string().nullish(),
  title: z.string().nullish(),
})

/**
 * What a failed call says about the money. Only certainty is `rejected` or `not_taken`; the rest may have paid.
 * @param conceal takes out of Adyen's words what is the customer's, before they are cut to length
 */
export function readFailure(error: GatewayCallError, conceal: (text: string) => string): GatewayAnswer {
  if (error.answer) return readRefusal(error.answer, conceal)
  const detail = gatewayMessage(error.message)
  return error.sent ? { kind: 'unknown', detail } : { kind: 'not_taken', detail }
}

function readRefusal(answer: HttpAnswer, conceal: (text: string) => string): GatewayAnswer {
  const { status, headers } = answer
  const { code, text: said } = readErrorBody(answer)
  const text = said === null ? null : conceal(said)
  const message = gatewayMessage(code, text ?? `HTTP ${status}`)
  const detail = gatewayMessage(`HTTP ${status}`, code, text)
  const isRefusal = status >= 400 && status <= 499

  if (status === 429) return { kind: 'not_taken', detail, ...retryAfter(headers['retry-after']) }
  // The store of keys was out of reach, so nothing was looked up and nothing processed; Adyen says so in the header.
  if (code === '703' && headers['transient-error'] === 'true') {
    return { kind: 'not_taken', detail, ...retryAfter(headers['retry-after']) }
  }
  // "Already processed or in progress": the first sending of this very attempt may be paying right now.
  if (code === '704' || !isRefusal) return { kind: 'unknown', detail }
  if (status === 401) return { kind: 'rejected', code: 'gateway_credentials_refused', gatewayMessage: message }
  const known = code && ADYEN_ERROR_CODES.get(code)
  if (known) return { kind: 'rejected', code: known, gatewayMessage: message }
  if (status === 403) return { kind: 'rejected', code: 'gateway_credentials_refused', gatewayMessage: message }
  if (code) return { kind: 'rejected', code: 'gateway_refused', gatewayMessage: message }
  if (isRefusedUnread(status)) {
    return { kind: 'rejected', code: 'request_refused_by_gateway', gatewayMessage: message }
  }
  return { kind: 'unknown', detail }
}

export function readErrorBody({ body }: HttpAnswer): { code: string | null; text: string | null } {
  try {
    const { errorCode, message, detail, title } = errorBodySchema.parse(JSON.parse(body))
    return { code: errorCode || null, text: message ?? detail ?? title ?? null }
  } catch {
    // HTML or plain text, as proxies send it: the status is all that it says.
    return { code: null, text: null }
  }
}

/**
 * Why a REFUND came with success=false. Adyen calls its list "the most common reasons", so the words are matched
 * loosely and the text is kept. Source: docs.adyen.com/online-payments/refund; "Insufficient balance on payment" is
 * an older text, still seen.
 */
export const REFUND_REASONS: readonly (readonly [RegExp, RefusalCode])[] = [
  // First: a partly disputed payment is not to be refunded, whatever else the text says.
  [/disputed|chargeback/i, 'payment_disputed'],
  [/fully refunded/i, 'already_refunded'],
  [/amount too high|insufficient balance on payment/i, 'refund_exceeds_gateway_balance'],
  [/insufficient.*funds/i, 'insufficient_gateway_funds'],
  [/(n.?t|not)( yet)? been captured|not captured/i, 'payment_not_captured'],
  [/period.*expired|expired.*period/i, 'refund_period_over'],
]

export function readRefundReason(reason: string): RefusalCode {
  return REFUND_REASONS.find(([words]) => words.test(reason))?.[1] ?? 'gateway_refused'
}

/** Why a CANCELLATION or TECHNICAL_CANCEL came with success=false. Adyen publishes no list, so only plain words count. */
export const CANCEL_REASONS: readonly (readonly [RegExp, RefusalCode])[] = [
  [/already (been )?cancel|cancel\w+ already/i, 'payment_already_voided'],
  [/captured|settled|refunded/i, 'void_too_late'],
  [/period.*expired|expired/i, 'refund_period_over'],
  [/not found|unknown/i, 'original_payment_not_found'],
]

export function readCancelReason(reason: string): RefusalCode {
  return CANCEL_REASONS.find(([words]) => words.test(reason))?.[1] ?? 'gateway_refused'
}
