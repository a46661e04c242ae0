import { z } from 'zod'
import type { RefusalCode } from '../../errors.ts'
import type { GatewayAnswer } from '../gateway.ts'
import { isRefusedUnread, jsonObject, retryAfter } from '../gateway-http.ts'
import type { GatewayCallError, HttpAnswer } from '../gateway-http.ts'
import { gatewayMessage } from '../gateway-message.ts'

const HOUR_MS = 60 * 60 * 1000

/**
 * GoCardless's `reason`s in a 4xx answer → ours: a definite no, no money moved by this call. A reason that is not
 * here is `gateway_refused`. Source: developer.gocardless.com, "Errors", and the comments of its client libraries.
 */
export const GOCARDLESS_REASONS: ReadonlyMap<string, RefusalCode> = new Map([
  ['access_token_not_found', 'gateway_credentials_refused'],
  ['access_token_not_active', 'gateway_credentials_refused'],
  ['access_token_revoked', 'gateway_credentials_refused'],
  ['missing_authorization_header', 'gateway_credentials_refused'],
  ['invalid_authorization_header', 'gateway_credentials_refused'],
  ['insufficient_permissions', 'gateway_credentials_refused'],
  // "Forbidden request": refunds are off until they are switched on in the account's settings.
  ['forbidden', 'refunds_not_enabled'],
  ['feature_disabled', 'refunds_not_enabled'],
  ['total_amount_confirmation_invalid', 'refund_exceeds_gateway_balance'],
  ['number_of_refunds_exceeded', 'too_many_refunds'],
  ['refund_payment_invalid_state', 'payment_not_captured'],
  ['refund_is_unreachable', 'gateway_refused'],
  ['resource_not_found', 'original_payment_not_found'],
  ['link_not_found', 'original_payment_not_found'],
  ['cancellation_failed', 'void_too_late'],
  ['validation_failed', 'request_refused_by_gateway'],
  ['bad_request', 'request_refused_by_gateway'],
  ['idempotency_key_too_long', 'request_refused_by_gateway'],
  ['invalid_content_type', 'request_refused_by_gateway'],
  ['invalid_document_structure', 'request_refused_by_gateway'],
  ['method_not_allowed', 'request_refused_by_gateway'],
  ['missing_version_header', 'request_refused_by_gateway'],
  ['path_not_found', 'request_refused_by_gateway'],
  ['version_not_found', 'request_refused_by_gateway'],
])

/** Funds come with the next payments or payouts, not within the minute. */
const FUNDS_RETRY_MS = 4 * HOUR_MS

