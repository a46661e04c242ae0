import type { LineItem, RefundReason } from '../gateways/gateway.ts'
import type { Money } from '../money/money.ts'
import type { PaymentLook } from './look-up-payment.ts'

/** What the org knows of the payment, and what it asks for. */
export interface RefundRequest {
  readonly paymentId: string
  readonly gatewayAccount: string
  readonly gatewayReference: string
  readonly captured: Money
  /** null: everything that is left. */
  readonly amount: Money | null
  readonly reason: RefundReason | null
  readonly note: string | null
  readonly lineItems: readonly LineItem[] | null
  readonly directDebit: DirectDebit | null
  /** The payer was asked not to claim the debit from the bank. */
  readonly payerAsked: boolean
  /** The whole payment, whichever way. */
  readonly undo: boolean
}

/** How the money of a direct debit was taken. */
export interface DirectDebit {
  /** As in claim-window.ts; null where the org does not say. */
  readonly scheme: string | null
  /** ISO 8601 date. */
  readonly collectedOn: string | null
}

export interface Requester {
  readonly orgId: string
  readonly userId: string
}

/** The way the money is to go back, and what the gateway said of the payment when it was asked. */
export interface RefundPlan {
  readonly kind: 'refund' | 'void' | 'undo'
  readonly facts: PaymentLook | null
}
