import { toldOf } from './books.ts'
import type { Books } from './books.ts'
import type { CaptureEntry, DisputeEntry, PaymentEntry } from './ledger.ts'
import { balanceOf } from './payment-balance.ts'
import { newReference } from './teller.ts'

type Happening = DisputeEntry | CaptureEntry
const EVENT_CODES: Readonly<Record<Happening['kind'], string>> = {
  'chargeback announced': 'NOTIFICATION_OF_CHARGEBACK',
  chargeback: 'CHARGEBACK',
  'chargeback reversed': 'CHARGEBACK_REVERSED',
  capture: 'CAPTURE',
  'capture failed': 'CAPTURE_FAILED',
}

/** What banks and schemes do to a payment, each when somebody says so: captures, failed captures and disputes. */
export class Disputes {
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  /** @param value minor units; what is not captured yet when left out */
  capture(payment: PaymentEntry, value = payment.amount.value - this.#balance(payment).captured): void {
    const { cancelled, captured } = this.#balance(payment)
    if (cancelled) throw new Error(`${payment.pspReference} was cancelled`)
    check(value, payment.amount.value - captured, 'captured')
    this.#happen('capture', payment, newReference(), value)
  }

  /** @param value minor units; all that was captured, or of a debit that never was: all of it, when left out */
  captureFailed(payment: PaymentEntry, value?: number): void {
    const { captured } = this.#balance(payment)
    if (captured > 0) check(value ?? captured, captured, 'taken away')
    // Nothing was counted, so nothing is taken away: only the webhook goes out.
    this.#happen('capture failed', payment, newReference(), captured > 0 ? (value ?? captured) : 0)
  }

  /** @returns the dispute's pspReference */
  announce(payment: PaymentEntry, value = this.#left(payment)): string {
    return this.#open('chargeback announced', payment, value, newReference())
  }

  /** Of the dispute that was announced, if one was. @returns the dispute's pspReference */
  chargeback(payment: PaymentEntry, value?: number): string {
    const announced = this.#last(payment, 'chargeback announced')
    const amount = value ?? announced?.amount.value ?? this.#left(payment)
    return this.#open('chargeback', payment, amount, announced?.pspReference ?? newReference())
  }

  /** @param reference of the dispute, or of a payment with one that was lost */
  reverse(reference: string): void {
    const payment = this.#books.ledger.payments.get(reference)
    const dispute = payment ? this.#last(payment, 'chargeback') : this.#books.ledger.disputes.get(reference)?.at(-1)
    if (dispute?.kind !== 'chargeback') throw new Error(`${reference} has no chargeback that could be reversed`)
    const disputed = this.#books.ledger.payments.get(dispute.paymentPspReference)!
    this.#happen('chargeback reversed', disputed, dispute.pspReference, dispute.amount.value)
  }

  #open(kind: DisputeEntry['kind'], payment: PaymentEntry, value: number, pspReference: string): string {
    check(value, this.#left(payment), 'disputed')
    this.#happen(kind, payment, pspReference, value)
    return pspReference
  }

  /** A bank does not ask what was refunded: that is how money goes out twice. */
  #left(payment: PaymentEntry): number {
    const { captured, disputed } = this.#balance(payment)
    return captured - disputed
  }

  #last(payment: PaymentEntry, kind: DisputeEntry['kind']): DisputeEntry | undefined {
    return [...this.#books.ledger.disputes.values()]
      .map((steps) => steps.at(-1)!)
      .findLast((last) => last.paymentPspReference === payment.pspReference && last.kind === kind)
  }

  #balance(payment: PaymentEntry) {
    return balanceOf(this.#books.ledger, payment)
  }

  #happen(kind: Happening['kind'], payment: PaymentEntry, pspReference: string, value: number): void {
    const { ledger, teller } = this.#books
    const entry = {
      kind,
      at: teller.at(),
      pspReference,
      paymentPspReference: payment.pspReference,
      account: payment.account,
      reference: payment.reference ?? '',
      amount: { ...payment.amount, value },
      reason: '',
    } as Happening
    const told = { ...toldOf(this.#books, entry), amount: value > 0 ? entry.amount : payment.amount }
    ledger.record(entry, ...teller.tell(told, EVENT_CODES[kind]))
  }
}

function check(value: number, most: number, word: string): void {
  if (!Number.isSafeInteger(value) || value <= 0 || value > most) {
    throw new RangeError(`${value} cannot be ${word}: it must be 1 to ${most} minor units`)
  }
}
