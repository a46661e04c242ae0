import type { PaymentStatus, RefundStatus } from './ledger.ts'
import type { Organisation } from './organisation.ts'

type Simulator =
  | { readonly of: 'refund'; from: readonly RefundStatus[]; to: RefundStatus | null; action: string; cause: string }
  | { readonly of: 'payment'; from: readonly PaymentStatus[]; to: PaymentStatus | null; action: string; cause: string }

const OUT: readonly RefundStatus[] = ['created', 'submitted', 'paid']
const COLLECTED: readonly PaymentStatus[] = ['confirmed', 'paid_out']

/** What only time or a bank would do. Names as GoCardless's scenario simulators have them. */
export const SIMULATORS: Readonly<Record<string, Simulator>> = {
  refund_paid: { of: 'refund', from: ['created', 'submitted'], to: 'paid', action: 'paid', cause: 'refund_paid' },
  refund_settled: { of: 'refund', from: OUT, to: null, action: 'refund_settled', cause: 'refund_settled' },
  // The resource says "bounced", its event "failed".
  refund_bounced: { of: 'refund', from: OUT, to: 'bounced', action: 'failed', cause: 'refund_failed' },
  refund_returned: {
    of: 'refund',
    from: [...OUT, 'bounced'],
    to: 'funds_returned',
    action: 'funds_returned',
    cause: 'refund_funds_returned',
  },
  payment_submitted: {
    of: 'payment',
    from: ['pending_submission'],
    to: 'submitted',
    action: 'submitted',
    cause: 'payment_submitted',
  },
  payment_confirmed: {
    of: 'payment',
    from: ['pending_submission', 'submitted'],
    to: 'confirmed',
    action: 'confirmed',
    cause: 'payment_confirmed',
  },
  payment_paid_out: {
    of: 'payment',
    from: ['pending_submission', 'submitted', 'confirmed'],
    to: 'paid_out',
    action: 'paid_out',
    cause: 'payment_paid_out',
  },
  payment_failed: {
    of: 'payment',
    from: ['pending_submission', 'submitted'],
    to: 'failed',
    action: 'failed',
    cause: 'insufficient_funds',
  },
  payment_late_failure: {
    of: 'payment',
    from: COLLECTED,
    to: 'failed',
    action: 'failed',
    cause: 'other',
  },
  payment_late_failure_settled: {
    of: 'payment',
    from: ['failed'],
    to: null,
    action: 'late_failure_settled',
    cause: 'late_failure_settled',
  },
  payment_charged_back: {
    of: 'payment',
    from: COLLECTED,
    to: 'charged_back',
    action: 'charged_back',
    cause: 'authorisation_disputed',
  },
  payment_chargeback_settled: {
    of: 'payment',
    from: ['charged_back'],
    to: null,
    action: 'chargeback_settled',
    cause: 'payment_charged_back',
  },
  // The vendor has no simulator of this name; its event exists.
  payment_chargeback_cancelled: {
    of: 'payment',
    from: ['charged_back'],
    to: 'paid_out',
    action: 'chargeback_cancelled',
    cause: 'payment_confirmed',
  },
}

/** @throws RangeError when there is no such simulator or resource, or the resource is past it */
export function simulate(organisation: Organisation, name: string, resource: string): void {
  const simulator = SIMULATORS[name]
  if (!simulator) throw new RangeError(`there is no simulator ${name}`)
  const { ledger } = organisation
  const found = simulator.of === 'refund' ? ledger.refunds.get(resource) : ledger.payments.get(resource)
  if (!found) throw new RangeError(`there is no ${simulator.of} ${resource}`)
  if (!(simulator.from as readonly string[]).includes(found.status)) {
    throw new RangeError(`${resource} is ${found.status}; ${name} wants ${simulator.from.join(' or ')}`)
  }
  if (simulator.of === 'refund') organisation.changeRefund(resource, simulator.to, simulator.action, simulator.cause)
  else organisation.changePayment(resource, simulator.to, simulator.action, simulator.cause)
}
