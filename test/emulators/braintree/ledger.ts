import { GatewayLedger } from '../gateway-ledger.ts'
import type { ScheduleRecord } from '../gateway-schedule.ts'
import type { WebhookFault } from './faults.ts'

export type Instrument = 'credit_card' | 'paypal_account' | 'sepa_debit_account' | 'us_bank_account'

export type Status =
  | 'authorized'
  | 'submitted_for_settlement'
  | 'settlement_pending'
  | 'settlement_confirmed'
  | 'settling'
  | 'settled'
  | 'settlement_declined'
  | 'processor_declined'
  | 'failed'
  | 'voided'

export interface Dispute {
  readonly id: string
  readonly kind: 'chargeback' | 'pre_arbitration' | 'retrieval'
  readonly status: 'open' | 'won' | 'lost'
  readonly amount: string
  readonly amountWon: string
  readonly openedAt: string
  readonly updatedAt: string
}

/** Code, text and what the bank said besides, of an authorization or a settlement. */
export interface Response {
  readonly code: string
  readonly text: string
  readonly type?: 'approved' | 'soft_declined' | 'hard_declined'
  readonly more?: string
}

export interface Transaction {
  readonly id: string
  readonly type: 'sale' | 'credit'
  readonly status: Status
  /** Decimal text in the merchant account's currency, as all amounts here. */
  readonly amount: string
  readonly currency: string
  readonly merchantAccountId: string
  readonly instrument: Instrument
  readonly orderId: string
  readonly escrowStatus: 'held' | 'refunded' | null
  readonly refundedTransactionId: string | null
  readonly history: readonly { readonly status: Status; readonly at: string }[]
  readonly disputes: readonly Dispute[]
  readonly processor: Response
  readonly settlement: Response | null
  /** The bank declines every refund of this payment. */
  readonly cardExpired?: true
  /** What was sent back, as it was asked for. */
  readonly lineItems: readonly Readonly<Record<string, string>>[]
}

export type Step =
  | 'payment'
  | 'payment settled'
  | 'payment declined'
  | 'payment voided'
  | 'card expired'
  | 'refund accepted'
  | 'refund declined'
  | 'refund settling'
  | 'refund settled'
  | 'refund settlement declined'
  | 'refund failed'
  | 'refund voided'
  | 'credit accepted'
  | 'dispute opened'
  | 'dispute won'
  | 'dispute lost'

/** One thing that happened, and the whole transaction after it. */
export interface LedgerEntry {
  readonly kind: Step
  readonly at: string
  /** Of the transaction. */
  readonly reference: string
  readonly amount: string
  readonly remark: string
  readonly transaction: Transaction
}

/** What an api_request_key was used for: a transaction, or a request that was refused (null). */
export interface KeptKey {
  readonly kind: 'key'
  readonly at: string
  readonly key: string
  readonly request: string
  readonly reference: string | null
}

export interface Told {
  readonly kind: string
  readonly reference: string
  readonly timestamp: string
  /** XML of the subject as it was then. */
  readonly subject: string
}

export interface DeliverWork {
  readonly kind: 'deliver'
  readonly told: Told
  readonly attempts: number
  readonly fault: WebhookFault | null
}

export type Work = { readonly kind: 'settle'; readonly reference: string } | DeliverWork

/** The books of the merchant. */
export class Ledger extends GatewayLedger<LedgerEntry, KeptKey, Work> {
  readonly transactions = new Map<string, Transaction>()
  readonly keys = new Map<string, KeptKey>()
  readonly #refundsOf = new Map<string, Set<string>>()
  readonly #withOrderId = new Map<string, Set<string>>()

  /** @param directory where `braintree-ledger.jsonl` is kept; none: memory only. */
  constructor(directory: string | undefined) {
    super()
    this.open(directory, 'braintree-ledger.jsonl')
  }

  refundsOf(paymentId: string): Transaction[] {
    return this.#those(this.#refundsOf.get(paymentId))
  }

  withOrderId(orderId: string): Transaction[] {
    return this.#those(this.#withOrderId.get(orderId))
  }

  #those(ids: ReadonlySet<string> | undefined): Transaction[] {
    return [...(ids ?? [])].map((id) => this.transactions.get(id)!)
  }

  protected apply(record: LedgerEntry | KeptKey): void {
    if (record.kind === 'key') {
      this.keys.set(record.key, record)
      return
    }
    this.entries.push(record)
    const { transaction } = record
    this.transactions.set(record.reference, transaction)
    list(this.#withOrderId, transaction.orderId, transaction.id)
    if (transaction.refundedTransactionId !== null)
      list(this.#refundsOf, transaction.refundedTransactionId, transaction.id)
  }
}

function list(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key)
  if (ids) ids.add(id)
  else index.set(key, new Set([id]))
}

export type BookRecord = LedgerEntry | KeptKey | ScheduleRecord<Work>
