import { performance } from 'node:perf_hooks'

const EVERY_MS = 10_000
const WIDTH = 30

/** A bar on a terminal, a line every ten seconds elsewhere. */
export class Progress {
  readonly #what: string
  readonly #total: number | null
  readonly #started = performance.now()
  #done = 0
  #lastLine = performance.now()

  /** @param total null where nobody knows it before */
  constructor(what: string, total: number | null) {
    this.#what = what
    this.#total = total
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1_000
  }

  advance(note = ''): void {
    this.#done++
    const now = performance.now()
    const of = this.#total === null ? '' : ` of ${this.#total}`
    if (process.stderr.isTTY) {
      const full = this.#total === null ? 0 : Math.round((WIDTH * this.#done) / this.#total)
      const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
      process.stderr.write(`\r${bar} ${this.#done}${of} ${this.#what} ${note}\x1b[K`)
    } else if (now - this.#lastLine > EVERY_MS) {
      this.#lastLine = now
      process.stderr.write(`${this.#done}${of} ${this.#what}, ${Math.round(this.seconds)} s ${note}\n`)
    }
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}
