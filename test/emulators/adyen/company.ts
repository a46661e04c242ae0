import type { Task, WorkResult } from '../gateway-schedule.ts'
import { Credits } from './credits.ts'
import { Disputes } from './disputes.ts'
import type { Faults } from './faults.ts'
import type { Amount, BookRecord, Ledger, PaymentEntry, PaymentMethod, RefundOutcome, Work } from './ledger.ts'
import { Refunds } from './refunds.ts'
import type { Schedule } from './schedule.ts'
import { Teller, newReference } from './teller.ts'
import { WholePayments } from './whole-payments.ts'

export interface PaymentOptions {
  readonly pspReference?: string
  /** Merchant account; the first one when left out. */
  readonly account?: string
  readonly amount: Amount
  readonly captured?: boolean
  readonly holderName?: string
  readonly refundOutcome?: RefundOutcome
  /** The merchant's own. */
  readonly reference?: string
  /** A card when left out. Refunds of a direct debit that was not captured yet wait for its capture. */
  readonly method?: PaymentMethod
}

/** Records that must stand or fall with what was taken, such as the answer under its key. */
export type Beside = (pspReference: string) => BookRecord[]

/** What Adyen does with money: it takes every request that is well formed and says later what became of it. */
export class Company {
  readonly refunds: Refunds
  readonly wholes: WholePayments
  readonly credits: Credits
  readonly disputes: Disputes
  readonly #ledger: Ledger
  readonly #teller: Teller

  constructor(ledger: Ledger, schedule: Schedule, faults: Faults, outcomeDelayMs: number) {
    const teller = new Teller(schedule, faults)
    const books = { ledger, schedule, teller, outcomeDelayMs }
    this.#ledger = ledger
    this.#teller = teller
    this.refunds = new Refunds(books)
    this.wholes = new WholePayments(books)
    this.credits = new Credits(books)
    this.disputes = new Disputes(books)
  }

  /** A payment that is already there stays as it is, so that a second start may add its samples again. */
  addPayment(options: PaymentOptions & { account: string }): string {
    const pspReference = options.pspReference ?? newReference()
    if (this.#ledger.payments.has(pspReference)) return pspReference
    this.#ledger.record({
      kind: 'payment',
      at: this.#teller.at(),
      pspReference,
      account: options.account,
      amount: options.amount,
      captured: options.captured ?? true,
      holderName: options.holderName ?? 'Sample Shopper',
      refundOutcome: options.refundOutcome ?? 'ok',
      reference: options.reference ?? `ORDER-${pspReference}`,
      method: options.method ?? 'visa',
    })
    return pspReference
  }

  /** CAPTURE: the payment, or a part of it, was collected. What waited for it is decided. */
  capture(pspReference: string, value?: number): void {
    const payment = this.#payment(pspReference)
    this.disputes.capture(payment, value)
    this.refunds.decidePostponed(payment)
  }

  /** CAPTURE_FAILED: what had been collected is taken away again, or never comes. */
  captureFailed(pspReference: string, value?: number): void {
    const payment = this.#payment(pspReference)
    this.disputes.captureFailed(payment, value)
    this.refunds.decidePostponed(payment, 'refuse')
  }

  chargeback(pspReference: string, value?: number): string {
    return this.disputes.chargeback(this.#payment(pspReference), value)
  }

  announceChargeback(pspReference: string, value?: number): string {
    return this.disputes.announce(this.#payment(pspReference), value)
  }

  /** @param value minor units; all that was captured when left out */
  refundInConsole(pspReference: string, value?: number): void {
    const payment = this.#payment(pspReference)
    this.refunds.accept(payment, { ...payment.amount, value: value ?? payment.amount.value }, '', () => [])
  }

  /** What becomes of the refunds of a payment from now on. */
  decideRefunds(pspReference: string, refundOutcome: RefundOutcome): void {
    this.#ledger.record({ ...this.#payment(pspReference), at: this.#teller.at(), refundOutcome })
  }

  /** The gateway's part of the tasks: deciding what it took, and failing some refunds days later. */
  work({ work, id }: Task<Work>): WorkResult<Work> {
    switch (work.kind) {
      case 'deliver':
        throw new Error(`task ${id} is for the webhooks`)
      case 'decide':
        this.refunds.decide(work.refund)
        break
      case 'fail late':
        this.refunds.failLate(work.refund)
        break
      case 'decide whole':
        this.wholes.decide(work.request)
        break
      case 'decide credit':
        this.credits.decide(work.request)
    }
    return 'done'
  }

  #payment(pspReference: string): PaymentEntry {
    const payment = this.#ledger.payments.get(pspReference)
    if (!payment) throw new Error(`there is no payment ${pspReference}`)
    return payment
  }
}
