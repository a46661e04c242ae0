import type { RefundRecord } from '../../middleware/crm/crm.ts'
import type { RefundState } from '../../middleware/refunds/refund.ts'
import type { GatewayLedger, LedgerRefund, LedgerStatus } from './gateway-ledger.ts'
import { minorOf } from './gateway-profiles.ts'
import type { Owner } from './scheduler.ts'
import type { World } from './world.ts'

interface Seen {
  readonly id: string
  readonly state: RefundState
  readonly origin: 'here' | 'gateway_console'
  readonly reference: string | null
  readonly amount: string
  readonly currency: string
  /** What the bank had taken back, as the middleware knew it. */
  readonly chargedBack: string
  readonly paymentId: string
  readonly kind: 'refund' | 'void' | 'undo'
  readonly isHeld: boolean
  /** The sums of the payment, as kept. */
  readonly refunded: string
  readonly underWay: string
  readonly held: string
}

interface Known {
  state: RefundState
  /** The number of the step at which it was first seen. */
  readonly since: number
  readonly chargedBackThen: number
  readonly amount: number
}

/** Looks on after every step: what holds at every moment, and not only at the end (I1, I2, I4, I5). */
export class Watch {
  readonly #world: World
  readonly #known = new Map<string, Known>()
  /** Reference of a refund made elsewhere → the step at which the middleware knew of it. */
  readonly #adoptedAt = new Map<string, number>()
  readonly #leases = new Map<string, Owner>()

  constructor(world: World) {
    this.#world = world
  }

