import type { Beside, Company } from './company.ts'
import type { Amount, Ledger, PaymentEntry } from './ledger.ts'
import type { Schedule } from './schedule.ts'

/** What the company account knows: its keys are checked for every merchant account and every address. */
export interface ApiState {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly company: Company
  apiKey: string
  readonly accounts: readonly string[]
  /** Keys whose first request was not answered yet. */
  readonly inFlight: Set<string>
}

export interface ApiRequest {
  readonly path: string
  /** The payment that the path names, empty where it names none. */
  readonly pathReference: string
  readonly apiKey: string | undefined
  readonly idempotencyKey: string | undefined
  readonly body: string
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The task that decides what was taken by this very request. */
  readonly decides?: string
}

export type Fields = Readonly<Record<string, unknown>>

/** What one address does with a body that is an object and names a merchant account of this company. */
export type ApiAction = (state: ApiState, call: ApiCall) => ApiAnswer

export interface ApiCall {
  readonly fields: Fields
  readonly account: string
  readonly pathReference: string
  /** Takes it: what `accept` writes and the answer under the key stand or fall together. */
  take(status: number, answer: (pspReference: string) => object, accept: (beside: Beside) => string): ApiAnswer
}

/** Adyen keeps a key for at least this long; the local one not a moment longer. */
const KEY_KEPT_MS = 7 * 24 * 60 * 60 * 1000

/** One call at any address. Source: Adyen, "API idempotency" and "Error codes". */
export function answerCall(state: ApiState, action: ApiAction, request: ApiRequest): ApiAnswer {
  if (request.apiKey !== state.apiKey) return refusal(401, '000', 'HTTP Status Response - Unauthorized', 'security')
  const key = request.idempotencyKey
  if (key === undefined) return answerOnce(state, action, request)
  if (key === '' || key.length > 64) return refusal(422, '702', 'Idempotency key must have 1 to 64 characters')
  if (state.inFlight.has(key)) {
    const busy = refusal(422, '704', 'Request already processed or in progress')
    return { ...busy, headers: { ...busy.headers, 'transient-error': 'true' } }
  }
  const kept = state.ledger.answers.get(key)
  if (!kept || state.schedule.now() - Date.parse(kept.at) > KEY_KEPT_MS) return answerOnce(state, action, request)
  // The same key for anything else, here or on another address, is refused and nothing is done.
  if (kept.request !== requestText(request)) return refusal(422, '704', 'Request already processed or in progress')
  return { status: kept.status, headers: answerHeaders(key), body: kept.body }
}

function answerOnce(state: ApiState, action: ApiAction, request: ApiRequest): ApiAnswer {
  const fields = parse(request.body)
  if (!fields) return refusal(400, '702', 'Structure of the request is not valid')
  const account = fields['merchantAccount']
  if (typeof account !== 'string') return refusal(422, '158', "Required field 'merchantAccount' is not provided")
  if (!state.accounts.includes(account)) return refusal(403, '901', 'Invalid Merchant Account', 'security')
  const key = request.idempotencyKey
  const take: ApiCall['take'] = (status, answer, accept) => {
    let body = ''
    const decides = accept((pspReference) => {
      body = JSON.stringify(answer(pspReference))
      const at = new Date(state.schedule.now()).toISOString()
      return key ? [{ kind: 'answer', at, key, request: requestText(request), status, body }] : []
    })
    return { status, headers: answerHeaders(key), body, decides }
  }
  return action(state, { fields, account, pathReference: request.pathReference, take })
}

export function refusal(status: number, errorCode: string, message: string, errorType = 'validation'): ApiAnswer {
  return { status, headers: answerHeaders(undefined), body: JSON.stringify({ status, errorCode, message, errorType }) }
}

/** An amount as it was asked for, or why it is none. */
export function readAmount(value: unknown): { amount: Amount } | { refused: ApiAnswer } {
  const { value: units, currency } = isObject(value) ? value : { value: undefined, currency: undefined }
  if (units === undefined || typeof currency !== 'string')
    return { refused: refusal(422, '100', 'No amount specified') }
  if (typeof units !== 'number' || !Number.isSafeInteger(units) || units <= 0) {
    return { refused: refusal(422, '137', 'Invalid amount specified') }
  }
  return { amount: { value: units, currency } }
}

/** The merchant's own reference, which may be left out. */
export function readReference({ reference }: Fields): { reference: string } | { refused: ApiAnswer } {
  if (reference !== undefined && typeof reference !== 'string')
    return { refused: refusal(422, '130', 'Reference Missing') }
  if (reference && reference.length > 80) return { refused: refusal(422, '198', 'Reference too long') }
  return { reference: reference ?? '' }
}

export function findPayment(state: ApiState, account: string, reference: unknown): PaymentEntry | null {
  const payment = typeof reference === 'string' ? state.ledger.payments.get(reference) : undefined
  return payment?.account === account ? payment : null
}

export const UNKNOWN_PAYMENT = refusal(422, '167', 'Original pspReference required for this operation')

function answerHeaders(key: string | undefined): Record<string, string> {
  return { 'content-type': 'application/json;charset=utf-8', ...(key && { 'idempotency-key': key }) }
}

/** One text for one request, whatever the order of its fields. */
function requestText({ path, body }: ApiRequest): string {
  const fields = JSON.stringify(parse(body), (_, value: unknown) => (isObject(value) ? sorted(value) : value))
  return `${path} ${fields}`
}

function sorted(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function parse(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
