import { GatewayLedger } from '../gateway-ledger.ts'
import { GatewaySchedule } from '../gateway-schedule.ts'
import type { ScheduleRecord } from '../gateway-schedule.ts'
import type { WebhookFault } from './faults.ts'

export type Metadata = Readonly<Record<string, string>>
export type PaymentStatus =
  | 'pending_customer_approval'
  | 'pending_submission'
  | 'submitted'
  | 'confirmed'
  | 'paid_out'
  | 'cancelled'
  | 'failed'
  | 'charged_back'
export type RefundStatus = 'created' | 'submitted' | 'paid' | 'cancelled' | 'bounced' | 'funds_returned'
/** What becomes of refunds by themselves; `manual`: nothing, until a simulator is run. */
export type RefundOutcome = 'paid' | 'bounced' | 'manual'

export interface CreditorEntry {
  readonly kind: 'creditor'
  readonly at: string
  readonly id: string
  readonly canCreateRefunds: boolean
  /** Minor units by currency. */
  readonly confirmedFunds: Readonly<Record<string, number>>
}

export interface PaymentEntry {
  readonly kind: 'payment'
  readonly at: string
  readonly id: string
  readonly creditor: string
  readonly mandate: string
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly status: PaymentStatus
  readonly chargeDate: string
  readonly refundOutcome: RefundOutcome
}

export interface RefundEntry {
  readonly kind: 'refund accepted'
  readonly at: string
  readonly id: string
  readonly payment: string
  readonly amount: number
  readonly currency: string
  readonly metadata: Metadata
  readonly reference: string | null
}

export interface PayoutItem {
  readonly type: string
  /** Minor units with one decimal; negative where it lowers the payout. */
  readonly amount: string
  readonly links: Readonly<Record<string, string>>
}

export interface PayoutEntry {
  readonly kind: 'payout'
  readonly at: string
  readonly id: string
  readonly creditor: string
  readonly currency: string
  readonly items: readonly PayoutItem[]
}

export type LedgerEntry =
  | CreditorEntry
  | PayoutEntry
  | PaymentEntry
  | RefundEntry
  | { readonly kind: 'payment changed'; readonly at: string; readonly id: string; readonly status: PaymentStatus }
  | { readonly kind: 'refund changed'; readonly at: string; readonly id: string; readonly status: RefundStatus }
  | { readonly kind: 'refund described'; readonly at: string; readonly id: string; readonly metadata: Metadata }

/** An event as `GET /events` and webhooks show it. */
export interface GoCardlessEvent {
  readonly id: string
  readonly created_at: string
  readonly resource_type: 'payments' | 'refunds' | 'mandates'
  readonly action: string
  readonly links: Readonly<Record<string, string>>
  readonly details: { readonly origin: string; readonly cause: string; readonly description: string }
  readonly metadata: Metadata
  readonly resource_metadata: Metadata
}

export type Kept =
  | { readonly kind: 'event'; readonly event: GoCardlessEvent }
  /** What an idempotency key made. */
  | { readonly kind: 'key'; readonly key: string; readonly resource: string }

export interface DeliverWork {
  readonly kind: 'deliver'
  readonly events: readonly string[]
  readonly attempts: number
  readonly fault: WebhookFault | null
}

export type Work = { readonly kind: 'decide'; readonly refund: string } | DeliverWork
export type BookRecord = LedgerEntry | Kept | ScheduleRecord<Work>

export type Payment = PaymentEntry
export interface Refund extends Omit<RefundEntry, 'kind'> {
  readonly status: RefundStatus
}

/** The books of the organisation. */
export class Ledger extends GatewayLedger<LedgerEntry, Kept, Work> {
  readonly creditors = new Map<string, CreditorEntry>()
  readonly payments = new Map<string, Payment>()
  readonly refunds = new Map<string, Refund>()
  readonly payouts = new Map<string, PayoutEntry>()
  readonly events = new Map<string, GoCardlessEvent>()
  readonly keys = new Map<string, string>()
  readonly #refundsOf = new Map<string, string[]>()

  /** @param directory where `gocardless-ledger.jsonl` is kept; none: memory only. */
  constructor(directory: string | undefined) {
    super()
    this.open(directory, 'gocardless-ledger.jsonl')
  }

  /** Oldest first. */
  refundsOf(payment: string): Refund[] {
    return (this.#refundsOf.get(payment) ?? []).map((id) => this.refunds.get(id)!)
  }

  /** Refunds of a payment that still count, in minor units: what came back can be refunded again. */
  amountRefunded(payment: string): number {
    return this.refundsOf(payment)
      .filter((refund) => !['cancelled', 'bounced', 'funds_returned'].includes(refund.status))
      .reduce((sum, refund) => sum + refund.amount, 0)
  }

  protected apply(record: LedgerEntry | Kept): void {
    if (record.kind === 'event') {
      this.events.set(record.event.id, record.event)
      return
    }
    if (record.kind === 'key') {
      this.keys.set(record.key, record.resource)
      return
    }
    this.entries.push(record)
    switch (record.kind) {
      case 'creditor':
        this.creditors.set(record.id, record)
        return
      case 'payout':
        this.payouts.set(record.id, record)
        return
      case 'payment':
        this.payments.set(record.id, record)
        return
      case 'payment changed':
        this.payments.set(record.id, { ...this.payments.get(record.id)!, status: record.status })
        return
      case 'refund accepted': {
        const { kind: _, ...refund } = record
        this.refunds.set(record.id, { ...refund, status: 'created' })
        const others = this.#refundsOf.get(record.payment)
        if (others) others.push(record.id)
        else this.#refundsOf.set(record.payment, [record.id])
        return
      }
      case 'refund changed':
        this.refunds.set(record.id, { ...this.refunds.get(record.id)!, status: record.status })
        return
      case 'refund described':
        this.refunds.set(record.id, { ...this.refunds.get(record.id)!, metadata: record.metadata })
    }
  }
}

/** Decisions and deliveries by the local clock. */
export class Schedule extends GatewaySchedule<Work> {}
