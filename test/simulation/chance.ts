/** A seeded source of chance (sfc32). One seed text, one sequence, on every machine. */
export class Chance {
  #a: number
  #b: number
  #c: number
  #d = 1

  constructor(seed: string) {
    const next = hashed(seed)
    this.#a = next()
    this.#b = next()
    this.#c = next()
    for (let round = 0; round < 12; round++) this.number()
  }

  /** At least 0, less than 1. */
  number(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return (sum >>> 0) / 4_294_967_296
  }

  /** Whole, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.number() * (most - least + 1))
  }

  happens(rate: number): boolean {
    return this.number() < rate
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.number() * items.length)]!
  }

  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][]
    let left = this.number() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name
    return entries.at(-1)![0]
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const order = [...items]
    for (let place = order.length - 1; place > 0; place--) {
      const other = this.between(0, place)
      ;[order[place], order[other]] = [order[other]!, order[place]!]
    }
    return order
  }
}

/** Text → a sequence of 32-bit numbers (xmur3). */
function hashed(text: string): () => number {
  let h = 1_779_033_703 ^ text.length
  for (const character of text) {
    h = Math.imul(h ^ character.codePointAt(0)!, 3_432_918_353)
    h = (h << 13) | (h >>> 19)
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2_246_822_507)
    h = Math.imul(h ^ (h >>> 13), 3_266_489_909)
    return (h ^= h >>> 16) >>> 0
  }
}
