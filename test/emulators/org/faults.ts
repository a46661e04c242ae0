import { refusal, rowRefusal, type SalesforceError } from './salesforce-error.ts'
import type { ObjectSchema, Row } from './schema.ts'

/**
 * - `down`: the whole org answers 503
 * - `token_down`: only the token endpoint does
 * - `no_answer`: a request is taken and never answered
 * - `write_then_drop_answer`: what was asked is written, then the connection is cut
 * - `expire_session`: every session ends, and the request is refused
 * - `request_limit`: REQUEST_LIMIT_EXCEEDED
 * - `lock_rows`: UNABLE_TO_LOCK_ROW for a share of the rows
 * - `refuse_rows`: a rule of the customer's own refuses a share of the rows
 * - `instance_moved`: tokens name another instance URL
 */
export type OrgFault =
  | 'down'
  | 'token_down'
  | 'no_answer'
  | 'write_then_drop_answer'
  | 'expire_session'
  | 'request_limit'
  | 'lock_rows'
  | 'refuse_rows'
  | 'instance_moved'

export interface FaultOrder {
  /** Requests that it happens to; until it is cleared when absent. */
  readonly times?: number
  /** lock_rows, refuse_rows: share of the rows, 0 to 1; all when absent. */
  readonly share?: number
  /** lock_rows, refuse_rows: the same seed picks the same rows. */
  readonly seed?: number
  /** lock_rows, refuse_rows: only these rows. */
  readonly where?: (row: Readonly<Row>) => boolean
  /** refuse_rows: what the rule says. */
  readonly message?: string
  /** down: an HTML page, or SERVER_UNAVAILABLE as JSON. */
  readonly answer?: 'html' | 'json'
  /** request_limit: the limit that was exceeded. */
  readonly limit?: 'TotalRequests' | 'ConcurrentPerOrgLongTxn'
  /** instance_moved. */
  readonly instanceUrl?: string
}

interface Standing {
  readonly order: FaultOrder
  left: number
  readonly random: () => number
}

/** Faults asked for by name, each for the next `times` requests or until it is cleared. */
export class OrgFaults {
  readonly #standing = new Map<OrgFault, Standing>()
  readonly #fired = new Map<OrgFault, number>()
  readonly #held = new Set<() => void>()

  set(name: OrgFault, order: FaultOrder = {}): void {
    this.#standing.set(name, { order, left: order.times ?? Infinity, random: seeded(order.seed ?? 1) })
  }

  /** Ends one fault, or all; requests that `no_answer` holds are cut. */
  clear(name?: OrgFault): void {
    if (name) this.#standing.delete(name)
    else this.#standing.clear()
    if (!name || name === 'no_answer') {
      for (const release of this.#held) release()
      this.#held.clear()
    }
  }

  /** How many requests the fault has happened to. */
  fired(name: OrgFault): number {
    return this.#fired.get(name) ?? 0
  }

  /** The order of a fault that happens to this request, one of its times used up; null when it does not happen. */
  take(name: OrgFault): FaultOrder | null {
    const standing = this.#standing.get(name)
    if (!standing) return null
    standing.left--
    if (standing.left <= 0) this.#standing.delete(name)
    this.#fired.set(name, this.fired(name) + 1)
    return standing.order
  }

  /** Keeps a request waiting until the fault is cleared. */
  hold(release: () => void): void {
    this.#held.add(release)
  }

  /** The row faults of one request. A share is drawn row by row. */
  forRows(): RowFaults {
    return new RowFaults(this, (name) => this.#standing.get(name)?.random ?? null)
  }
}

/** Row faults of one request: each counts as one request, however many rows it hits. */
export class RowFaults {
  readonly #faults: OrgFaults
  readonly #randomOf: (name: OrgFault) => (() => number) | null
  readonly #taken = new Map<OrgFault, { order: FaultOrder; random: () => number } | null>()

  constructor(faults: OrgFaults, randomOf: (name: OrgFault) => (() => number) | null) {
    this.#faults = faults
    this.#randomOf = randomOf
  }

  lock(row: Row): SalesforceError | null {
    if (!this.#hits('lock_rows', row)) return null
    return rowRefusal('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record or 1 records')
  }

  refuse(_object: ObjectSchema, row: Row): SalesforceError | null {
    if (!this.#hits('refuse_rows', row)) return null
    const message = this.#taken.get('refuse_rows')?.order.message ?? 'Finance has closed this month.'
    return rowRefusal('FIELD_CUSTOM_VALIDATION_EXCEPTION', message)
  }

  #hits(name: OrgFault, row: Row): boolean {
    if (!this.#taken.has(name)) {
      const random = this.#randomOf(name)
      const order = this.#faults.take(name)
      this.#taken.set(name, order && random ? { order, random } : null)
    }
    const taken = this.#taken.get(name)
    if (!taken || (taken.order.where && !taken.order.where(row))) return false
    return taken.random() < (taken.order.share ?? 1)
  }
}

/** The refusal of a request over the day's limit, or over the number of long ones at a time. */
export function limitExceeded(limit: 'TotalRequests' | 'ConcurrentPerOrgLongTxn' = 'TotalRequests'): SalesforceError {
  return refusal('REQUEST_LIMIT_EXCEEDED', `${limit} Limit exceeded.`, undefined, 403)
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
