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

/** How the shopper paid. The two debits reach their banks days later, and may fail there. */
export type PaymentMethod = 'visa' | 'sepadirectdebit' | 'directdebit_GB'

export interface PaymentEntry {
  readonly kind: 'payment'
  readonly at: string
  readonly pspReference: string
  readonly account: string
  readonly amount: Amount
  /** As it came; what was captured since stands in entries of its own. */
  readonly captured: boolean
  readonly holderName: string
  readonly refundOutcome: RefundOutcome
  /** The merchant's own; absent in older ledgers. */
  readonly reference?: string
  /** Absent in older ledgers: a card. */
  readonly method?: PaymentMethod
}

export type RefundStep = 'accepted' | 'postponed' | 'sent' | 'refused' | 'failed' | 'reversed' | 'repaired'

/** What is done to a payment: with a reference of its own, the merchant's, an amount and why not. */
interface Deed {
  readonly at: string
  readonly pspReference: string
  readonly paymentPspReference: string
  readonly account: string
  /** The merchant's own, empty for what was made in the console. */
  readonly reference: string
  readonly amount: Amount
  readonly reason: string
}

export interface RefundEntry extends Deed {
  readonly kind: `refund ${RefundStep}`
}

/** The whole payment: a cancel asks for it, a reversal leaves it to Adyen whether it is cancelled or refunded. */
export interface WholeEntry extends Deed {
  readonly kind: `${'cancel' | 'technical cancel' | 'reversal'} ${'accepted' | 'cancelled' | 'refunded' | 'refused'}`
}

/** A credit: money without a payment. Neither account nor token is kept. */
export interface CreditEntry extends Omit<Deed, 'paymentPspReference'> {
  readonly kind: `credit ${'accepted' | 'sent' | 'refused'}`
  readonly target: 'bank account' | 'stored method'
  readonly fails: boolean
}

export interface CaptureEntry extends Deed {
  readonly kind: 'capture' | 'capture failed'
}

/** All entries of one dispute share its pspReference. */
export interface DisputeEntry extends Deed {
  readonly kind: 'chargeback announced' | 'chargeback' | 'chargeback reversed'
}

export type LedgerEntry = PaymentEntry | RefundEntry | WholeEntry | CreditEntry | CaptureEntry | DisputeEntry

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

export type Work =
  | { readonly kind: 'decide' | 'fail late'; readonly refund: string }
  /** A cancel, a reversal or a credit. */
  | { readonly kind: 'decide whole' | 'decide credit'; readonly request: string }
  | DeliverWork

export type BookRecord = LedgerEntry | KeptAnswer | ScheduleRecord<Work>

/** The books of the company account. */
export class Ledger extends GatewayLedger<LedgerEntry, KeptAnswer, Work> {
  readonly payments = new Map<string, PaymentEntry>()
  /** The steps of each refund, in order, by its pspReference. */
  readonly refunds = new Map<string, RefundEntry[]>()
  /** The steps of each cancel and reversal. */
  readonly wholes = new Map<string, WholeEntry[]>()
  readonly credits = new Map<string, CreditEntry[]>()
  /** Captures and failed captures of each payment, by the payment's pspReference. */
  readonly captures = new Map<string, CaptureEntry[]>()
  /** The steps of each dispute. */
  readonly disputes = new Map<string, DisputeEntry[]>()
  readonly answers = new Map<string, KeptAnswer>()
  /** Refunds, cancels, reversals and disputes of each payment. */
  readonly #ofPayment = new Map<string, Set<string>>()

  /** @param directory where `adyen-ledger.jsonl` is kept; none: memory only. */
  constructor(directory: string | undefined) {
    super()
    this.open(directory, 'adyen-ledger.jsonl')
  }

  /** The last step of each of these that belongs to the payment. */
  lastOf<Entry>(steps: ReadonlyMap<string, Entry[]>, payment: string): Entry[] {
    return [...(this.#ofPayment.get(payment) ?? [])].flatMap((reference) => steps.get(reference)?.at(-1) ?? [])
  }

  protected apply(record: LedgerEntry | KeptAnswer): void {
    if (record.kind === 'answer') {
      this.answers.set(record.key, record)
      return
    }
    this.entries.push(record)
    if ('paymentPspReference' in record) {
      const known = this.#ofPayment.get(record.paymentPspReference)
      if (known) known.add(record.pspReference)
      else this.#ofPayment.set(record.paymentPspReference, new Set([record.pspReference]))
    }
    if (record.kind === 'payment') this.payments.set(record.pspReference, record)
    else if (isRefund(record)) add(this.refunds, record.pspReference, record)
    else if (isCredit(record)) add(this.credits, record.pspReference, record)
    else if (isCapture(record)) add(this.captures, record.paymentPspReference, record)
    else if (isDispute(record)) add(this.disputes, record.pspReference, record)
    else add(this.wholes, record.pspReference, record)
  }
}

function add<Entry>(map: Map<string, Entry[]>, reference: string, entry: Entry): void {
  map.set(reference, [...(map.get(reference) ?? []), entry])
}

export function isRefund(entry: LedgerEntry): entry is RefundEntry {
  return entry.kind.startsWith('refund ')
}

export function isCredit(entry: LedgerEntry): entry is CreditEntry {
  return entry.kind.startsWith('credit ')
}

function isCapture(entry: LedgerEntry): entry is CaptureEntry {
  return entry.kind === 'capture' || entry.kind === 'capture failed'
}

export function isDispute(entry: LedgerEntry): entry is DisputeEntry {
  return entry.kind.startsWith('chargeback')
}
