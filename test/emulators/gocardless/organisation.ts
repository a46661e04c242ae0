import { randomBytes } from 'node:crypto'
import { NEVER } from '../gateway-schedule.ts'
import type { Task, WorkResult } from '../gateway-schedule.ts'
import type { Faults, WebhookFault } from './faults.ts'
import type { BookRecord, DeliverWork, GoCardlessEvent, Ledger, LedgerEntry, Metadata } from './ledger.ts'
import type { Payment, PaymentStatus, Refund, RefundOutcome, RefundStatus, Schedule, Work } from './ledger.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface PaymentOptions {
  readonly id?: string
  /** The first creditor when left out. */
  readonly creditor?: string
  readonly mandate?: string
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly status?: PaymentStatus
  /** ISO 8601 date; a fortnight ago when left out. */
  readonly chargeDate?: string
  readonly refundOutcome?: RefundOutcome
}

export interface NewRefund {
  readonly payment: Payment
  readonly amount: number
  readonly metadata: Metadata
  readonly reference: string | null
  readonly key: string | undefined
}

/** A new event without what every event has. */
type NewEvent = Pick<GoCardlessEvent, 'resource_type' | 'action' | 'links'> & {
  readonly cause: string
  readonly origin?: string
  readonly about?: Metadata
}

/** Up to so many events come in one webhook. Source: developer.gocardless.com, "Webhooks". */
const BATCH = 250

/** What GoCardless does with money, and what it tells of it. */
export class Organisation {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly #faults: Faults
  readonly #outcomeDelayMs: number
  /** Deliveries on the wire, which no event may join any more. */
  readonly sending = new Set<string>()

  constructor(ledger: Ledger, schedule: Schedule, faults: Faults, outcomeDelayMs: number) {
    this.ledger = ledger
    this.schedule = schedule
    this.#faults = faults
    this.#outcomeDelayMs = outcomeDelayMs
  }

  /** A payment that is already there stays as it is, so that a second start may add its samples again. */
  addPayment(options: PaymentOptions & { creditor: string }): string {
    const id = options.id ?? newId('PM')
    if (this.ledger.payments.has(id)) return id
    this.ledger.record({
      kind: 'payment',
      at: this.at(),
      id,
      creditor: options.creditor,
      mandate: options.mandate ?? newId('MD'),
      amount: options.amount,
      currency: options.currency,
      status: options.status ?? 'paid_out',
      chargeDate: options.chargeDate ?? new Date(this.schedule.now() - 14 * DAY_MS).toISOString().slice(0, 10),
      refundOutcome: options.refundOutcome ?? 'paid',
    })
    return id
  }

