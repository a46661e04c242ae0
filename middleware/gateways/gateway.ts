import type { Readable } from 'node:stream'
import type { RefusalCode } from '../errors.ts'
import type { Money } from '../money/money.ts'
import type { ReportLine, ReportPeriod } from './report-line.ts'

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
  /** What is sent back, for gateways that keep it; null where the agent named none. */
  readonly lineItems?: readonly LineItem[] | null
}

/** One returned item. Amounts and quantity are decimal text; limits are each gateway's own. */
export interface LineItem {
  readonly name: string
  readonly quantity: string
  readonly unitAmount: string
  readonly totalAmount: string
  readonly [detail: string]: string
}

/** The whole payment, before it settles: nothing will appear on the statement. */
export interface VoidInstruction {
  readonly refundId: string
  readonly paymentReference: string
}

/** Money for a customer without a payment that it goes back on. Never raw card data. */
export interface CreditInstruction {
  readonly refundId: string
  readonly amount: Money
  readonly target:
    | { readonly kind: 'stored_method'; readonly token: string; readonly shopperReference: string | null }
    | { readonly kind: 'bank_account'; readonly iban: string; readonly ownerName: string }
}

/** The exact body of one call, stored before it is sent and re-sent unchanged. */
export type AttemptBody = Readonly<Record<string, unknown>>

