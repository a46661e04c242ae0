import type { LineItem, RefundReason } from '../gateways/gateway.ts'
import type { Money } from '../money/money.ts'
import type { Attention } from './attention.ts'

export type RefundState =
  'requested' | 'submitting' | 'pending' | 'unknown' | 'rejected' | 'succeeded' | 'failed' | 'reversed'

/** The only table of transitions (DESIGN: the life of a refund). The database has the same in may_become() and refuses any other. */
export const ALLOWED_TRANSITIONS: Readonly<Record<RefundState, readonly RefundState[]>> = {
  requested: ['submitting', 'rejected'],
  submitting: ['requested', 'pending', 'succeeded', 'rejected', 'failed', 'unknown'],
  unknown: ['submitting', 'pending', 'succeeded', 'rejected', 'failed'],
  pending: ['succeeded', 'failed', 'reversed'],
  succeeded: ['failed', 'reversed'],
  failed: ['succeeded'],
  rejected: [],
  reversed: [],
}

/** Nobody works on these any more by themselves; a late failure or a reversal may still change them. */
export const FINAL_STATES: readonly RefundState[] = ['rejected', 'succeeded', 'failed', 'reversed']

/** How a gateway's error is shown on a refund. */
export interface RefundFailure {
  readonly code: string
  readonly gatewayMessage: string | null
}

export interface Refund {
  /** UUIDv7: external id in the CRM and reference at the gateway. */
  readonly id: string
  readonly orgId: string
  /** Null for a credit: it goes out without a payment. */
  readonly paymentId: string | null
  readonly kind: 'refund' | 'void' | 'undo' | 'credit'
  /** The whole payment is to be undone, whichever way; `kind` is the way that is being tried. */
  readonly undo: boolean
  readonly origin: 'here' | 'gateway_console'
  readonly state: RefundState
  /** Grows with every change that the CRM shows. */
  readonly version: number
  readonly amount: Money
  readonly reason: RefundReason | null
  readonly note: string | null
  readonly lineItems: readonly LineItem[] | null
  readonly requestedBy: string | null
  readonly gateway: string
  readonly gatewayAccount: string
  /** Null for a credit. */
  readonly paymentReference: string | null
  readonly gatewayReference: string | null
  readonly failure: RefundFailure | null
  /** Until when a late failure keeps its amount reserved. */
  readonly heldUntil: Date | null
  readonly attention: Attention | null
  /** Where a credit goes. */
  readonly target: 'stored_method' | 'bank_account' | null
  /** The agent said that the payer was asked not to claim the debit from the bank. */
  readonly payerAsked: boolean
  readonly directDebit: boolean
  /** Why it waits, as a code of errors.ts, while it is requested. */
  readonly waitingFor: string | null
  /** When somebody looks at it next. */
  readonly dueAt: Date | null
  readonly requestedAt: Date
  readonly sentAt: Date | null
  /** When it became final, by the gateway's clock where that is known. */
  readonly decidedAt: Date | null
  readonly updatedAt: Date
  /** When what people wrote of it, and gateways said, was erased here; Salesforce keeps what it has. */
  readonly erasedAt: Date | null
}

/** What is left of a payment, and where the rest went. */
export interface PaymentBalance {
  readonly captured: Money
  readonly refunded: Money
  readonly underWay: Money
  /** Failed after success at a gateway that may still repair it. */
  readonly held: Money
  readonly chargedBack: Money
  readonly refundable: Money
  /** What is out twice: refunded and charged back beyond what was captured. */
  readonly exposure: Money
  readonly voided: boolean
}
