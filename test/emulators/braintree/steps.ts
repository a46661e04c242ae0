import type { Situation, Step } from '../gateway-step.ts'
import type { Ledger, Transaction } from './ledger.ts'

/** What time, a bank or a person can make of a transaction as it stands. */
export function stepsOf({ id, type, status, disputes, cardExpired }: Transaction): Step[] {
  const step = (path: string, label: string, of = id) => ({ path: `/_local/${path}`, label, fields: { id: of } })
  const settling = ['submitted_for_settlement', 'settlement_pending', 'settling'].includes(status)
  const settled = status === 'settled'
  const dispute = disputes.find((one) => one.status === 'open')
  return [
    ...(settling ? [step('settle', 'Settle')] : []),
    ...(settling || settled ? [step('decline', 'Decline the settlement')] : []),
    ...(type === 'credit' && (settling || settled) ? [step('fail', 'Fail at the bank')] : []),
    ...(type === 'sale' && status !== 'voided' && !cardExpired ? [step('expire-card', 'Let its card expire')] : []),
    ...(type === 'sale' && settled && !dispute ? [step('dispute', 'Charge back')] : []),
    ...(dispute ? [step('win', 'Win the dispute', dispute.id), step('lose', 'Lose the dispute', dispute.id)] : []),
  ]
}

/** A payment with its refunds, the latest last. */
export function situationsOf(ledger: Ledger, reference: string): Situation[] {
  const payment = ledger.transactions.get(reference)
  if (!payment) return []
  return [payment, ...ledger.refundsOf(reference)].map((transaction) => ({
    what: `${transaction.type === 'sale' ? 'Payment' : 'Refund'} of ${transaction.currency} ${transaction.amount}`,
    state: [
      transaction.status.replaceAll('_', ' '),
      ...(transaction.cardExpired ? ['card expired'] : []),
      ...transaction.disputes.map(({ status }) => `dispute ${status}`),
    ].join(', '),
    reference: transaction.id,
    steps: stepsOf(transaction),
  }))
}
