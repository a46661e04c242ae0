/** What the bench tells the process of the stand-ins. */
export type StandInOrder =
  /** From now on each refund is told of by webhook. */
  | {
      readonly kind: 'webhooks'
      readonly url: string
      readonly authorization: string
      readonly hmacKey: string
      readonly afterMs: number
    }
  | { readonly kind: 'salesforce'; readonly away: boolean }
  | { readonly kind: 'report' }

export interface StandInReport {
  /** REST requests of the org's API, as Salesforce counts them: a composite request is one. */
  readonly calls: number
  /** Milliseconds from the webhook that told of a refund until its row said Refunded. */
  readonly lags: readonly number[]
  /** Refunds of which the org has a row. */
  readonly rows: number
  readonly failures: readonly string[]
}

/** What the stand-ins have seen. */
export class Tally {
  calls = 0
  readonly #toldAt = new Map<string, number>()
  readonly #rows = new Set<string>()
  readonly #lags: number[] = []
  readonly #failures: string[] = []

  told(refundId: string): void {
    this.#toldAt.set(refundId, performance.now())
  }

  written(refundId: string, stage: string): void {
    this.#rows.add(refundId)
    const toldAt = this.#toldAt.get(refundId)
    if (stage !== 'Refunded' || toldAt === undefined) return
    this.#toldAt.delete(refundId)
    this.#lags.push(performance.now() - toldAt)
  }

  fail(why: string): void {
    if (this.#failures.length < 10) this.#failures.push(why)
  }

  report(): StandInReport {
    return { calls: this.calls, lags: this.#lags, rows: this.#rows.size, failures: this.#failures }
  }
}
