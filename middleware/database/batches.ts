import type { Database } from './database.ts'
import { failsForOneOfThem } from './database.ts'

export interface BatchRules<Item> {
  /** How many batches may be under way. */
  readonly atOnce: number
  /** From so many on, each costs little less in a larger batch. */
  readonly enough: number
  /** What a batch of several may weigh, and what one of them weighs where that is not 1. */
  readonly most: number
  readonly weigh?: (item: Item) => number
  /**
   * Two that share this are never in one batch. Those of a batch are in this order, so that two batches lock in the same one; and who would
   * have to wait for one of its own goes by itself at once, and waits where everybody can see it: in the database.
   */
  readonly apartBy?: (item: Item) => string
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly apart: string | undefined
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** So many may be under way by themselves, each in a statement of its own: where few come, nobody waits for anybody. */
const MOST_ALONE = 4
/** Milliseconds for which each of them counts. */
const ALONE_MS = 100

/**
 * Things that come at the same time share one statement and one commit, and with it the wait for the disk: while some are under way, the next
 * are gathered. Each is told only of its own fate, and only after the commit that holds it.
 */
export class Batches<Item, Result> {
  readonly #doTogether: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly #rules: BatchRules<Item>
  #waiting: Waiting<Item, Result>[] = []
  /** How many are under way that share it. */
  readonly #apart = new Map<string, number>()
  #alone = 0
  #batches = 0
  #isBeginning = false

  /** @param doTogether gives one result for each, in their order; all of them, or an error and none */
  constructor(doTogether: (items: readonly Item[]) => Promise<readonly Result[]>, rules: BatchRules<Item>) {
    this.#doTogether = doTogether
    this.#rules = rules
  }

  do(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, apart: this.#rules.apartBy?.(item), resolve, reject })
      this.#beginNext()
    })
  }

  #beginNext(): void {
    if (this.#isBeginning || this.#waiting.length === 0) return
    this.#isBeginning = true
    // What else has come in this turn of the event loop comes along.
    setImmediate(() => {
      this.#isBeginning = false
      for (const waiting of this.#waiting.filter(({ apart }) => apart !== undefined && this.#apart.has(apart))) {
        this.#take([waiting])
        void this.#do([waiting])
      }
      if (this.#waiting.length === 0 || this.#batches === this.#rules.atOnce) return
      const batch = this.#nextBatch()
      if (batch.length === 1 && this.#alone >= MOST_ALONE) return
      this.#take(batch)
      if (batch.length === 1) this.#doAlone(batch[0]!)
      else this.#doBatch(batch)
      this.#beginNext()
    })
  }

  #take(taken: readonly Waiting<Item, Result>[]): void {
    this.#waiting = this.#waiting.filter((waiting) => !taken.includes(waiting))
  }

  /**
   * Not more than half of many: those of one batch come back together, and would wait together for the next, with nobody between to do
   * something meanwhile.
   */
  #nextBatch(): Waiting<Item, Result>[] {
    const { enough, most, weigh, apartBy } = this.#rules
    const share = Math.max(enough, Math.ceil(this.#waiting.length / 2))
    const batch: Waiting<Item, Result>[] = []
    const taken = new Set<string>()
    let weight = 0
    for (const waiting of this.#waiting) {
      if (batch.length === share) break
      const own = weigh?.(waiting.item) ?? 1
      // One alone may weigh more.
      const isTooHeavy = batch.length > 0 && weight + own > most
      if (isTooHeavy || (waiting.apart !== undefined && taken.has(waiting.apart))) continue
      batch.push(waiting)
      weight += own
      if (waiting.apart !== undefined) taken.add(waiting.apart)
    }
    return apartBy ? batch.sort((a, b) => (a.apart! < b.apart! ? -1 : 1)) : batch
  }

  #doAlone(waiting: Waiting<Item, Result>): void {
    this.#alone++
    let counts = true
    const discount = () => {
      if (counts) this.#alone--
      counts = false
      this.#beginNext()
    }
    // Who waits for something keeps nobody from beginning for longer than a batch would.
    const patience = setTimeout(discount, ALONE_MS)
    void this.#do([waiting]).finally(() => {
      clearTimeout(patience)
      discount()
    })
  }

  #doBatch(batch: readonly Waiting<Item, Result>[]): void {
    this.#batches++
    void this.#do(batch).finally(() => {
      this.#batches--
      this.#beginNext()
    })
  }

  async #do(together: readonly Waiting<Item, Result>[]): Promise<void> {
    const countApart = (by: number) => {
      for (const { apart } of together)
        if (apart !== undefined) this.#apart.set(apart, (this.#apart.get(apart) ?? 0) + by)
    }
    countApart(1)
    try {
      const results = await this.#doTogether(together.map(({ item }) => item))
      together.forEach(({ resolve }, place) => resolve(results[place]!))
    } catch (error) {
      // The others must not suffer for one of them.
      if (together.length > 1 && failsForOneOfThem(error)) for (const each of together) void this.#do([each])
      else for (const { reject } of together) reject(error)
    } finally {
      countApart(-1)
      for (const { apart } of together)
        if (apart !== undefined && this.#apart.get(apart) === 0) this.#apart.delete(apart)
    }
  }
}

/** One for each database, so that everybody who uses it shares them. */
export function batchesOf<Item, Result>(
  open: (database: Database) => Batches<Item, Result>,
): (database: Database) => Batches<Item, Result> {
  const opened = new WeakMap<Database, Batches<Item, Result>>()
  return (database) => {
    let batches = opened.get(database)
    if (!batches) opened.set(database, (batches = open(database)))
    return batches
  }
}