const errorBodySchema = z.object({
  type: z.string(),
  message: z.string().nullish(),
  errors: z
    .array(
      z.object({
        reason: z.string().nullish(),
        field: z.string().nullish(),
        request_pointer: z.string().nullish(),
        message: z.string().nullish(),
        links: z.object({ conflicting_resource_id: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
})

/** A 4xx, read. */
export interface GoCardlessRefusal {
  readonly answer: GatewayAnswer
  /** The key was met before: the resource that it made, null where GoCardless does not name it. */
  readonly conflict?: string | null
  /** An earlier sending of the same attempt may have caused it by having succeeded. */
  readonly mayFollowFromOurs: boolean
}

/** What a call without an answer says about the money. */
export function readFailure(error: GatewayCallError): GatewayAnswer {
  const detail = gatewayMessage(error.message)
  return error.sent ? { kind: 'unknown', detail } : { kind: 'not_taken', detail }
}

/** What an answer other than 2xx says about the money. Only certainty is `rejected` or `not_taken`. */
export function readRefusal(answer: HttpAnswer): GoCardlessRefusal {
  const { status, headers } = answer
  const error = errorBodySchema.safeParse(jsonObject(answer.body)?.['error']).data
  const details = error?.errors ?? []
  const reasons = details.map(({ reason }) => reason).filter((reason) => reason != null)
  const message = gatewayMessage(reasons[0] ?? error?.type, ...textsOf(details, error?.message ?? `HTTP ${status}`))
  const detail = error ? gatewayMessage(`HTTP ${status}`, message) : message
  const final = (given: GatewayAnswer) => ({ answer: given, mayFollowFromOurs: false })
  const rejected = (code: RefusalCode): GatewayAnswer => ({ kind: 'rejected', code, gatewayMessage: message })

  if (status === 429) return final({ kind: 'not_taken', detail, ...resetAt(headers) })
  if (status < 400 || status > 499 || error?.type === 'gocardless') return final({ kind: 'unknown', detail })
  if (!error) {
    if (status === 401 || status === 403) return final(rejected('gateway_credentials_refused'))
    return final(isRefusedUnread(status) ? rejected('request_refused_by_gateway') : { kind: 'unknown', detail })
  }
  const conflicting = details.find(({ reason }) => reason === 'idempotent_creation_conflict')
  if (conflicting) {
    const conflict = conflicting.links?.conflicting_resource_id ?? null
    return { answer: { kind: 'unknown', detail }, conflict, mayFollowFromOurs: true }
  }
  if (reasons.includes('available_refund_amount_insufficient')) {
    const waitingFor = 'insufficient_gateway_funds'
    const waits: GatewayAnswer = { kind: 'not_taken', detail, waitingFor, retryAfterMs: FUNDS_RETRY_MS }
    return { answer: waits, mayFollowFromOurs: true }
  }
  const code = codeOf(status, error.type, details)
  const isAboutState = error.type === 'validation_failed' || error.type === 'invalid_state'
  return { answer: rejected(code), mayFollowFromOurs: isAboutState && code !== 'original_payment_not_found' }
}

type ErrorDetails = NonNullable<z.output<typeof errorBodySchema>['errors']>

function codeOf(status: number, type: string, details: ErrorDetails): RefusalCode {
  for (const { reason } of details) {
    const known = GOCARDLESS_REASONS.get(reason ?? '')
    if (known) return known
  }
  if (status === 401) return 'gateway_credentials_refused'
  if (status === 403) return 'refunds_not_enabled'
  if (status === 404) return 'original_payment_not_found'
  if (type === 'validation_failed') return validationCode(details)
  return type === 'invalid_api_usage' ? 'request_refused_by_gateway' : 'gateway_refused'
}

/** Validation errors carry a field and a text, no reason. */
function validationCode(details: ErrorDetails): RefusalCode {
  const says = (field: RegExp, words: RegExp) =>
    details.some((one) => field.test(one.field ?? one.request_pointer ?? '') && words.test(one.message ?? ''))
  if (says(/total_amount_confirmation$/, /./)) return 'refund_exceeds_gateway_balance'
  if (says(/(^|\/)amount$/, /exceed|is greater|more than|available|remaining|too (high|large)/i)) {
    return 'refund_exceeds_gateway_balance'
  }
  if (says(/(^|\/|\.)payment$/, /exist|not found/i)) return 'original_payment_not_found'
  if (says(/currency$/, /./)) return 'currency_not_supported'
  return 'request_refused_by_gateway'
}

function textsOf(details: ErrorDetails, whole: string): string[] {
  const texts = details.map(({ field, message }) => [field, message].filter((part) => part).join(' '))
  return texts.some((text) => text) ? texts : [whole]
}

/** `RateLimit-Reset` is a date; what is past or more than an hour away is left to our own back-off. */
function resetAt(headers: HttpAnswer['headers']): { retryAfterMs?: number } {
  const reset = headers['ratelimit-reset']
  const waitMs = typeof reset === 'string' ? Date.parse(reset) - Date.now() : NaN
  return waitMs > 0 && waitMs <= HOUR_MS ? { retryAfterMs: Math.ceil(waitMs) } : retryAfter(headers['retry-after'])
}
