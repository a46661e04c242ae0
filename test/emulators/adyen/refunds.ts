import { toldOf } from './books.ts'
import type { Books } from './books.ts'
import type { Beside } from './company.ts'
import type { Amount, BookRecord, PaymentEntry, RefundEntry, RefundStep } from './ledger.ts'
import { NOT_CAPTURED, balanceOf, whyNotRefunded } from './payment-balance.ts'
import { newReference } from './teller.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The card holder's name that makes a refund fail after it was sent. Source: Adyen, "Testing failed refunds". */
export const FAILING_HOLDER = 'refund failed'

export class Refunds {
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  /**
   * Takes a refund, whatever the balance says: that is decided later.
   * @returns the id of the task that decides it
   */
  accept(payment: PaymentEntry, amount: Amount, reference: string, beside: Beside): string {
    const { ledger, schedule, teller, outcomeDelayMs } = this.#books
    const pspReference = newReference()
    const decide = schedule.task({ kind: 'decide', refund: pspReference }, outcomeDelayMs)
    const entry: RefundEntry = {
      kind: 'refund accepted',
      at: teller.at(),
      pspReference,
      paymentPspReference: payment.pspReference,
      account: payment.account,
      reference,
      amount,
      reason: '',
    }
    ledger.record(entry, ...beside(pspReference), decide)
    return decide.id
  }

  decide(pspReference: string): void {
    const refund = this.#lastStep(pspReference)
    const payment = this.#paymentOf(refund)
    const balance = balanceOf(this.#books.ledger, payment)
    const isDebit = payment.method === 'sepadirectdebit' || payment.method === 'directdebit_GB'
    const mayBeCaptured = isDebit && !balance.cancelled && !balance.captureFailed && balance.captured <= 0
    if (refund.kind === 'refund accepted' && mayBeCaptured) {
      return this.#step(pspReference, ['accepted'], 'postponed', '', 'POSTPONED_REFUND', true)
    }
    const reason = whyNotRefunded(payment, balance, refund.amount.value)
    if (reason) return this.#step(pspReference, ['accepted', 'postponed'], 'refused', reason, 'REFUND', false)
    const fails = payment.holderName.trim().toLowerCase() === FAILING_HOLDER
    const later = this.#books.schedule.task({ kind: 'fail late', refund: pspReference }, 3 * DAY_MS)
    this.#step(pspReference, ['accepted', 'postponed'], 'sent', '', 'REFUND', true, fails ? [later] : [])
  }

  /** What waited for the debit to be captured goes on, or never will. */
  decidePostponed(payment: PaymentEntry, how: 'decide' | 'refuse' = 'decide'): void {
    const waiting = [...this.#books.ledger.refunds.values()]
      .map((steps) => steps.at(-1)!)
      .filter((last) => last.kind === 'refund postponed' && last.paymentPspReference === payment.pspReference)
    for (const { pspReference } of waiting) {
      if (how === 'decide') this.decide(pspReference)
      else this.#step(pspReference, ['postponed'], 'refused', NOT_CAPTURED, 'REFUND', false)
    }
  }

  /** Somebody may have sent it back or failed it in the meantime. */
  failLate(pspReference: string): void {
    if (this.#lastStep(pspReference).kind === 'refund sent') this.failAtBank(pspReference)
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
    const { ledger, teller } = this.#books
    const last = this.#lastStep(pspReference)
    if (!from.some((step) => last.kind === `refund ${step}`)) {
      throw new Error(`${pspReference} is "${last.kind}"; only ${from.join(' or ')} can become ${to}`)
    }
    const entry: RefundEntry = { ...last, kind: `refund ${to}`, at: teller.at(), reason }
    ledger.record(entry, ...beside, ...teller.tell(toldOf(this.#books, entry), eventCode, success))
  }

  #lastStep(pspReference: string): RefundEntry {
    const last = this.#books.ledger.refunds.get(pspReference)?.at(-1)
    if (!last) throw new Error(`there is no refund ${pspReference}`)
    return last
  }

  #paymentOf(refund: RefundEntry): PaymentEntry {
    return this.#books.ledger.payments.get(refund.paymentPspReference)!
  }
}
