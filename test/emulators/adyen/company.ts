import { randomBytes } from 'node:crypto'
import type { Faults } from './faults.ts'
import { NEVER } from '../gateway-schedule.ts'
import type { Task, WorkResult } from '../gateway-schedule.ts'
import type {
  Amount,
  BookRecord,
  Ledger,
  PaymentEntry,
  RefundEntry,
  RefundOutcome,
  RefundStep,
  Work,
} from './ledger.ts'
import type { Schedule } from './schedule.ts'
import { refundEvent } from './webhook-item.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The card holder's name that makes a refund fail after it was sent. Source: Adyen, "Testing failed refunds". */
const FAILING_HOLDER = 'refund failed'

export interface PaymentOptions {
  readonly pspReference?: string
  /** Merchant account; the first one when left out. */
  readonly account?: string
  readonly amount: Amount
  readonly captured?: boolean
  readonly holderName?: string
  readonly refundOutcome?: RefundOutcome
}

/** What Adyen does with money: it takes every refund that is well formed and says later what became of it. */
export class Company {
  readonly #ledger: Ledger
  readonly #schedule: Schedule
  readonly #faults: Faults
  readonly #outcomeDelayMs: number

  constructor(ledger: Ledger, schedule: Schedule, faults: Faults, outcomeDelayMs: number) {
    this.#ledger = ledger
    this.#schedule = schedule
    this.#faults = faults
    this.#outcomeDelayMs = outcomeDelayMs
  }

  /** A payment that is already there stays as it is, so that a second start may add its samples again. */
  addPayment(options: PaymentOptions & { account: string }): string {
    const pspReference = options.pspReference ?? newReference()
    if (this.#ledger.payments.has(pspReference)) return pspReference
    this.#ledger.record({
      kind: 'payment',
      at: this.#at(),
      pspReference,
      account: options.account,
      amount: options.amount,
      captured: options.captured ?? true,
      holderName: options.holderName ?? 'Sample Shopper',
      refundOutcome: options.refundOutcome ?? 'ok',
    })
    return pspReference
  }

  /**
   * Takes a refund, whatever the balance says: that is decided later.
   * @param beside records that must stand or fall with it, such as the answer under its key
   * @returns the id of the task that decides it
   */
  accept(
    payment: PaymentEntry,
    amount: Amount,
    reference: string,
    beside: (pspReference: string) => BookRecord[],
  ): string {
    const pspReference = newReference()
    const decide = this.#schedule.task({ kind: 'decide', refund: pspReference }, this.#outcomeDelayMs)
    const entry: RefundEntry = {
      kind: 'refund accepted',
      at: this.#at(),
      pspReference,
      paymentPspReference: payment.pspReference,
      account: payment.account,
      reference,
      amount,
      reason: '',
    }
    this.#ledger.record(entry, ...beside(pspReference), decide)
    return decide.id
  }

  /** The gateway's part of the tasks: deciding refunds, and failing some of them days later. */
  work({ work, id }: Task<Work>): WorkResult<Work> {
    if (work.kind === 'deliver') throw new Error(`task ${id} is for the webhooks`)
    if (work.kind === 'decide') this.#decide(this.#lastStep(work.refund))
    // Somebody may have sent it back or failed it in the meantime.
    else if (this.#lastStep(work.refund).kind === 'refund sent') this.failAtBank(work.refund)
    return 'done'
  }

  /** REFUND_FAILED: the scheme or the bank refused what had been sent. */
  failAtBank(pspReference: string): void {
    this.#step(pspReference, ['sent', 'repaired'], 'failed', 'Refund was declined by the bank', 'REFUND_FAILED', true)
  }

  /** REFUNDED_REVERSED: the money came back to the merchant. */
  reverse(pspReference: string): void {
    this.#step(pspReference, ['sent', 'repaired'], 'reversed', '', 'REFUNDED_REVERSED', true)
  }

  /** A second REFUND with success: Adyen fixed what had failed. */
  repair(pspReference: string): void {
    this.#step(pspReference, ['failed'], 'repaired', '', 'REFUND', true)
  }

  #decide(refund: RefundEntry): void {
    const payment = this.#ledger.payments.get(refund.paymentPspReference)!
    const reason = this.#refusal(payment, refund)
    if (reason) return this.#step(refund.pspReference, ['accepted'], 'refused', reason, 'REFUND', false)
    const fails = payment.holderName.trim().toLowerCase() === FAILING_HOLDER
    const later = this.#schedule.task({ kind: 'fail late', refund: refund.pspReference }, 3 * DAY_MS)
    this.#step(refund.pspReference, ['accepted'], 'sent', '', 'REFUND', true, fails ? [later] : [])
  }

  /** Adyen's words for a refund that it took and then refused. Source: docs.adyen.com/online-payments/refund. */
  #refusal(payment: PaymentEntry, refund: RefundEntry): string | null {
    if (!payment.captured) return "Transaction hasn't been captured, refund not possible"
    if (payment.refundOutcome === 'period_expired') return 'The maximum period for this operation has expired'
    if (payment.refundOutcome === 'insufficient_funds') {
      return 'Insufficient in-process funds on account for refunding this payment'
    }
    const refunded = this.#refunded(payment.pspReference)
    if (refunded + refund.amount.value <= payment.amount.value) return null
    if (refunded === 0) return 'Requested refund amount too high'
    return refunded >= payment.amount.value
      ? 'Already fully refunded, no balance available for new requested refund'
      : 'Already partially refunded, new requested refund amount too high'
  }

  #refunded(paymentPspReference: string): number {
    return [...this.#ledger.refunds.values()]
      .map((steps) => steps.at(-1)!)
      .filter((last) => last.paymentPspReference === paymentPspReference)
      .filter((last) => last.kind === 'refund sent' || last.kind === 'refund repaired')
      .reduce((sum, last) => sum + last.amount.value, 0)
  }

  /** One step of a refund, its webhook, and what else follows, in one write. */
  #step(
    pspReference: string,
    from: readonly RefundStep[],
    to: RefundStep,
    reason: string,
    eventCode: string,
    success: boolean,
    beside: BookRecord[] = [],
  ): void {
    const last = this.#lastStep(pspReference)
    if (!from.some((step) => last.kind === `refund ${step}`)) {
      throw new Error(`${pspReference} is "${last.kind}"; only ${from.join(' or ')} can become ${to}`)
    }
    const entry: RefundEntry = { ...last, kind: `refund ${to}`, at: this.#at(), reason }
    const fault = this.#faults.takeForWebhook(false)
    const item = refundEvent(entry, eventCode, success, this.#schedule.now())
    const told = fault === 'deliver_before_answer' || fault === 'never_deliver' ? null : fault
    const delivery = this.#schedule.task(
      { kind: 'deliver', account: entry.account, item, attempts: 0, fault: told },
      told === 'deliver_out_of_order' ? NEVER : 0,
    )
    this.#ledger.record(entry, ...beside, ...(fault === 'never_deliver' ? [] : [delivery]))
  }

  #lastStep(pspReference: string): RefundEntry {
    const last = this.#ledger.refunds.get(pspReference)?.at(-1)
    if (!last) throw new Error(`there is no refund ${pspReference}`)
    return last
  }

  #at(): string {
    return new Date(this.#schedule.now()).toISOString()
  }
}

/** 16 capital letters and digits, as Adyen's newer references. */
function newReference(): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTVWXZ23456789'
  return Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('')
}
