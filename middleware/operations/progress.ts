import type { WriteStream } from 'node:tty'

const EVERY_MS = 10_000

/** Tells how far long work has come: one line that is written over on a terminal, elsewhere a line every ten seconds. */
export class Progress {
  readonly #out: NodeJS.WriteStream | WriteStream
  readonly #began = performance.now()
  #told = performance.now()

  constructor(out: NodeJS.WriteStream | WriteStream = process.stderr) {
    this.#out = out
  }

  /** @param share of the whole that is done, 0 to 1; null where nobody knows */
  tell(text: string, share: number | null): void {
    const now = performance.now()
    if (now - this.#told < (this.#out.isTTY ? 100 : EVERY_MS)) return
    this.#told = now
    const seconds = Math.round((now - this.#began) / 1_000)
    const bar = share === null ? '' : `[${'#'.repeat(Math.round(share * 20)).padEnd(20)}] ${Math.round(share * 100)} % `
    const line = `${bar}${text}, ${seconds} s`
    this.#out.write(this.#out.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
  }

  /** Leaves a terminal clean for what comes after. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[K')
  }
}