export interface Attempt {
  /** `undo`: the gateway itself decides between void and refund; always the whole payment. */
  readonly operation: 'refund' | 'void' | 'undo' | 'credit'
  /** Empty for a credit. */
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
  | {
      readonly kind: 'not_taken'
      readonly detail: string
      readonly retryAfterMs?: number
      /** Set when the agent should hear why it waits, e.g. for funds or for settlement. */
      readonly waitingFor?: RefusalCode
    }
  | {
      readonly kind: 'unknown'
      readonly detail: string
      /** The gateway answered for something else than was asked: another amount, currency or payment. A person must look. */
      readonly answersForAnother?: true
    }

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
  /**
   * What it means. `refund_changed` and `payment_changed` carry no news of their own: the gateway is to be asked.
   * `chargeback` takes `amount`, `chargeback_reversed` brings it back; `refundReference` is the dispute's. `other` is stored and acknowledged only,
   * `unreadable` is parked for a person.
   */
  readonly kind:
    /** The gateway has it; nothing is paid yet. */
    | 'refund_accepted'
    | 'refund_succeeded'
    | 'refund_failed'
    | 'refund_failed_late'
    | 'refund_reversed'
    | 'refund_changed'
    | 'payment_changed'
    /** The whole payment was cancelled, or its cancellation refused; `refundReference` is the request's. */
    | 'void_succeeded'
    | 'void_failed'
    /** What was captured, by evidence: `amount` more, or `amount` less. */
    | 'captured'
    | 'capture_failed'
    | 'chargeback'
    | 'chargeback_reversed'
    /** The bank announced a dispute; no money moved. */
    | 'chargeback_announced'
    /** The refund waits at the gateway, or its scheme is silent: told, nothing moves. */
    | 'refund_delayed'
    | 'other'
    | 'unreadable'
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

/** A refund as the gateway itself shows it. */
export interface RefundFacts {
  readonly gatewayReference: string
  /** Of which payment it is, where the gateway says: an event may name the refund alone. */
  readonly paymentReference?: string | null
  /** Our stamp on it, null when it was not made here. */
  readonly refundId: string | null
  readonly amount: Money
  readonly status: 'pending' | 'succeeded' | 'failed' | 'reversed'
  readonly refusal: Refusal | null
  /** ISO 8601, of the present status. */
  readonly occurredAt: string | null
}

/** A dispute that took money, as the gateway itself shows it. */
export interface DisputeFacts {
  /** The gateway's id of it; its events have the same as `refundReference`. */
  readonly reference: string
  readonly amount: Money
  /** Whether the bank has the money: false once it was won. */
  readonly open: boolean
  /** ISO 8601, of its present state. */
  readonly occurredAt: string | null
}

/** A payment as the gateway itself shows it. */
export interface PaymentFacts {
  readonly amount: Money
  readonly status: 'not_settled' | 'settling' | 'settled' | 'voided' | 'failed' | 'charged_back'
  /** ISO 8601 date on which it settles, where that is known and still to come. */
  readonly settlesOn: string | null
  /** ISO 8601 date on which the payer was charged. */
  readonly chargedOn: string | null
  /** Held for somebody else: refunds in full only. */
  readonly wholeOnly: boolean
  readonly refunds: readonly RefundFacts[]
  /** Where the gateway names them one by one; left out where `charged_back` is all that it says. */
  readonly disputes?: readonly DisputeFacts[]
  /** Null when all is well; else why a refund would be refused now, e.g. refunds not enabled, no funds, mandate disputed. */
  readonly obstacle: Refusal | null
}

export type LookUp<Facts> =
  | { readonly kind: 'found'; readonly facts: Facts }
  /** Certainly not there: sending it (again) cannot pay twice. */
  | { readonly kind: 'absent' }
  /** Nothing is known. */
  | { readonly kind: 'unavailable'; readonly detail: string }

export interface RefundQuery {
  readonly refundId: string
  readonly paymentReference: string
  readonly gatewayReference: string | null
  readonly amount: Money
}

/** What a gateway can do, and cannot, as data. */
export interface GatewayCapabilities {
  /** How long a key is honoured, a day of safety already taken off. 0: never re-send. */
  readonly keyRetentionMs: number
  /** How long the amount of a refund that failed after success stays held, because the gateway may repair it. 0: not at all. */
  readonly holdAfterLateFailureMs: number
  /** How often an outcome that no webhook tells is looked up, in milliseconds; null: webhooks tell it. */
  readonly pollOutcomeMs?: number | null
  /** Milliseconds between two refunds of one payment, which then go one at a time; 0: none. */
  readonly spacingMs?: number
  readonly voids?: 'whole payment' | 'none'
  /** Whether the gateway can decide between void and refund by itself. */
  readonly undoes?: boolean
  readonly credits?: readonly ('stored_method' | 'bank_account')[]
  readonly lineItems?: boolean
  /** Parts of a payment: always, or only for some ways of paying, of which the gateway then tells. */
  readonly parts?: 'always' | 'some ways of paying'
  /** What is held in escrow goes back in full only. */
  readonly escrowInFullOnly?: boolean
  /** Ways of paying that want our reference on a refund; it is always sent. */
  readonly referenceWantedBy?: readonly string[]
  /** How many refunds one payment may have; null: no documented limit. */
  readonly refundsPerPayment?: number | null
  /** Days after which a payment can no longer be refunded; null: no documented limit. */
  readonly refundWindowDays?: number | null
  /** Payments younger than this are refused by the gateway unless the merchant opted out. */
  readonly minimumAgeDays?: number
  /** How `reportLines` comes to its lines: from a file that an operator downloads, or by asking. */
  readonly report?: 'file' | 'api'
  /** When payments of this account are captured, where the gateway cannot be asked whether one is. */
  readonly captureMode?: 'immediate' | 'delayed' | 'manual'
}

/** What a harmless, authenticated call says of an account's access. */
export type AccessCheck =
  /** `proven` says what is now known, `unproven` what no harmless call can show. */
  | { readonly kind: 'granted'; readonly proven: string; readonly unproven?: string }
  | { readonly kind: 'refused'; readonly detail: string; readonly remedy: string }
  | { readonly kind: 'unavailable'; readonly detail: string }

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
  /** Where whole payments can be voided. */
  prepareVoid?(instruction: VoidInstruction): AttemptBody
  /** Where the gateway decides between void and refund. */
  prepareUndo?(instruction: VoidInstruction): AttemptBody
  /**
   * Where money can go out without a payment.
   * @throws RefundError `amount_not_representable`
   */
  prepareCredit?(instruction: CreditInstruction): AttemptBody
  /** Sends one attempt within the gateway's deadline. Never throws for anything the network or the gateway does. */
  submit(attempt: Attempt): Promise<GatewayAnswer>
  /**
   * Verifies the whole delivery, then reads its events. An event that is authentic but makes no sense comes back as `unreadable`.
   * @throws RefundError `webhook_not_authentic`, `webhook_unreadable`: nothing of the delivery is believed.
   */
  readWebhook(delivery: WebhookDelivery): readonly GatewayEvent[] | Promise<readonly GatewayEvent[]>
  /** Asks for something that moves and changes nothing, with the account's own credentials. Never throws, as `submit`. */
  checkAccess(): Promise<AccessCheck>
  /** Where the gateway can be asked: a payment with its refunds. Never throws for anything the network or the gateway does. */
  lookUpPayment?(paymentReference: string): Promise<LookUp<PaymentFacts>>
  /** Where the gateway can be asked: one refund, by its reference or by our stamp. Never throws, as above. */
  lookUpRefund?(query: RefundQuery): Promise<LookUp<RefundFacts>>
  /**
   * Where the gateway keeps its events: those since an instant (ISO 8601), oldest first, for an outage of ours.
   * @returns null when it cannot be asked now
   */
  eventsSince?(instant: string): Promise<readonly GatewayEvent[] | null>
  /**
   * Where the gateway gives an account of what it did: every line of it that speaks of a refund or a dispute of this account, in no order
   * that can be relied on, and also those beside the period where it costs nothing.
   * @param report the file as the gateway gives it, where it has no other way; null: the gateway is asked
   * @throws ReportError
   */
  reportLines?(period: ReportPeriod, report: Readable | null): AsyncIterable<ReportLine>
}
