import type { RefundError } from '../../middleware/errors.ts'
import type { World } from './world.ts'

/** What the callers of one idempotency key were told, and what they must never be told. */
export class Caller {
  readonly key: string
  readonly #world: World
  /** The refund that the key made. */
  refundId: string | null = null
  /** An answer reached the caller: from here on the refund is promised. */
  promised = false
  /** Somebody asked and may not have been answered: it may or may not be stored. */
  uncertain = false

  constructor(world: World, key: string) {
    this.#world = world
    this.key = key
  }

  begins(otherBody: boolean): boolean {
    if (this.refundId !== null) this.#world.cover(otherBody ? 'key_with_other_body' : 'duplicate_submit')
    this.uncertain = true
    return this.refundId !== null
  }

  stored(refundId: string, kind: 'new' | 'replay', otherBody: boolean): void {
    if (this.refundId !== null && this.refundId !== refundId) {
      this.#world.violate('I8', `${this.key} made two refunds`)
    }
    if (this.refundId !== null && kind === 'new') this.#world.violate('I8', `${this.key} made a refund once more`)
    if (this.refundId === null) this.bodyWasOther = otherBody
    else if (this.bodyWasOther !== otherBody) this.#world.violate('I8', `${this.key} was replayed for another body`)
    this.refundId = refundId
  }

  bodyWasOther = false

  answered(refundId: string, otherBody: boolean): void {
    this.stored(refundId, 'replay', otherBody)
    this.promised = true
  }

  refused(error: RefundError, otherBody: boolean, before: boolean): void {
    if (error.code === 'amount_exceeds_refundable' || error.code === 'nothing_refundable') {
      this.#world.cover('partials_over_balance')
    }
    if (error.code === 'not_permitted' || error.code === 'permission_unverifiable') return
    if (before && this.bodyWasOther === otherBody && REPLAY_FIRST.has(error.code)) {
      this.#world.violate('I8', `${this.key} was answered before, and is now refused: ${error.code}`)
    }
  }
}

/** What a repeated request must never hear: its refund is there. */
const REPLAY_FIRST = new Set([
  'refund_already_requested',
  'amount_exceeds_refundable',
  'nothing_refundable',
  'payment_voided',
])

export class Callers {
  readonly #callers = new Map<string, Caller>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  of(key: string): Caller {
    const caller = this.#callers.get(key) ?? new Caller(this.#world, key)
    this.#callers.set(key, caller)
    return caller
  }

  get all(): readonly Caller[] {
    return [...this.#callers.values()]
  }
}
