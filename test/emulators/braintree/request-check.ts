import { amountError, parseAmount } from './amount.ts'
import type { KeptKey, Transaction } from './ledger.ts'
import type { Merchant, MerchantAccount } from './merchant.ts'
import type { ValidationError } from './xml.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface RefundRequest {
  readonly amount: string
  readonly orderId: string
  readonly lineItems: readonly Readonly<Record<string, string>>[]
}

const base = (code: string, message: string): ValidationError => ({ code, message })

/** What Braintree finds wrong with a refund; all of it, as far as one thing does not hide another. */
export function checkRefund(merchant: Merchant, payment: Transaction, fields: Fields): ValidationError[] {
  const account = merchant.accounts.find(
    ({ id }) => id === (fields['merchant_account_id'] ?? payment.merchantAccountId),
  )
  if (!account) return [{ code: '91513', message: 'Merchant account ID is invalid.', field: 'merchant_account_id' }]
  if (account.refundsAllowed === false) return [base('91547', 'Merchant account does not support refunds.')]
  if (payment.type === 'credit') return [base('91505', 'Cannot refund a credit.')]
  const stated = payment.status === 'settling' ? settling(payment) : settled(payment)
  if (stated) return [stated]
  return [...amountErrors(merchant, payment, fields), ...orderErrors(payment, fields), ...lineItemErrors(fields)]
}

/** PayPal's are refused while they settle; a card's are not. */
function settling({ instrument }: Transaction): ValidationError | null {
  return instrument === 'paypal_account' ? base('91574', 'Cannot refund a settling transaction.') : null
}

function settled({ status }: Transaction): ValidationError | null {
  return status === 'settled' ? null : base('91506', 'Cannot refund transaction unless it is settled.')
}

function amountErrors(merchant: Merchant, payment: Transaction, fields: Fields): ValidationError[] {
  const left = merchant.remaining(payment)
  if (parseAmount(left) === 0n) return [base('91512', 'Transaction has already been completely refunded.')]
  if (fields['amount'] === undefined) return []
  const wrong = amountError(fields['amount'], payment.currency)
  if (wrong) return [{ ...wrong, field: 'amount' }]
  const amount = parseAmount(String(fields['amount']))
  if (payment.escrowStatus === 'held' && amount !== parseAmount(payment.amount)) {
    return [base('91563', 'Cannot partially refund an escrowed transaction.')]
  }
  return amount > parseAmount(left) ? [{ code: '91521', message: 'Refund amount is too large.', field: 'amount' }] : []
}

function orderErrors({ instrument }: Transaction, fields: Fields): ValidationError[] {
  const most = instrument === 'paypal_account' ? 127 : 255
  return String(fields['order_id'] ?? '').length > most
    ? [{ code: '91501', message: 'Order ID is too long.', field: 'order_id' }]
    : []
}

const LINE_ITEM_RULES: readonly [field: string, code: string, message: string, broken: (value: string) => boolean][] = [
  ['name', '95822', 'Name is required.', (value) => value === ''],
  ['name', '95823', 'Name is too long.', (value) => value.length > 35],
  ['kind', '95808', 'Kind is required.', (value) => value === ''],
  ['quantity', '95811', 'Quantity is required.', (value) => value === ''],
  ['unit_amount', '95818', 'Unit amount is required.', (value) => value === ''],
  ['total_amount', '95814', 'Total amount is required.', (value) => value === ''],
  ['description', '95803', 'Description is too long.', (value) => value.length > 127],
  ['product_code', '95809', 'Product code is too long.', (value) => value.length > 12],
  ['commodity_code', '95801', 'Commodity code is too long.', (value) => value.length > 12],
  ['unit_of_measure', '95821', 'Unit of measure is too long.', (value) => value.length > 12],
]

function lineItemErrors(fields: Fields): ValidationError[] {
  const items = lineItemsOf(fields)
  if (items.length > 249) return [{ code: '915157', message: 'Too many line items.', field: 'line_items' }]
  return items.flatMap((item, place) =>
    LINE_ITEM_RULES.filter(([field, , , broken]) => broken(item[field] ?? '')).map(([field, code, message]) => ({
      code,
      message,
      field: `line_items.index_${place}.${field}`,
    })),
  )
}

export function lineItemsOf(fields: Fields): Readonly<Record<string, string>>[] {
  const items = fields['line_items']
  return Array.isArray(items) ? (items as Readonly<Record<string, string>>[]) : []
}

export function checkVoid({ status, instrument }: Transaction): ValidationError[] {
  const open = ['authorized', 'submitted_for_settlement']
  const voidable = open.includes(status) || (instrument === 'paypal_account' && status === 'settlement_pending')
  return voidable
    ? []
    : [base('91504', 'Transaction can only be voided if status is authorized or submitted_for_settlement.')]
}

export function checkCredit(account: MerchantAccount | undefined, tokens: readonly string[], fields: Fields) {
  if (!account) return [{ code: '91513', message: 'Merchant account ID is invalid.', field: 'merchant_account_id' }]
  if (!account.creditsAllowed) return [base('91546', 'Processor does not support credits.')]
  const wrong = amountError(fields['amount'], account.currency)
  if (wrong) return [{ ...wrong, field: 'amount' }]
  const known = tokens.includes(String(fields['payment_method_token']))
  return known ? [] : [{ code: '91518', message: 'Payment method token is invalid.', field: 'payment_method_token' }]
}

/** What a key says to a request: nothing, or a refusal. Source: Braintree's idempotency specs and its error codes. */
export function checkKey(
  account: MerchantAccount | undefined,
  inFlight: ReadonlySet<string>,
  kept: KeptKey | undefined,
  key: string,
  request: string,
): ValidationError | null {
  const at = { field: 'api_request_key' }
  if (key.length > 255) return { code: '915230', message: 'API request key is too long.', ...at }
  if (account?.keysAllowed === false) return { code: '915231', message: 'API request key is not allowed.', ...at }
  if (inFlight.has(key)) return { code: '915233', message: 'A request with this API request key is in flight.', ...at }
  if (!kept) return null
  if (kept.request !== request) {
    return { code: '915232', message: 'API request key can be reused only with the same request.', ...at }
  }
  return kept.reference === null
    ? { code: '915234', message: 'The request with this API request key failed.', ...at }
    : null
}
