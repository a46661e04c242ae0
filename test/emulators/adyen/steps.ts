import type { Situation, Step } from '../gateway-step.ts'
import { decimalText, money } from './amount-text.ts'
import type { DisputeEntry, Ledger, PaymentEntry, RefundEntry } from './ledger.ts'
import { balanceOf } from './payment-balance.ts'

/** What its bank, its scheme or somebody in the gateway's console can do to a payment. */
export function paymentSteps(ledger: Ledger, payment: PaymentEntry): Step[] {
  const { pspReference, amount, refundOutcome } = payment
  const step = (path: string, label: string, more: Partial<Step> = {}) => ({
    path: `/_local/${path}`,
    label,
    fields: { pspReference },
    ...more,
  })
  const { captured, cancelled, refunded, disputed } = balanceOf(ledger, payment)
  if (cancelled) return []
  const failCapture = step('capture-failed', 'Fail its capture')
  if (captured <= 0) return [step('capture', 'Capture'), failCapture]
  const left = { ...amount, value: Math.max(captured - refunded - disputed, 0) }
  const inConsole = step('console-refund', 'Refund in the console', { amount: decimalText(left) })
  const decline =
    refundOutcome === 'ok'
      ? step('decline', 'Decline its refunds', { fields: { pspReference, outcome: 'insufficient_funds' } })
      : step('decline', 'Accept its refunds again', { fields: { pspReference, outcome: 'ok' } })
  return [
    ...(left.value > 0 ? [inConsole] : []),
    decline,
    ...(captured > disputed
      ? [step('announce-chargeback', 'Announce a dispute'), step('chargeback', 'Charge back')]
      : []),
    failCapture,
  ]
}

/** What can become of a refund. @param refund its last step */
export function refundSteps({ kind, pspReference }: RefundEntry): Step[] {
  const step = (path: string, label: string) => ({ path: `/_local/${path}`, label, fields: { pspReference } })
  if (kind === 'refund failed') return [step('repair', 'Repair')]
  if (kind !== 'refund sent' && kind !== 'refund repaired') return []
  return [step('fail', 'Fail at the bank'), step('reverse', 'Send the money back')]
}

/** @param dispute its last step */
export function disputeSteps({ kind, pspReference }: DisputeEntry): Step[] {
  if (kind !== 'chargeback') return []
  return [{ path: '/_local/reverse-chargeback', label: 'Reverse the chargeback', fields: { pspReference } }]
}

/** A payment with all that came of it, the latest first. */
export function situationsOf(ledger: Ledger, reference: string): Situation[] {
  const payment = ledger.payments.get(reference)
  if (!payment) return []
  const latest = <Entry extends { paymentPspReference: string }>(map: ReadonlyMap<string, Entry[]>) =>
    [...map.values()].map((steps) => steps.at(-1)!).filter((entry) => entry.paymentPspReference === reference)
  const about = (what: string, { kind, amount, pspReference }: RefundEntry | DisputeEntry, steps: Step[]) => ({
    what: `${what} of ${money(amount)}`,
    state: kind.replace(/^refund /, ''),
    reference: pspReference,
    steps,
  })
  const { captured, cancelled } = balanceOf(ledger, payment)
  const state = cancelled ? 'cancelled' : captured > 0 ? 'captured' : 'not captured'
  return [
    { what: `Payment of ${money(payment.amount)}`, state, reference, steps: paymentSteps(ledger, payment) },
    ...latest(ledger.refunds).map((refund) => about('Refund', refund, refundSteps(refund))),
    ...latest(ledger.disputes).map((dispute) => about('Dispute', dispute, disputeSteps(dispute))),
  ]
}
