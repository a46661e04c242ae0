import type { Attempt } from '../../middleware/gateways/gateway.ts'
import type { RefusalCode } from '../../middleware/errors.ts'
import { bodySchema } from './gateway-body.ts'
import { lifeOf } from './gateway-life.ts'
import type { Profile } from './gateway-profiles.ts'
import type { PlannedPayment } from './plan.ts'
import type { World } from './world.ts'

export type LedgerStatus = 'pending' | 'succeeded' | 'failed' | 'reversed'

/** Money that went back, or was on its way: the truth that the oracle judges by. */
export interface LedgerRefund {
  readonly reference: string
  readonly payment: LedgerPayment
  /** Our stamp; null when it was made in the console. */
  readonly stamp: string | null
  readonly operation: 'refund' | 'void' | 'undo'
  /** Minor units. */
  readonly amount: number
  status: LedgerStatus
  /** Milliseconds, of the present status. */
  at: number
  readonly was: Set<LedgerStatus>
  /** Whether every word on its outcome is lost: a webhook that is never sent. */
  silent: boolean
}

export interface Dispute {
  readonly reference: string
  readonly amount: number
  open: boolean
  at: number
}

export interface LedgerPayment {
  readonly planned: PlannedPayment
  readonly settlesAt: number
  voided: boolean
  readonly refunds: LedgerRefund[]
  readonly disputes: Dispute[]
}

export type LedgerAnswer =
  | { readonly kind: 'taken'; readonly reference: string; readonly final: boolean }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'wait'; readonly why: 'key in flight' | 'funds' }

interface KnownKey {
  readonly body: string
  readonly answer: LedgerAnswer
  readonly at: number
}

/** One gateway's own side: payments, refunds, keys. Shares nothing with the middleware but the contract's words. */
export class GatewayLedger {
  readonly profile: Profile
  readonly account: string
  readonly payments = new Map<string, LedgerPayment>()
  readonly #world: World
  readonly #keys = new Map<string, KnownKey>()
  readonly #inFlight = new Set<string>()
  #count = 0

  constructor(world: World, profile: Profile, payments: readonly PlannedPayment[]) {
    this.#world = world
    this.profile = profile
    this.account = `account-of-${profile.name}`
    for (const planned of payments) {
      const settlesAt = world.now + planned.settlesInHours * 3_600_000
      this.payments.set(planned.reference, { planned, settlesAt, voided: false, refunds: [], disputes: [] })
    }
  }

  get all(): LedgerRefund[] {
    return [...this.payments.values()].flatMap(({ refunds }) => refunds)
  }

