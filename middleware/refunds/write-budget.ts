import type { ApiUsage } from '../crm/crm.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** How refunds are written while so much of the day's API calls is left. */
export interface WritePlan {
  /** Between two calls. */
  readonly pauseMs: number
  /**
   * How long a state that is not final waits for a call of its own; it goes along at once with any call that a final state, an exposure or
   * a mark for a person causes, and of several such states only the newest is ever written. It waits no longer, so nothing starves.
   */
  readonly holdMs: number
}

/**
 * The share of the day's calls that must be left for each plan. Below the last a call goes out every 15 minutes (96 a day), and what is
 * left is kept for the question who may refund: one call in five minutes (288 a day), which never waits.
 */
const PLANS: readonly (WritePlan & { readonly leftAbove: number })[] = [
  { leftAbove: 0.5, pauseMs: SECOND_MS, holdMs: 0 },
  { leftAbove: 0.1, pauseMs: 10 * SECOND_MS, holdMs: MINUTE_MS },
  { leftAbove: 0.03, pauseMs: MINUTE_MS, holdMs: HOUR_MS },
  { leftAbove: -Infinity, pauseMs: 15 * MINUTE_MS, holdMs: 6 * HOUR_MS },
]

/** @param usage as the org said last; null while it is not known */
export function planWrites(usage: ApiUsage | null): WritePlan {
  if (!usage || usage.limit === 0) return PLANS[0]!
  const left = 1 - usage.used / usage.limit
  return PLANS.find(({ leftAbove }) => left > leftAbove)!
}
