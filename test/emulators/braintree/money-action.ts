import type { KeptKey, Ledger, Transaction } from './ledger.ts'
import type { Merchant, Schedule } from './merchant.ts'
import { checkCredit, checkKey, checkRefund, checkVoid, lineItemsOf } from './request-check.ts'
import type { Fields } from './request-check.ts'
import { errorAnswer, transactionAnswer } from './xml.ts'
import type { ValidationError } from './xml.ts'

/** What moves money: a refund, a void, or a credit without a payment. */
export interface MoneyRequest {
  readonly operation: 'refund' | 'void' | 'credit'
  /** Of the transaction; empty for a credit. */
  readonly reference: string
  readonly fields: Fields
}

export interface MoneyAction {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly merchant: Merchant
  readonly paymentMethodTokens: readonly string[]
  readonly inFlight: Set<string>
  /** Refusals asked for by a test, for the next calls. */
  readonly refusals: ValidationError[][]
}

export interface MoneyAnswer {
  readonly status: number
  readonly body: string
  /** The transaction that this very request made or changed. */
  readonly took?: string
  /** The task that settles it. */
  readonly settles?: string
}

/** Braintree keeps a key for 30 days; the local one not a moment longer. */
const KEY_KEPT_MS = 30 * 24 * 60 * 60 * 1000

export function keyOf({ fields }: MoneyRequest): string | null {
  const key = fields['api_request_key']
  return typeof key === 'string' && key !== '' ? key : null
}

export function takeMoneyRequest(action: MoneyAction, request: MoneyRequest): MoneyAnswer | null {
  const { ledger, merchant, schedule } = action
  const target = ledger.transactions.get(request.reference)
  if (request.operation !== 'credit' && !target) return null
  const key = keyOf(request)
  const accountId = request.fields['merchant_account_id'] ?? target?.merchantAccountId
  const account = merchant.accounts.find(({ id }) => id === accountId)
  const asked = JSON.stringify([request.operation, request.reference, sorted(request.fields)])
  if (key !== null) {
    const kept = keptKey(action, key)
    const wrong = checkKey(account, action.inFlight, kept, key, asked)
    if (wrong) return refusal(ledger, [wrong])
    if (kept?.reference) return inPresentState(ledger, ledger.transactions.get(kept.reference)!, request)
  }
  const keep = (reference: string | null): KeptKey[] =>
    key === null ? [] : [{ kind: 'key', at: new Date(schedule.now()).toISOString(), key, request: asked, reference }]
  const errors = action.refusals.shift() ?? errorsOf(action, request, target)
  if (errors.length === 0) return take(action, request, target, keep)
  const burnt = keep(null)
  if (burnt.length > 0) ledger.record(...burnt)
  return refusal(ledger, errors)
}

function keptKey({ ledger, schedule }: MoneyAction, key: string): KeptKey | undefined {
  const kept = ledger.keys.get(key)
  return kept && schedule.now() - Date.parse(kept.at) <= KEY_KEPT_MS ? kept : undefined
}

function errorsOf(action: MoneyAction, { operation, fields }: MoneyRequest, target: Transaction | undefined) {
  const { merchant, paymentMethodTokens } = action
  if (operation === 'refund') return checkRefund(merchant, target!, fields)
  if (operation === 'void') return checkVoid(target!)
  const account = merchant.accounts.find(({ id }) => id === (fields['merchant_account_id'] ?? merchant.accounts[0]!.id))
  return checkCredit(account, paymentMethodTokens, fields)
}

function take(
  { ledger, merchant }: MoneyAction,
  { operation, reference, fields }: MoneyRequest,
  target: Transaction | undefined,
  keep: (reference: string) => KeptKey[],
): MoneyAnswer {
  if (operation === 'void') {
    const voided = merchant.void(reference, keep(reference))
    return { status: 200, body: transactionAnswer(ledger, voided), took: reference }
  }
  const orderId = String(fields['order_id'] ?? target?.orderId ?? '')
  if (operation === 'credit') {
    const account = merchant.accounts.find(
      ({ id }) => id === (fields['merchant_account_id'] ?? merchant.accounts[0]!.id),
    )!
    const { refund, settles } = merchant.credit(account, String(fields['amount']), orderId, keep)
    return { status: 201, body: transactionAnswer(ledger, refund), took: refund.id, settles }
  }
  const amount = String(fields['amount'] ?? merchant.remaining(target!))
  const { refund, settles } = merchant.refund(target!, { amount, orderId, lineItems: lineItemsOf(fields) }, keep)
  if (isDeclined(refund)) return { ...declined(ledger, refund), took: refund.id }
  return { status: 201, body: transactionAnswer(ledger, refund), took: refund.id, settles }
}

/** A replay shows what its first request made, as it is now. */
function inPresentState(ledger: Ledger, transaction: Transaction, { operation }: MoneyRequest): MoneyAnswer {
  if (isDeclined(transaction)) return declined(ledger, transaction)
  return { status: operation === 'void' ? 200 : 201, body: transactionAnswer(ledger, transaction) }
}

function isDeclined({ status }: Transaction): boolean {
  return status === 'processor_declined' || status === 'failed'
}

function declined(ledger: Ledger, refund: Transaction): MoneyAnswer {
  return { status: 422, body: errorAnswer(ledger, refund.processor.text, [], refund) }
}

function refusal(ledger: Ledger, errors: readonly ValidationError[]): MoneyAnswer {
  const message = errors.map((error) => error.message).join('\n')
  return { status: 422, body: errorAnswer(ledger, message, errors, null) }
}

function sorted(fields: Fields): [string, unknown][] {
  return Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))
}
