const FIRST_MS = 5_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * Milliseconds to wait after the n-th fruitless try (0, 1, 2 …): 5 s doubling to an hour, then daily, for ever.
 * A fifth of it is chance, so that what failed together does not come back together.
 */
export function backoffMs(tries: number, chance: () => number = Math.random): number {
  const doubled = FIRST_MS * 2 ** Math.min(tries, 30)
  const wait = doubled <= HOUR_MS ? doubled : tries < 24 ? HOUR_MS : DAY_MS
  return Math.ceil(wait * (0.9 + 0.2 * chance()))
}
