import { escape, stepButtons, time } from '../gateway-page.ts'
import type { Step } from '../gateway-step.ts'
import { money } from './amount-text.ts'
import { isCredit, isDispute, isRefund } from './ledger.ts'
import type { Ledger, LedgerEntry, PaymentEntry } from './ledger.ts'
import { disputeSteps, paymentSteps, refundSteps } from './steps.ts'

/** One entry, with what a person can make of it as it stands. HTML of each cell. */
export function ledgerRow(ledger: Ledger, entry: LedgerEntry): string[] {
  const when = time(Date.parse(entry.at))
  const amount = escape(money(entry.amount))
  if (entry.kind === 'payment') {
    const steps = ledger.payments.get(entry.pspReference) === entry ? paymentSteps(ledger, entry) : []
    const remark = remarksOf(entry).filter(Boolean).join(', ')
    return [when, 'payment', amount, '', escape(entry.pspReference), escape(remark), stepButtons(steps)]
  }
  const payment = isCredit(entry) ? '' : escape(entry.paymentPspReference)
  const remark = escape(isCredit(entry) ? `${entry.target} ${entry.reason}`.trim() : entry.reason)
  return [when, entry.kind, amount, escape(entry.pspReference), payment, remark, stepButtons(stepsOf(ledger, entry))]
}

function remarksOf({ captured, refundOutcome, holderName, method }: PaymentEntry): string[] {
  return [
    method === 'sepadirectdebit' ? 'SEPA direct debit' : method === 'directdebit_GB' ? 'Bacs direct debit' : '',
    captured ? '' : 'not captured',
    refundOutcome === 'ok' ? '' : refundOutcome.replaceAll('_', ' '),
    holderName === 'refund failed' ? 'refunds fail 3 days later' : '',
  ]
}

function stepsOf(ledger: Ledger, entry: Exclude<LedgerEntry, PaymentEntry>): readonly Step[] {
  const { pspReference } = entry
  if (isRefund(entry)) return ledger.refunds.get(pspReference)?.at(-1) === entry ? refundSteps(entry) : []
  if (!isDispute(entry) || ledger.disputes.get(pspReference)?.at(-1) !== entry) return []
  return disputeSteps(entry)
}