  /** After a step that wrote: every state that the middleware now holds must be true. */
  async look(): Promise<void> {
    const rows = await this.#world.server.query<Seen>(
      `SELECT r.id, r.state, r.origin, r.gateway_reference AS reference, r.amount, r.currency,
         p.charged_back AS "chargedBack", r.payment_id AS "paymentId", r.kind, r.held_until IS NOT NULL AS "isHeld", p.refunded,
         p.under_way AS "underWay", p.held
       FROM refunds r JOIN payments p USING (org_id, payment_id) ORDER BY r.id`,
    )
    this.#addUp(rows)
    for (const row of rows) {
      const known = this.#known.get(row.id)
      if (!known) {
        this.#world.named(row.id, row.origin === 'here' ? 'R' : 'E')
        const chargedBackThen = minorOf(row.chargedBack, row.currency)
        const amount = minorOf(row.amount, row.currency)
        this.#known.set(row.id, { state: row.state, since: this.#world.step, chargedBackThen, amount })
        if (row.origin === 'gateway_console' && row.reference) this.#adoptedAt.set(row.reference, this.#world.step)
      } else if (known.state === row.state) continue
      else known.state = row.state
      this.#judge(row)
    }
  }

  /** I5 at every moment: what a payment counts as refunded, under way and held is what its refunds say. */
  #addUp(rows: readonly Seen[]): void {
    const underWay: readonly RefundState[] = ['requested', 'submitting', 'pending', 'unknown']
    for (const payment of rows) {
      const own = rows.filter(({ paymentId }) => paymentId === payment.paymentId)
      const sum = (counts: (row: Seen) => boolean) =>
        own.filter(counts).reduce((total, { amount, currency }) => total + minorOf(amount, currency), 0)
      const counted = {
        refunded: sum(({ kind, state }) => kind === 'refund' && state === 'succeeded'),
        underWay: sum(({ state }) => underWay.includes(state)),
        held: sum(({ state, isHeld }) => state === 'failed' && isHeld),
      }
      for (const name of ['refunded', 'underWay', 'held'] as const) {
        if (minorOf(payment[name], payment.currency) === counted[name]) continue
        return this.#world.violate(
          'I5',
          `${payment.paymentId}: ${name} is ${payment[name]}, its refunds say ${counted[name]}`,
        )
      }
    }
  }

  #judge({ id, state, origin, reference }: Seen): void {
    const { violate } = this.#world
    const name = this.#world.alias(id)
    const truth = this.#world.refundsAtGateway(origin === 'here' ? id : null, reference)
    const ever = (status: LedgerStatus) => truth.some(({ was }) => was.has(status))
    if (state === 'succeeded' && !ever('succeeded')) violate('I4', `${name} is called succeeded, and no money moved`)
    if (state === 'reversed' && !ever('reversed')) violate('I4', `${name} is called reversed, and no money came back`)
    if ((state === 'failed' || state === 'rejected') && truth.length > 0 && !ever('failed')) {
      violate('I4', `${name} is called ${state}, and the gateway has it as ${truth[0]!.status}`)
    }
    if (state === 'failed' && truth.length === 0 && !this.#world.settledByHand.has(id))
      violate('I4', `${name} is called failed, and never reached the gateway`)
  }

  /** The gateway is about to move money. */
  accepted(ledger: GatewayLedger, refund: LedgerRefund): void {
    if (refund.stamp === null) return
    const { violate, alias } = this.#world
    const name = alias(refund.stamp)
    const known = this.#known.get(refund.stamp)
    if (!known) return violate('I4', `${name} was sent before it was stored`)
    if (this.#world.refundsAtGateway(refund.stamp, null).length > 0) violate('I2', `${name} is refunded a second time`)
    if (known.state === 'rejected' || known.state === 'failed' || known.state === 'reversed') {
      violate('I4', `money moves for ${name}, which is called ${known.state}`)
    }
    if (known.state === 'succeeded') violate('I4', `${name} was called succeeded before the gateway had it`)
    if (refund.amount !== known.amount) violate('I2', `${name}: ${known.amount} was asked, ${refund.amount} is sent`)
    const { payment } = refund
    const before = payment.refunds.filter(
      ({ status, stamp, reference }) =>
        (status === 'pending' || status === 'succeeded') &&
        (stamp !== null || (this.#adoptedAt.get(reference) ?? Infinity) < known.since),
    )
    const out = before.reduce((sum, { amount }) => sum + amount, 0) + known.chargedBackThen + refund.amount
    if (out > payment.planned.captured) {
      violate(
        'I1',
        `${payment.planned.reference} at ${ledger.profile.name}: ${out} of ${payment.planned.captured} goes back`,
      )
    }
  }

  /** The gateway repaired a late failure: for that its amount was held. */
  repaired(refund: LedgerRefund): void {
    const { payment } = refund
    const out = payment.refunds
      .filter(({ status, stamp }) => stamp !== null && (status === 'pending' || status === 'succeeded'))
      .reduce((sum, { amount }) => sum + amount, 0)
    if (out > payment.planned.captured)
      this.#world.violate('I1', `a repair carries ${payment.planned.reference} to ${out}`)
  }

  /** Whether a refund is open of which the gateway may know nothing any more once its memory of keys is over. */
  get hasUnknown(): boolean {
    return [...this.#known.values()].some(({ state }) => state === 'unknown' || state === 'submitting')
  }

  /** The org now shows this. */
  shown(record: RefundRecord): void {
    const { violate } = this.#world
    const name = this.#world.alias(record.id)
    const truth = this.#world.refundsAtGateway(record.origin === 'Here' ? record.id : null, record.gatewayReference)
    const ever = (status: LedgerStatus) => truth.some(({ was }) => was.has(status))
    const paid = record.stage === 'Refunded' || record.stage === 'Voided' || record.stage === 'Cancelled or refunded'
    if (paid && !ever('succeeded')) violate('I4', `the org shows ${name} as ${record.stage}, and no money moved`)
    if (record.stage === 'Failed' && truth.length > 0 && !ever('failed')) {
      violate('I4', `the org shows ${name} as Failed, and the gateway has it as ${truth[0]!.status}`)
    }
    if (record.stage === 'Reversed' && !ever('reversed'))
      violate('I4', `the org shows ${name} as Reversed, and it is not`)
  }

  /** Two instances at one refund: the lease of the first ran out while it was still working. */
  leased(owner: Owner, refundId: string): void {
    const other = this.#leases.get(refundId)
    if (other && other !== owner && other.alive) {
      this.#world.cover('lease_taken_over')
    }
    this.#leases.set(refundId, owner)
  }

  released(owner: Owner, refundId: string): void {
    if (this.#leases.get(refundId) === owner) this.#leases.delete(refundId)
  }
}
