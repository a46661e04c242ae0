import { setTimeout as pause } from 'node:timers/promises'
import type { LocalWorld } from '../emulators/local-world.ts'
import { AVA_AGENT } from '../emulators/org/local-people.ts'

export interface CallerAnswer {
  readonly status: number
  readonly isReplay: boolean
  readonly retryAfter: string | null
  readonly body: {
    readonly refund?: { readonly id: string; readonly state: string }
    readonly payment?: { readonly refundable: string }
    readonly code?: string
    readonly detail?: string
  }
}

const TOKEN_MS = 60_000
/** A callout waits no longer. */
const PATIENCE_MS = 20_000

/** Asks for refunds as the org does. One token serves for a minute. */
export class Caller {
  readonly #org: LocalWorld['org']
  #token: { readonly value: Promise<string>; readonly until: number } | null = null

  /** Requests sent so far. */
  asked = 0

  constructor(org: LocalWorld['org']) {
    this.#org = org
  }

  /** @returns null when no answer came */
  async ask(url: string, key: string, body: object): Promise<CallerAnswer | null> {
    this.asked++
    try {
      const response = await fetch(`${url}/v1/refunds`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await this.token()}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      return {
        status: response.status,
        isReplay: response.headers.get('idempotent-replay') === 'true',
        retryAfter: response.headers.get('retry-after'),
        body: (await response.json()) as CallerAnswer['body'],
      }
    } catch {
      return null
    }
  }

  /** The same request with the same key until it is answered for good: taken, or refused for what it asks. */
  async askUntilAnswered(url: () => string, key: string, body: object): Promise<CallerAnswer> {
    for (;;) {
      const answer = await this.ask(url(), key, body)
      if (answer !== null && answer.status < 500 && answer.status !== 429 && !mayChange(answer)) return answer
      await pause(100 + Math.random() * 400)
    }
  }

  /** Two minutes long. */
  freshToken(): Promise<string> {
    return this.#org.tokenFor(AVA_AGENT)
  }

  token(): Promise<string> {
    if (this.#token === null || this.#token.until < Date.now()) {
      this.#token = { value: this.freshToken(), until: Date.now() + TOKEN_MS }
    }
    return this.#token.value
  }
}

/** The gateway could not be asked before anything was stored. */
function mayChange({ body }: CallerAnswer): boolean {
  return body.code === 'not_possible_now'
}
