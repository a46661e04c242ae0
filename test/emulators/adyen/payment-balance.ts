import type { Ledger, PaymentEntry } from './ledger.ts'

/** What has become of a payment's money, in its minor units. */
export interface PaymentBalance {
  readonly captured: number
  /** The last thing heard of its capture is that it failed. */
  readonly captureFailed: boolean
  readonly cancelled: boolean
  readonly refunded: number
  readonly disputed: number
}

export function balanceOf(ledger: Ledger, payment: PaymentEntry): PaymentBalance {
  const latest = <Entry>(steps: ReadonlyMap<string, Entry[]>) => ledger.lastOf(steps, payment.pspReference)
  const sum = (entries: readonly { amount: PaymentEntry['amount'] }[]) =>
    entries.reduce((total, { amount }) => total + amount.value, 0)
  const captures = ledger.captures.get(payment.pspReference) ?? []
  const wholes = latest(ledger.wholes)
  const paid = latest(ledger.refunds).filter(({ kind }) => kind === 'refund sent' || kind === 'refund repaired')
  return {
    captured:
      (payment.captured ? payment.amount.value : 0) +
      sum(captures.filter(({ kind }) => kind === 'capture')) -
      sum(captures.filter(({ kind }) => kind === 'capture failed')),
    captureFailed: captures.at(-1)?.kind === 'capture failed',
    cancelled: wholes.some(({ kind }) => kind.endsWith(' cancelled')),
    refunded: sum(paid) + sum(wholes.filter(({ kind }) => kind.endsWith(' refunded'))),
    disputed: sum(latest(ledger.disputes).filter(({ kind }) => kind === 'chargeback')),
  }
}

/** Adyen's words for a refund that it took and then refused. Source: docs.adyen.com/online-payments/refund. */
export function whyNotRefunded(payment: PaymentEntry, balance: PaymentBalance, value: number): string | null {
  const { captured, cancelled, refunded, disputed } = balance
  if (cancelled || captured <= 0) return NOT_CAPTURED
  if (payment.refundOutcome === 'period_expired') return 'The maximum period for this operation has expired'
  if (payment.refundOutcome === 'insufficient_funds') {
    return 'Insufficient in-process funds on account for refunding this payment'
  }
  if (refunded + disputed + value <= captured) return null
  if (disputed >= captured) return 'Already fully disputed, no balance available for new requested refund'
  if (disputed > 0) {
    return refunded > 0
      ? 'Partially refunded and partially disputed, no balance available for new requested refund'
      : 'Already partially disputed, new requested refund amount too high'
  }
  if (refunded === 0) return 'Requested refund amount too high'
  return refunded >= captured
    ? 'Already fully refunded, no balance available for new requested refund'
    : 'Already partially refunded, new requested refund amount too high'
}

export const NOT_CAPTURED = "Transaction hasn't been captured, refund not possible"
