import type { Books } from './books.ts'
import type { Beside } from './company.ts'
import type { Amount, CreditEntry } from './ledger.ts'
import { newReference } from './teller.ts'

export interface AcceptedCredit {
  readonly account: string
  readonly amount: Amount
  readonly reference: string
  readonly target: CreditEntry['target']
  /** Its validations will fail. */
  readonly fails: boolean
}

/** Money without a payment: taken at once, told later by REFUND_WITH_DATA. */
export class Credits {
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  /** @returns the id of the task that decides it */
  accept(credit: AcceptedCredit, beside: Beside): string {
    const { ledger, schedule, teller, outcomeDelayMs } = this.#books
    const pspReference = newReference()
    const decide = schedule.task({ kind: 'decide credit', request: pspReference }, outcomeDelayMs)
    const entry: CreditEntry = { ...credit, kind: 'credit accepted', at: teller.at(), pspReference, reason: '' }
    ledger.record(entry, ...beside(pspReference), decide)
    return decide.id
  }

  /** The event has a reference of its own, of the money that left; the request's is the original. */
  decide(pspReference: string): void {
    const { ledger, teller } = this.#books
    const last = ledger.credits.get(pspReference)!.at(-1)!
    const reason = last.fails ? 'Refund with data was refused by its validations' : ''
    const kind = last.fails ? 'credit refused' : 'credit sent'
    const entry: CreditEntry = { ...last, kind, at: teller.at(), reason }
    const paymentMethod = last.target === 'bank account' ? 'bankTransfer_IBAN' : 'visa'
    const told = { ...entry, pspReference: newReference(), originalReference: pspReference, paymentMethod }
    ledger.record(entry, ...teller.tell(told, 'REFUND_WITH_DATA', !last.fails))
  }
}
