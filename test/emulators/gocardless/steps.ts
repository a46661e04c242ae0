import type { Situation, Step } from '../gateway-step.ts'
import { money } from './amount-text.ts'
import type { CreditorEntry, Ledger } from './ledger.ts'
import { SIMULATORS } from './simulators.ts'

const LABELS: Readonly<Record<string, string>> = {
  refund_paid: 'Pay it',
  refund_bounced: 'Bounce at the bank',
  refund_returned: 'Send the money back',
  payment_confirmed: 'Confirm',
  payment_paid_out: 'Pay out',
  payment_failed: 'Fail',
  payment_late_failure: 'Fail late',
  payment_charged_back: 'Claim back',
  payment_chargeback_cancelled: 'Cancel the claim',
}

/** What time or a bank can make of a payment or refund as it stands. */
export function stepsOf(of: 'payment' | 'refund', { id, status }: { id: string; status: string }): Step[] {
  return Object.entries(LABELS)
    .filter(([name]) => SIMULATORS[name]!.of === of && (SIMULATORS[name]!.from as readonly string[]).includes(status))
    .map(([name, label]) => ({ path: '/_local/simulate', label, fields: { name, resource: id } }))
}

export function creditorSteps({ id, canCreateRefunds }: CreditorEntry): Step[] {
  const label = `Switch refunds ${canCreateRefunds ? 'off' : 'on'}`
  return [{ path: '/_local/creditor', label, fields: { id, canCreateRefunds: String(!canCreateRefunds) } }]
}

/** A payment with its refunds, and the creditor that pays them. */
export function situationsOf(ledger: Ledger, reference: string): Situation[] {
  const payment = ledger.payments.get(reference)
  if (!payment) return []
  const creditor = ledger.creditors.get(payment.creditor)!
  const funds = creditor.confirmedFunds[payment.currency] ?? 0
  const refunds = [...ledger.refunds.values()].filter((refund) => refund.payment === reference)
  const situation = (what: 'payment' | 'refund', one: { id: string; status: string; amount: number }) => ({
    what: `${what === 'payment' ? 'Payment' : 'Refund'} of ${money(one.amount, payment.currency)}`,
    state: one.status.replaceAll('_', ' '),
    reference: one.id,
    steps: stepsOf(what, one),
  })
  const disputeMandate = {
    path: '/_local/dispute-mandate',
    label: 'Dispute its mandate',
    fields: { payment: reference },
  }
  const ofPayment = situation('payment', payment)
  return [
    { ...ofPayment, steps: [...ofPayment.steps, disputeMandate] },
    ...refunds.map((refund) => situation('refund', refund)),
    {
      what: 'Creditor',
      state: `refunds ${creditor.canCreateRefunds ? 'on' : 'off'}, ${money(funds, payment.currency)} there`,
      reference: creditor.id,
      steps: [
        ...creditorSteps(creditor),
        {
          path: '/_local/funds',
          label: funds > 0 ? 'Take its funds away' : 'Fill its funds',
          fields: { id: creditor.id, currency: payment.currency, amount: funds > 0 ? '0' : String(FILLED) },
        },
      ],
    },
  ]
}

/** Minor units: more than any sample payment. */
const FILLED = 1_000_000
