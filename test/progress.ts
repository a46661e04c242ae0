const WIDTH = 30
const LINE_EVERY_MS = 10_000

/** How far a long run is: a bar on a terminal, a line every ten seconds elsewhere. */
export class Progress {
  readonly #total: number | null
  readonly #unit: string
  readonly #stream: NodeJS.WriteStream
  readonly #started = performance.now()
  readonly #timer: NodeJS.Timeout
  #done = 0
  #remark = ''

  /**
   * @param total null where nobody knows it before
   * @param unit in the plural: "refunds"
   */
  constructor(total: number | null, unit: string, stream: NodeJS.WriteStream) {
    this.#total = total
    this.#unit = unit
    this.#stream = stream
    this.#timer = stream.isTTY
      ? setInterval(() => this.#draw(), 500)
      : setInterval(() => stream.write(`${this.#line()}\n`), LINE_EVERY_MS)
    // Work that fails must not be kept from ending by its own bar.
    this.#timer.unref()
  }

  /** Since it began. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1_000
  }

  /** @param remark what else stands on the line */
  at(done: number, remark = ''): void {
    this.#done = done
    this.#remark = remark
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear()
    this.#stream.write(`${line}\n`)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#clear()
  }

  #clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K')
  }

  #draw(): void {
    const filled = this.#total === null ? 0 : Math.min(WIDTH, Math.round((this.#done / this.#total) * WIDTH))
    const bar = this.#total === null ? '' : `[${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}] `
    this.#stream.write(`\r\u001b[K${bar}${this.#line()}`)
  }

  #line(): string {
    const rate = this.#done / this.seconds
    const known = this.#total !== null && this.#done > 0
    const left = known ? `, ${clock(((this.#total - this.#done) / rate) * 1_000)} left` : ''
    const of = this.#total === null ? '' : ` of ${this.#total}`
    const told = `${this.#done}${of} ${this.#unit}, ${rate.toFixed(1)} a second, ${clock(this.seconds * 1_000)}${left}`
    return this.#remark === '' ? told : `${told}; ${this.#remark}`
  }
}

/** Minutes and seconds. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
