import type { Company } from './company.ts'
import type { Ledger, PaymentEntry } from './ledger.ts'
import type { Schedule } from './schedule.ts'

/** What the company account knows: its keys are checked for every merchant account. */
export interface RefundsAction {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly company: Company
  readonly apiKey: string
  readonly accounts: readonly string[]
  /** Keys whose first request was not answered yet. */
  readonly inFlight: Set<string>
}

export interface ApiRequest {
  readonly paymentPspReference: string
  readonly apiKey: string | undefined
  readonly idempotencyKey: string | undefined
  readonly body: string
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The task that decides a refund taken by this very request. */
  readonly decides?: string
}

/** Adyen keeps a key for at least this long; the local one not a moment longer. */
const KEY_KEPT_MS = 7 * 24 * 60 * 60 * 1000

/**
 * POST /v72/payments/{paymentPspReference}/refunds. Source: Checkout v72 specification, "Refund a captured payment".
 */
export function takeRefund(action: RefundsAction, request: ApiRequest): ApiAnswer {
  if (request.apiKey !== action.apiKey) return refusal(401, '000', 'HTTP Status Response - Unauthorized', 'security')
  const key = request.idempotencyKey
  if (key === undefined) return takeOnce(action, request)
  if (key === '' || key.length > 64) return refusal(422, '702', 'Idempotency key must have 1 to 64 characters')
  if (action.inFlight.has(key)) {
    const busy = refusal(422, '704', 'Request already processed or in progress')
    return { ...busy, headers: { ...busy.headers, 'transient-error': 'true' } }
  }
  const kept = action.ledger.answers.get(key)
  if (!kept || action.schedule.now() - Date.parse(kept.at) > KEY_KEPT_MS) return takeOnce(action, request)
  // The same key for anything else, here or on another address, is refused and nothing is done.
  if (kept.request !== requestText(request)) return refusal(422, '704', 'Request already processed or in progress')
  return { status: kept.status, headers: answerHeaders(key), body: kept.body }
}

function takeOnce(action: RefundsAction, request: ApiRequest): ApiAnswer {
  const json = parse(request.body)
  if (!json) return refusal(400, '702', 'Structure of PaymentRefundRequest is not valid')
  const { merchantAccount, amount, reference } = json
  if (typeof merchantAccount !== 'string')
    return refusal(422, '158', "Required field 'merchantAccount' is not provided")
  if (!action.accounts.includes(merchantAccount)) return refusal(403, '901', 'Invalid Merchant Account', 'security')
  const { value, currency } = isObject(amount) ? amount : { value: undefined, currency: undefined }
  if (value === undefined || currency === undefined) return refusal(422, '100', 'No amount specified')
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) {
    return refusal(422, '137', 'Invalid amount specified')
  }
  if (reference !== undefined && typeof reference !== 'string') return refusal(422, '130', 'Reference Missing')
  if (reference && reference.length > 80) return refusal(422, '198', 'Reference too long')
  const payment = action.ledger.payments.get(request.paymentPspReference)
  if (payment?.account !== merchantAccount) {
    return refusal(422, '167', 'Original pspReference required for this operation')
  }
  if (currency !== payment.amount.currency) return refusal(422, '138', 'Unsupported currency specified')
  return accept(action, request, payment, { value, currency }, reference ?? '')
}

function accept(
  { company, schedule }: RefundsAction,
  request: ApiRequest,
  payment: PaymentEntry,
  amount: PaymentEntry['amount'],
  reference: string,
): ApiAnswer {
  let body = ''
  const key = request.idempotencyKey
  const decides = company.accept(payment, amount, reference, (pspReference) => {
    body = JSON.stringify({
      amount,
      merchantAccount: payment.account,
      paymentPspReference: payment.pspReference,
      pspReference,
      ...(reference && { reference }),
      status: 'received',
    })
    const at = new Date(schedule.now()).toISOString()
    return key ? [{ kind: 'answer', at, key, request: requestText(request), status: 201, body }] : []
  })
  return { status: 201, headers: answerHeaders(key), body, decides }
}

function refusal(status: number, errorCode: string, message: string, errorType = 'validation'): ApiAnswer {
  return { status, headers: answerHeaders(undefined), body: JSON.stringify({ status, errorCode, message, errorType }) }
}

function answerHeaders(key: string | undefined): Record<string, string> {
  return { 'content-type': 'application/json;charset=utf-8', ...(key && { 'idempotency-key': key }) }
}

/** One text for one request, whatever the order of its fields. */
function requestText({ paymentPspReference, body }: ApiRequest): string {
  const fields = JSON.stringify(parse(body), (_, value: unknown) => (isObject(value) ? sorted(value) : value))
  return `${paymentPspReference} ${fields}`
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
