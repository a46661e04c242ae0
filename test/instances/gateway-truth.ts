import type { LocalWorld } from '../emulators/local-world.ts'

/** One refund as its gateway's own ledger has it; amounts in cents. */
export interface TrueRefund {
  readonly gateway: string
  readonly reference: string
  /** Our stamp. */
  readonly refundId: string
  readonly payment: string
  readonly cents: number
  readonly outcome: 'paid' | 'refused' | 'open'
}

/** Every refund that a gateway took, and what was captured of every payment, by their own ledgers alone. */
export interface GatewayTruth {
  readonly refunds: readonly TrueRefund[]
  readonly captured: ReadonlyMap<string, number>
}

export function truthOf(world: Pick<LocalWorld, 'adyen' | 'braintree' | 'goCardless'>): GatewayTruth {
  const refunds = new Map<string, TrueRefund>()
  const captured = new Map<string, number>()
  const become = (reference: string, outcome: TrueRefund['outcome']) =>
    refunds.set(reference, { ...refunds.get(reference)!, outcome })

  for (const entry of world.adyen.ledger()) {
    if (entry.kind === 'payment') captured.set(entry.pspReference, entry.amount.value)
    else if (entry.kind === 'refund accepted') {
      refunds.set(entry.pspReference, {
        gateway: 'adyen',
        reference: entry.pspReference,
        refundId: entry.reference,
        payment: entry.paymentPspReference,
        cents: entry.amount.value,
        outcome: 'open',
      })
    } else if (entry.kind === 'refund sent') become(entry.pspReference, 'paid')
    else if (entry.kind === 'refund refused') become(entry.pspReference, 'refused')
  }
  for (const entry of world.goCardless.ledger()) {
    if (entry.kind === 'payment') captured.set(entry.id, entry.amount)
    else if (entry.kind === 'refund accepted') {
      refunds.set(entry.id, {
        gateway: 'gocardless',
        reference: entry.id,
        refundId: String(entry.metadata['refund']),
        payment: entry.payment,
        cents: entry.amount,
        outcome: 'open',
      })
    } else if (entry.kind === 'refund changed') become(entry.id, entry.status === 'paid' ? 'paid' : 'refused')
  }
  for (const { kind, reference, transaction } of world.braintree.ledger()) {
    if (kind === 'payment') captured.set(reference, cents(transaction.amount))
    else if (kind === 'refund accepted') {
      refunds.set(reference, {
        gateway: 'braintree',
        reference,
        refundId: transaction.orderId,
        payment: transaction.refundedTransactionId!,
        cents: cents(transaction.amount),
        outcome: 'open',
      })
    } else if (kind === 'refund settled') become(reference, 'paid')
  }
  return { refunds: [...refunds.values()], captured }
}

/** Decimal text or number of euros → cents. */
export function cents(amount: string | number): number {
  return Math.round(Number(amount) * 100)
}
