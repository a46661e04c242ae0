import { setTimeout as pause } from 'node:timers/promises'
import type { LocalWorld } from '../emulators/local-world.ts'
import { REQUEST_FAULTS } from '../emulators/gateway-faults.ts'
import type { RequestFault } from '../emulators/gateway-faults.ts'
import type { Fleet } from '../instances/fleet.ts'
import type { KnownPayment } from '../instances/payments.ts'

export interface Rates {
  /** Share of requests before which a fault of their gateway is ordered. */
  readonly gatewayFaults: number
  /** Seconds between two kills, at least and at most. */
  readonly killEvery: readonly [number, number]
  /** Seconds between two outages of the org, and how long each is. */
  readonly orgOutageEvery: number
  readonly orgOutage: number
}

const QUICK_FAULTS = REQUEST_FAULTS.filter((fault) => fault !== 'hang' && fault !== 'slow')
/** These hold a call for half a minute and seven seconds: one in twenty, so that they do not become the whole run. */
const SLOW_FAULTS: readonly RequestFault[] = ['hang', 'slow']
const WEBHOOK_FAULTS = ['deliver_twice', 'deliver_out_of_order', 'deliver_before_answer'] as const

/** Kills, gateway faults and outages of the org, at random, until it is stopped. */
export class Disturbance {
  readonly #world: LocalWorld
  readonly #fleet: Fleet
  readonly #rates: Rates
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly counts: Record<string, number> = { kills: 0, orgOutages: 0, gatewayFaults: 0, webhookFaults: 0 }

  constructor(world: LocalWorld, fleet: Fleet, rates: Rates) {
    this.#world = world
    this.#fleet = fleet
    this.#rates = rates
  }

  start(): void {
    const { killEvery, orgOutageEvery, orgOutage } = this.#rates
    this.#repeat(
      () => killEvery[0] + Math.random() * (killEvery[1] - killEvery[0]),
      async () => {
        const up = this.#fleet.up()
        const place = up[Math.floor(Math.random() * up.length)]!
        await this.#fleet.stop(place, 'SIGKILL')
        this.#count('kills')
        await this.#fleet.start(place)
      },
    )
    this.#repeat(
      () => orgOutageEvery,
      async () => {
        this.#world.org.faults.set('down')
        this.#count('orgOutages')
        await this.#pause(orgOutage)
        this.#world.org.faults.clear()
      },
    )
  }

  /** Whether a process was killed and the org went away at least once. */
  get hasBegun(): boolean {
    return this.counts['kills']! > 0 && this.counts['orgOutages']! > 0
  }

  /** Orders what may go wrong with the next call to the payment's gateway, and with its next webhook. */
  order({ gateway }: Pick<KnownPayment, 'gateway'>): void {
    const local = { adyen: this.#world.adyen, braintree: this.#world.braintree, gocardless: this.#world.goCardless }[
      gateway
    ]
    if (Math.random() < this.#rates.gatewayFaults) {
      const fault = any(Math.random() < 0.05 ? SLOW_FAULTS : QUICK_FAULTS)
      local.faultOnNextRequest(fault)
      this.#count('gatewayFaults')
      this.#count(fault)
    }
    if (Math.random() < this.#rates.gatewayFaults && gateway !== 'braintree') {
      const fault = any(WEBHOOK_FAULTS)
      local.webhookFault(fault)
      this.#count('webhookFaults')
      this.#count(fault)
    }
  }

  /** Ends it: every process is up again, the org answers. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(this.#running)
    this.#world.org.faults.clear()
  }

  #repeat(seconds: () => number, work: () => Promise<void>): void {
    this.#running.push(
      (async () => {
        for (;;) {
          await this.#pause(seconds())
          if (this.#stopped.signal.aborted) return
          await work()
        }
      })(),
    )
  }

  async #pause(seconds: number): Promise<void> {
    // An abort only ends the waiting.
    await pause(seconds * 1_000, undefined, { signal: this.#stopped.signal }).catch(() => {})
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1
  }
}

function any<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!
}
