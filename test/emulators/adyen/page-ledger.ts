import { button, escape, time } from '../gateway-page.ts'
import { decimalText, money } from './amount-text.ts'
import { isCredit, isRefund } from './ledger.ts'
import type { Ledger, LedgerEntry, PaymentEntry, RefundEntry } from './ledger.ts'
import { balanceOf } from './payment-balance.ts'

/** One entry, with what a person can make of it as it stands. HTML of each cell. */
export function ledgerRow(ledger: Ledger, entry: LedgerEntry): string[] {
  const when = time(Date.parse(entry.at))
  const amount = escape(money(entry.amount))
  if (entry.kind === 'payment') {
    const remark = remarksOf(entry).filter(Boolean).join(', ')
    return [when, 'payment', amount, '', escape(entry.pspReference), escape(remark), paymentSteps(ledger, entry)]
  }
  const payment = isCredit(entry) ? '' : escape(entry.paymentPspReference)
  const remark = escape(isCredit(entry) ? `${entry.target} ${entry.reason}`.trim() : entry.reason)
  return [when, entry.kind, amount, escape(entry.pspReference), payment, remark, stepsOf(ledger, entry)]
}

function remarksOf({ captured, refundOutcome, holderName, method }: PaymentEntry): string[] {
  return [
    method === 'sepadirectdebit' ? 'SEPA direct debit' : method === 'directdebit_GB' ? 'Bacs direct debit' : '',
    captured ? '' : 'not captured',
    refundOutcome === 'ok' ? '' : refundOutcome.replaceAll('_', ' '),
    holderName === 'refund failed' ? 'refunds fail 3 days later' : '',
  ]
}

/** What its bank, its scheme or somebody in the gateway's console can do to a payment. */
function paymentSteps(ledger: Ledger, payment: PaymentEntry): string {
  const { pspReference, amount } = payment
  const { captured, cancelled, refunded, disputed } = balanceOf(ledger, payment)
  if (cancelled) return ''
  if (captured <= 0) {
    const fail = button('/_local/capture-failed', { pspReference }, 'Fail its capture')
    return button('/_local/capture', { pspReference }, 'Capture') + fail
  }
  const left = { ...amount, value: Math.max(captured - refunded - disputed, 0) }
  return [
    left.value > 0 ? consoleRefund(pspReference, decimalText(left)) : '',
    captured > disputed ? button('/_local/announce-chargeback', { pspReference }, 'Announce a dispute') : '',
    captured > disputed ? button('/_local/chargeback', { pspReference }, 'Charge back') : '',
    button('/_local/capture-failed', { pspReference }, 'Fail its capture'),
  ].join('')
}

function consoleRefund(pspReference: string, left: string): string {
  return `<form method="post" action="/_local/console-refund">
<input type="hidden" name="pspReference" value="${escape(pspReference)}">
<label>Refund in the console: <input name="amount" value="${left}" inputmode="decimal" size="9" required></label>
<button>Refund</button></form>`
}

function stepsOf(ledger: Ledger, entry: Exclude<LedgerEntry, PaymentEntry>): string {
  const { pspReference } = entry
  if (isRefund(entry)) return ledger.refunds.get(pspReference)?.at(-1) === entry ? refundSteps(entry) : ''
  if (entry.kind !== 'chargeback' || ledger.disputes.get(pspReference)?.at(-1) !== entry) return ''
  return button('/_local/reverse-chargeback', { pspReference }, 'Reverse the chargeback')
}

function refundSteps({ kind, pspReference }: RefundEntry): string {
  if (kind === 'refund failed') return button('/_local/repair', { pspReference }, 'Repair')
  if (kind !== 'refund sent' && kind !== 'refund repaired') return ''
  const fail = button('/_local/fail', { pspReference }, 'Fail at the bank')
  return fail + button('/_local/reverse', { pspReference }, 'Send the money back')
}
