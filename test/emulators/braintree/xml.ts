import type { Dispute, Instrument, Ledger, Transaction } from './ledger.ts'

/** One validation error; `field` is where it stands: `amount`, `base`, or a path like `line_items.index_0.name`. */
export interface ValidationError {
  readonly code: string
  readonly message: string
  readonly field?: string
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

export function transactionAnswer(ledger: Ledger, transaction: Transaction): string {
  return HEAD + transactionXml(ledger, transaction)
}

/** @param declined the transaction that a processor refused, where there is one: then there are no validation errors */
export function errorAnswer(
  ledger: Ledger,
  message: string,
  errors: readonly ValidationError[],
  declined: Transaction | null,
): string {
  return `${HEAD}<api-error-response>
<errors><errors type="array"/><transaction>${nested(errors.map(({ field = 'base', ...error }) => [field.split('.'), error]))}</transaction></errors>
${element('message', message)}
<params><transaction/></params>
${declined ? transactionXml(ledger, declined) : ''}
</api-error-response>`
}

type Placed = readonly [path: readonly string[], error: ValidationError]

/** Errors of this place first, then one element for each place below. */
function nested(errors: readonly Placed[]): string {
  const here = errors.filter(([path]) => path.length === 1)
  const below = new Map<string, Placed[]>()
  for (const [[first, ...rest], error] of errors) {
    if (rest.length > 0) below.set(first!, [...(below.get(first!) ?? []), [rest, error]])
  }
  const list = here.map(
    ([[attribute], { code, message }]) =>
      `<error>${element('code', code)}${element('attribute', attribute!, ' type="symbol"')}${element('message', message)}</error>`,
  )
  const deeper = [...below].map(([name, placed]) => `<${dashed(name)}>${nested(placed)}</${dashed(name)}>`)
  return `<errors type="array">${list.join('')}</errors>${deeper.join('')}`
}

export function idsAnswer(ids: readonly string[]): string {
  const items = ids.map((id) => element('item', id)).join('')
  return `${HEAD}<search-results><page-size type="integer">50</page-size><ids type="array">${items}</ids></search-results>`
}

export function foundAnswer(ledger: Ledger, transactions: readonly Transaction[]): string {
  return `${HEAD}<credit-card-transactions type="collection">
<current-page-number type="integer">1</current-page-number><page-size type="integer">50</page-size>
<total-items type="integer">${transactions.length}</total-items>
${transactions.map((transaction) => transactionXml(ledger, transaction)).join('\n')}
</credit-card-transactions>`
}

export function notificationXml(kind: string, timestamp: string, subject: string): string {
  return `${HEAD}<notification><timestamp type="datetime">${timestamp}</timestamp>${element('kind', kind)}
<subject>${subject}</subject></notification>`
}

/** The whole of it, as an answer and as a webhook shows it; card and account holder are there to be left alone. */
export function transactionXml(ledger: Ledger, transaction: Transaction): string {
  const { history, processor, settlement } = transaction
  const first = history[0]!.at
  const last = history.at(-1)!.at
  const steps = history.map(
    ({ status, at }) =>
      `<status-event>${datetime('timestamp', at)}${element('status', status)}${element('amount', transaction.amount)}<user>api</user><transaction-source>api</transaction-source></status-event>`,
  )
  const refundIds = ledger.refundsOf(transaction.id).map(({ id }) => element('item', id))
  return `<transaction>
${element('id', transaction.id)}${element('status', transaction.status)}${element('type', transaction.type)}
${element('currency-iso-code', transaction.currency)}${element('amount', transaction.amount)}
${element('merchant-account-id', transaction.merchantAccountId)}${optional('order-id', transaction.orderId)}
${datetime('created-at', first)}${datetime('updated-at', last)}
${optional('escrow-status', transaction.escrowStatus)}
${optional('refunded-transaction-id', transaction.refundedTransactionId)}
<refund-ids type="array">${refundIds.join('')}</refund-ids>
<refund-id nil="true"/>
<status-history type="array">${steps.join('')}</status-history>
${element('processor-response-code', processor.code)}${element('processor-response-text', processor.text)}
${optional('processor-response-type', processor.type)}${optional('additional-processor-response', processor.more)}
${optional('processor-settlement-response-code', settlement?.code)}
${optional('processor-settlement-response-text', settlement?.text)}
<disputes type="array">${transaction.disputes.map((dispute) => disputeXml(transaction, dispute)).join('')}</disputes>
<payment-instrument-type>${transaction.instrument}</payment-instrument-type>
${INSTRUMENTS[transaction.instrument]}
<customer><id nil="true"/><first-name>Sample</first-name><last-name>Shopper</last-name></customer>
<gateway-rejection-reason nil="true"/><recurring type="boolean">false</recurring>
</transaction>`
}

const INSTRUMENTS: Readonly<Record<Instrument, string>> = {
  credit_card:
    '<credit-card><bin>411111</bin><last-4>1111</last-4><card-type>Visa</card-type><cardholder-name>Sample Shopper</cardholder-name></credit-card>',
  paypal_account: '<paypal><payer-email>shopper@example.com</payer-email><payment-id>PAY-1</payment-id></paypal>',
  sepa_debit_account:
    '<sepa-debit-account-detail><last-4>3000</last-4><mandate-type>RECURRENT</mandate-type></sepa-debit-account-detail>',
  us_bank_account:
    '<us-bank-account><last-4>1234</last-4><account-holder-name>Sample Shopper</account-holder-name></us-bank-account>',
}

export function disputeXml(transaction: Transaction, dispute: Dispute): string {
  return `<dispute>
${element('id', dispute.id)}${element('kind', dispute.kind)}${element('status', dispute.status)}<reason>fraud</reason>
${element('amount', dispute.amount)}${element('amount-disputed', dispute.amount)}
${element('amount-won', dispute.amountWon)}${element('currency-iso-code', transaction.currency)}
${element('merchant-account-id', transaction.merchantAccountId)}
${datetime('updated-at', dispute.updatedAt)}<received-date type="date">${dispute.openedAt.slice(0, 10)}</received-date>
<transaction>${element('id', transaction.id)}${element('amount', transaction.amount)}</transaction>
</dispute>`
}

function element(name: string, text: string, attributes = ''): string {
  return `<${name}${attributes}>${escaped(text)}</${name}>`
}

function optional(name: string, text: string | null | undefined): string {
  return text ? element(name, text) : `<${name} nil="true"/>`
}

/** Braintree gives whole seconds. */
function datetime(name: string, at: string): string {
  return `<${name} type="datetime">${wholeSeconds(at)}</${name}>`
}

export function wholeSeconds(at: string): string {
  return `${at.slice(0, 19)}Z`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

function dashed(name: string): string {
  return name.replaceAll('_', '-')
}