  /** @returns the refund, and the tasks that must not overtake the answer */
  createRefund({ payment, amount, metadata, reference, key }: NewRefund): { refund: Refund; tasks: string[] } {
    const id = newId('RF')
    const { currency } = payment
    const told = this.#tell({
      resource_type: 'refunds',
      action: 'created',
      links: { refund: id },
      ...CREATED,
      about: metadata,
    })
    const decide = this.schedule.task({ kind: 'decide', refund: id }, this.#outcomeDelayMs)
    this.ledger.record(
      { kind: 'refund accepted', at: this.at(), id, payment: payment.id, amount, currency, metadata, reference },
      ...this.#funds(payment, -amount),
      ...(key === undefined ? [] : [{ kind: 'key', key, resource: id } as const]),
      ...told.records,
      ...(payment.refundOutcome === 'manual' ? [] : [decide]),
    )
    return { refund: this.ledger.refunds.get(id)!, tasks: [...told.tasks, decide.id] }
  }

  /** The gateway's part of the tasks. */
  work({ work, id }: Task<Work>): WorkResult<Work> {
    if (work.kind === 'deliver') throw new Error(`task ${id} is for the webhooks`)
    const { payment, status } = this.ledger.refunds.get(work.refund)!
    if (status !== 'created') return 'done'
    const outcome = this.ledger.payments.get(payment)!.refundOutcome
    if (outcome === 'bounced') this.changeRefund(work.refund, 'bounced', 'failed', 'refund_failed')
    else this.changeRefund(work.refund, 'paid', 'paid', 'refund_paid')
    return 'done'
  }

  /** @param status null: it stays as it is, and is told all the same */
  changeRefund(id: string, status: RefundStatus | null, action: string, cause: string): void {
    const refund = this.ledger.refunds.get(id)
    if (!refund) throw new RangeError(`there is no refund ${id}`)
    const event = { resource_type: 'refunds', action, links: { refund: id }, cause, about: refund.metadata } as const
    const payment = this.ledger.payments.get(refund.payment)!
    this.#record(
      status === null ? [] : [{ kind: 'refund changed', at: this.at(), id, status }],
      // A refund that bounced is announced first and credited later.
      status === 'funds_returned' ? this.#funds(payment, refund.amount) : [],
      event,
    )
  }

  changePayment(id: string, status: PaymentStatus | null, action: string, cause: string, origin = 'bank'): void {
    if (!this.ledger.payments.has(id)) throw new RangeError(`there is no payment ${id}`)
    const event = { resource_type: 'payments', action, links: { payment: id }, cause, origin } as const
    this.#record(status === null ? [] : [{ kind: 'payment changed', at: this.at(), id, status }], [], event)
  }

  /** The payer's bank speaks of the mandate, not of one payment. */
  changeMandate(mandate: string, action: string, cause: string): void {
    this.#record([], [], { resource_type: 'mandates', action, links: { mandate }, cause, origin: 'bank' })
  }

  changeCreditor(id: string, changes: { canCreateRefunds?: boolean; confirmedFunds?: Record<string, number> }): void {
    const creditor = this.ledger.creditors.get(id)
    if (!creditor) throw new RangeError(`there is no creditor ${id}`)
    const confirmedFunds = { ...creditor.confirmedFunds, ...changes.confirmedFunds }
    const canCreateRefunds = changes.canCreateRefunds ?? creditor.canCreateRefunds
    this.ledger.record({ ...creditor, at: this.at(), canCreateRefunds, confirmedFunds })
  }

  at(): string {
    return new Date(this.schedule.now()).toISOString()
  }

  #funds({ creditor, currency }: Payment, change: number): LedgerEntry[] {
    const entry = this.ledger.creditors.get(creditor)!
    const confirmedFunds = { ...entry.confirmedFunds, [currency]: (entry.confirmedFunds[currency] ?? 0) + change }
    return [{ ...entry, at: this.at(), confirmedFunds }]
  }

  #record(change: BookRecord[], funds: BookRecord[], event: NewEvent): void {
    this.ledger.record(...change, ...funds, ...this.#tell(event).records)
    this.schedule.arm()
  }

  /** The event, and the delivery that carries it: one that waits already, or a new one. */
  #tell({ cause, origin = 'gocardless', about = {}, ...event }: NewEvent): { records: BookRecord[]; tasks: string[] } {
    const id = newId('EV')
    const details = { origin, cause, description: cause.replaceAll('_', ' ') }
    const whole = { id, created_at: this.at(), ...event, details, metadata: {}, resource_metadata: about }
    const records: BookRecord[] = [{ kind: 'event', event: whole }]
    const fault = this.#faults.takeForWebhook(false)
    if (fault === 'never_deliver') return { records, tasks: [] }
    const waiting = fault === null ? this.#waitingBatch() : undefined
    if (waiting) {
      const work = { ...waiting.work, events: [...waiting.work.events, id] }
      records.push({ kind: 'task postponed', id: waiting.id, dueAt: waiting.dueAt, work })
      return { records, tasks: [waiting.id] }
    }
    const told: WebhookFault | null = fault === 'deliver_before_answer' ? null : fault
    const work: DeliverWork = { kind: 'deliver', events: [id], attempts: 0, fault: told }
    const task = this.schedule.task(work, fault === 'deliver_out_of_order' ? NEVER : 0)
    records.push(task)
    return { records, tasks: [task.id] }
  }

  #waitingBatch(): (Task<Work> & { work: DeliverWork }) | undefined {
    return [...this.ledger.tasks.values()].find(
      (task): task is Task<Work> & { work: DeliverWork } =>
        task.work.kind === 'deliver' &&
        task.work.attempts === 0 &&
        task.work.fault === null &&
        task.work.events.length < BATCH &&
        !this.sending.has(task.id),
    )
  }
}

const CREATED = { cause: 'payment_refunded', origin: 'api' } as const

/** GoCardless's ids: two letters for the kind, then capital letters and digits. */
function newId(kind: string): string {
  const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'
  return kind + Array.from(randomBytes(14), (byte) => alphabet[byte % alphabet.length]).join('')
}