  begin(key: string): boolean {
    const known = this.#keys.get(key)
    if (this.#inFlight.has(key) || (known && this.#world.now - known.at < this.profile.keepsKeysMs)) return false
    this.#inFlight.add(key)
    return true
  }

  finish(attempt: Attempt): LedgerAnswer {
    this.#inFlight.delete(attempt.key)
    return this.take(attempt)
  }

  /** One request arrives: the same key is the same answer, while it is kept. */
  take(attempt: Attempt): LedgerAnswer {
    const { key } = attempt
    const body = JSON.stringify([attempt.operation, attempt.paymentReference, attempt.body])
    if (this.#inFlight.has(key)) return { kind: 'wait', why: 'key in flight' }
    const known = this.#keys.get(key)
    if (known && this.#world.now - known.at < this.profile.keepsKeysMs) {
      if (known.body !== body) {
        this.#world.violate('I2', `a key came again with another body: ${body} after ${known.body}`)
        return { kind: 'refused', code: 'key_refused_by_gateway' }
      }
      return known.answer
    }
    const answer = this.#decide(attempt)
    // A refusal uses its key up, too, where the total guards nothing; what will pass, or comes before the key is read, does not.
    const kept = answer.kind === 'taken' || (answer.kind === 'refused' && !this.profile.confirmsTotal)
    const passes =
      answer.kind === 'refused' && (answer.code === 'payment_not_settled' || answer.code === 'refunds_not_enabled')
    if (kept && !passes) this.#keys.set(key, { body, answer, at: this.#world.now })
    return answer
  }

  #decide({ operation, paymentReference, body }: Attempt): LedgerAnswer {
    const payment = this.payments.get(paymentReference)
    if (!payment || operation === 'credit') return { kind: 'refused', code: 'original_payment_not_found' }
    const asked = bodySchema.parse(body)
    const whole = operation !== 'refund'
    const amount = whole ? payment.planned.captured : asked.amount!
    const settled = payment.settlesAt <= this.#world.now
    if (payment.voided) return { kind: 'refused', code: 'payment_already_voided' }
    if (operation === 'void') {
      if (settled || payment.refunds.length > 0) return { kind: 'refused', code: 'void_too_late' }
      payment.voided = true
      this.#enter(payment, operation, amount, asked.stamp, 'succeeded', payment.planned.reference)
      return { kind: 'taken', reference: payment.planned.reference, final: true }
    }
    if (!settled && operation === 'refund' && this.profile.canBeAsked) {
      return { kind: 'refused', code: 'payment_not_settled' }
    }
    const out = outOf(payment)
    if (this.profile.confirmsTotal && asked.total !== out.refunded + amount) {
      return this.#stamped(payment, asked.stamp) ?? { kind: 'refused', code: 'refund_exceeds_gateway_balance' }
    }
    if (this.#world.plan.gatewayCaps && out.refunded + out.disputed + amount > payment.planned.captured) {
      return { kind: 'refused', code: 'refund_exceeds_gateway_balance' }
    }
    if (this.#world.draw('refusal')) {
      const [why, code] = this.#world.chance.faults.pick([
        ['funds', 'insufficient_gateway_funds'],
        ['', 'refunds_not_enabled'],
        ['', 'gateway_refused'],
      ] as const)
      return why === 'funds' ? { kind: 'wait', why } : { kind: 'refused', code }
    }
    const final = this.#world.chance.life.happens(this.profile.finalInAnswer)
    const refund = this.#enter(payment, operation, amount, asked.stamp, final ? 'succeeded' : 'pending')
    return { kind: 'taken', reference: refund.reference, final }
  }

  /** A gateway that compares totals shows, when they differ, what it has under this stamp already. */
  #stamped(payment: LedgerPayment, stamp: string | null): LedgerAnswer | null {
    const ours = payment.refunds.find((refund) => stamp !== null && refund.stamp === stamp)
    return ours ? { kind: 'taken', reference: ours.reference, final: ours.status === 'succeeded' } : null
  }

  /** Somebody refunds in the gateway's own console, within what is left there. */
  refundElsewhere(payment: LedgerPayment, amount: number): LedgerRefund | null {
    const out = outOf(payment)
    const left = payment.planned.captured - out.refunded - out.disputed
    if (payment.voided || payment.settlesAt > this.#world.now || left <= 0) return null
    return this.#enter(payment, 'refund', Math.min(left, amount), null, 'pending')
  }

  #enter(
    payment: LedgerPayment,
    operation: LedgerRefund['operation'],
    amount: number,
    stamp: string | null,
    status: 'pending' | 'succeeded',
    reference = `${this.profile.name}-RF${++this.#count}`,
  ): LedgerRefund {
    const world = this.#world
    const silent = world.draw('webhook_never_sent')
    const refund: LedgerRefund = {
      ...{ reference, payment, stamp, operation, amount, status, silent },
      at: world.now,
      was: new Set([status]),
    }
    world.watch.accepted(this, refund)
    payment.refunds.push(refund)
    world.scheduler.note(this.profile.name, `ledger: ${operation} ${amount} for ${world.alias(stamp)} is ${status}`)
    lifeOf(world, this, refund)
    return refund
  }

  move(refund: LedgerRefund, status: LedgerStatus): void {
    refund.status = status
    refund.at = this.#world.now
    refund.was.add(status)
  }
}

/** Minor units that left a payment, and that the bank holds. */
export function outOf(payment: LedgerPayment): { refunded: number; disputed: number } {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)
  return {
    refunded: sum(
      payment.refunds
        .filter(({ status }) => status === 'pending' || status === 'succeeded')
        .map(({ amount }) => amount),
    ),
    disputed: sum(payment.disputes.filter(({ open }) => open).map(({ amount }) => amount)),
  }
}
