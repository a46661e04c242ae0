import type { RefusalCode } from '../errors.ts'
import type { Money } from '../money/money.ts'

/** Why the money goes back; each gateway has its own words for it. */
export type RefundReason = 'duplicate' | 'fraud' | 'requested_by_customer' | 'returned' | 'other'

/** One refund, as a gateway needs to know it. */
export interface RefundInstruction {
  /** UUIDv7; the reference that the gateway shows everywhere. */
  readonly refundId: string
  /** The gateway's id of the payment. */
  readonly paymentReference: string
  readonly amount: Money
  /** What was already refunded or is on its way at the gateway, this refund not included. */
  readonly alreadyRefunded: Money
  readonly reason: RefundReason | null
}

/** The exact body of one call, stored before it is sent and re-sent unchanged. */
export type AttemptBody = Readonly<Record<string, unknown>>

export interface Attempt {
  readonly operation: 'refund'
  readonly paymentReference: string
  /** Belongs to this attempt alone. */
  readonly key: string
  readonly body: AttemptBody
}

/** What one call told us. No answer, or one that cannot be read, is `unknown`: it may have paid. */
export type GatewayAnswer =
  | { readonly kind: 'pending'; readonly gatewayReference: string }
  | { readonly kind: 'succeeded'; readonly gatewayReference: string }
  /** A definite refusal before money could move. */
  | ({ readonly kind: 'rejected' } & Refusal)
  /** Certainly not taken; the same attempt may be sent again. */
  | { readonly kind: 'not_taken'; readonly detail: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unknown'; readonly detail: string }

export interface Refusal {
  readonly code: RefusalCode
  /** Code and text as the gateway gave them, at most 255 characters, nothing of the customer in it. */
  readonly gatewayMessage: string
}

/** One HTTP arrival at /webhooks/{gateway}/{account}. */
export interface WebhookDelivery {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** One fact inside a delivery, verified. */
export interface GatewayEvent {
  /** The same fact delivered again has the same identity; unique per gateway account. */
  readonly identity: string
  /** What it means for a refund; `other` is stored and acknowledged only, `unreadable` is parked for a person. */
  readonly kind:
    'refund_succeeded' | 'refund_failed' | 'refund_failed_late' | 'refund_reversed' | 'other' | 'unreadable'
  /** The gateway's own word, e.g. REFUND_FAILED. */
  readonly gatewayKind: string
  /** ISO 8601, when it happened by the gateway's clock; null where the gateway does not say. */
  readonly occurredAt: string | null
  readonly paymentReference: string | null
  readonly refundReference: string | null
  /** Our own stamp, a hint only: gateways are known to show the payment's there. */
  readonly refundId: string | null
  /** Decimal text and currency, null where the event carries none. */
  readonly amount: { readonly value: string; readonly currency: string } | null
  readonly refusal: Refusal | null
  /** The allow-listed fields as they came; no card, bank or customer data. */
  readonly payload: Readonly<Record<string, string>>
}

/** What a gateway can do, and cannot, as data. */
export interface GatewayCapabilities {
  /** How long a key is honoured, a day of safety already taken off. 0: never re-send. */
  readonly keyRetentionMs: number
  /** How long the amount of a refund that failed after success stays held, because the gateway may repair it. 0: not at all. */
  readonly holdAfterLateFailureMs: number
}

export interface Gateway {
  /** adyen, braintree, gocardless: the word in configuration, addresses and Payment__c.Gateway__c. */
  readonly name: string
  /** For people: "Adyen". */
  readonly label: string
  readonly capabilities: GatewayCapabilities
  /**
   * The body that asks for this refund.
   * @throws RefundError `amount_not_representable` when the gateway's minor unit is too coarse.
   */
  prepareRefund(instruction: RefundInstruction): AttemptBody
  /** Sends one attempt within the gateway's deadline. Never throws for anything the network or the gateway does. */
  submit(attempt: Attempt): Promise<GatewayAnswer>
  /**
   * Verifies the whole delivery, then reads its events. An event that is authentic but makes no sense comes back as `unreadable`.
   * @throws RefundError `webhook_not_authentic`, `webhook_unreadable`: nothing of the delivery is believed.
   */
  readWebhook(delivery: WebhookDelivery): readonly GatewayEvent[]
}
