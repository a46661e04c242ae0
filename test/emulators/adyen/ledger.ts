import { GatewayLedger } from '../gateway-ledger.ts'
import type { ScheduleRecord } from '../gateway-schedule.ts'
import type { WebhookItem } from './webhook-item.ts'
import type { WebhookFault } from './faults.ts'

/** Minor units by Adyen's own table of decimals. */
export interface Amount {
  readonly value: number
  readonly currency: string
}

/** What happens to refunds of a payment, besides what its balance and its state decide. */
export type RefundOutcome = 'ok' | 'insufficient_funds' | 'period_expired'

export interface PaymentEntry {
  readonly kind: 'payment'
  readonly at: string
  readonly pspReference: string
  readonly account: string
  readonly amount: Amount
  readonly captured: boolean
  readonly holderName: string
  readonly refundOutcome: RefundOutcome
}

export type RefundStep = 'accepted' | 'sent' | 'refused' | 'failed' | 'reversed' | 'repaired'

export interface RefundEntry {
  readonly kind: `refund ${RefundStep}`
  readonly at: string
  readonly pspReference: string
  readonly paymentPspReference: string
  readonly account: string
  /** The merchant's own, empty for a refund made in the console. */
  readonly reference: string
  readonly amount: Amount
  readonly reason: string
}

export type LedgerEntry = PaymentEntry | RefundEntry

/** An answer under an idempotency key, for every merchant account of the company. */
export interface KeptAnswer {
  readonly kind: 'answer'
  readonly at: string
  readonly key: string
  /** Address and body of the request that the key belongs to. */
  readonly request: string
  readonly status: number
  readonly body: string
}

/** One webhook on its way to the merchant. */
export interface DeliverWork {
  readonly kind: 'deliver'
  readonly account: string
  readonly item: WebhookItem
  readonly attempts: number
  readonly fault: WebhookFault | null
}

export type Work = { readonly kind: 'decide' | 'fail late'; readonly refund: string } | DeliverWork

export type BookRecord = LedgerEntry | KeptAnswer | ScheduleRecord<Work>

/** The books of the company account. */
export class Ledger extends GatewayLedger<LedgerEntry, KeptAnswer, Work> {
  readonly payments = new Map<string, PaymentEntry>()
  /** The steps of each refund, in order, by its pspReference. */
  readonly refunds = new Map<string, RefundEntry[]>()
  readonly answers = new Map<string, KeptAnswer>()

  /** @param directory where `adyen-ledger.jsonl` is kept; none: memory only. */
  constructor(directory: string | undefined) {
    super()
    this.open(directory, 'adyen-ledger.jsonl')
  }

  protected apply(record: LedgerEntry | KeptAnswer): void {
    if (record.kind === 'answer') {
      this.answers.set(record.key, record)
      return
    }
    this.entries.push(record)
    if (record.kind === 'payment') this.payments.set(record.pspReference, record)
    else this.refunds.set(record.pspReference, [...(this.refunds.get(record.pspReference) ?? []), record])
  }
}
