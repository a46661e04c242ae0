import { toldOf } from './books.ts'
import type { Books } from './books.ts'
import type { Beside } from './company.ts'
import type { PaymentEntry, WholeEntry } from './ledger.ts'
import { balanceOf, whyNotRefunded } from './payment-balance.ts'
import { newReference } from './teller.ts'

/** What is asked for with a whole payment, and how its outcome is called. */
export type WholeOperation = 'cancel' | 'technical cancel' | 'reversal'
const EVENT_CODES: Readonly<Record<WholeOperation, string>> = {
  cancel: 'CANCELLATION',
  'technical cancel': 'TECHNICAL_CANCEL',
  reversal: 'CANCEL_OR_REFUND',
}

/** Cancels and reversals: taken at once, decided later by whether the payment was captured. */
export class WholePayments {
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  /** @returns the id of the task that decides it */
  accept(operation: WholeOperation, payment: PaymentEntry, reference: string, beside: Beside): string {
    const { ledger, schedule, teller, outcomeDelayMs } = this.#books
    const pspReference = newReference()
    const decide = schedule.task({ kind: 'decide whole', request: pspReference }, outcomeDelayMs)
    const entry: WholeEntry = {
      kind: `${operation} accepted`,
      at: teller.at(),
      pspReference,
      paymentPspReference: payment.pspReference,
      account: payment.account,
      reference,
      amount: payment.amount,
      reason: '',
    }
    ledger.record(entry, ...beside(pspReference), decide)
    return decide.id
  }

  decide(pspReference: string): void {
    const { ledger, teller } = this.#books
    const last = ledger.wholes.get(pspReference)!.at(-1)!
    const operation = last.kind.replace(/ accepted$/, '') as WholeOperation
    const payment = ledger.payments.get(last.paymentPspReference)!
    const { outcome, reason } = this.#outcome(operation, payment)
    const entry: WholeEntry = { ...last, kind: `${operation} ${outcome}`, at: teller.at(), reason }
    const action = outcome === 'refunded' ? 'refund' : 'cancel'
    const told = { ...toldOf(this.#books, entry), ...(operation === 'reversal' && ({ action } as const)) }
    ledger.record(entry, ...teller.tell(told, EVENT_CODES[operation], outcome !== 'refused'))
  }

  #outcome(
    operation: WholeOperation,
    payment: PaymentEntry,
  ): { outcome: 'cancelled' | 'refunded' | 'refused'; reason: string } {
    const balance = balanceOf(this.#books.ledger, payment)
    if (balance.cancelled) return { outcome: 'refused', reason: 'Transaction was already cancelled' }
    if (balance.captured <= 0) return { outcome: 'cancelled', reason: '' }
    if (operation !== 'reversal') return { outcome: 'refused', reason: 'Transaction has already been captured' }
    const reason = whyNotRefunded(payment, balance, balance.captured)
    return reason === null ? { outcome: 'refunded', reason: '' } : { outcome: 'refused', reason }
  }
}
