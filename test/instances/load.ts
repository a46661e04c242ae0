import { randomUUID } from 'node:crypto'
import type { LocalWorld } from '../emulators/local-world.ts'
import { Caller } from './caller.ts'
import type { Fleet } from './fleet.ts'
import type { Heard } from './oracle.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import type { KnownPayment } from './payments.ts'

/** Of a payment of 100.00 two of these fit; the third is refused. */
const AMOUNTS = ['40.00', '40.00', '40.00'] as const

export interface LoadOptions {
  /** Payments refunded at the same time. */
  readonly callers: number
  /** Whether another payment is begun; asked before each. */
  readonly goOn: (paymentsBegun: number) => boolean
  readonly beforeEach?: (payment: KnownPayment) => void
  readonly afterEach?: () => void
}

/** Callers that refund payment after payment, each request with its key until it is answered for good. */
export class Load {
  readonly heard = {
    accepted: new Map<string, { id: string; body: object }>(),
    refused: new Set<string>(),
  } satisfies Heard
  readonly caller: Caller
  /** Requests that were taken when they came before, and not answered. */
  replays = 0
  readonly #world: LocalWorld
  readonly #fleet: Fleet
  #begun = 0

  constructor(world: LocalWorld, fleet: Fleet) {
    this.#world = world
    this.#fleet = fleet
    this.caller = new Caller(world.org)
  }

  async run(options: LoadOptions): Promise<void> {
    await Promise.all(Array.from({ length: options.callers }, () => this.#refundPayments(options)))
  }

  async #refundPayments({ goOn, beforeEach, afterEach }: LoadOptions): Promise<void> {
    while (goOn(this.#begun)) {
      const place = this.#begun++
      const payment = await newPayment(this.#world, PAYMENT_MIX[place % PAYMENT_MIX.length]!)
      const ask = async (amount: string) => {
        beforeEach?.(payment)
        await this.#ask({ ...payment.body, amount })
        afterEach?.()
      }
      if (place % 3 === 0) await Promise.all(AMOUNTS.map(ask))
      else for (const amount of AMOUNTS) await ask(amount)
    }
  }

  async #ask(body: object): Promise<void> {
    const key = randomUUID()
    const answer = await this.caller.askUntilAnswered(() => this.#fleet.url(), key, body)
    if (answer.isReplay) this.replays++
    if (answer.body.refund) this.heard.accepted.set(key, { id: answer.body.refund.id, body })
    else this.heard.refused.add(key)
  }
}
