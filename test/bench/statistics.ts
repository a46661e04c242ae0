/** @param share 0.5 for the median, 0.99 for p99 */
export function percentile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b)
  if (ordered.length === 0) throw new RangeError('nothing was measured')
  return ordered[Math.min(ordered.length - 1, Math.ceil(ordered.length * share) - 1)]!
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/**
 * Several ways of doing the same thing, one after the other in every round, so that a busy minute of the machine meets all of them. Who comes
 * twice in a row is faster the second time: of two, both do as often where the rounds are odd, or where the first has been done just before.
 */
export async function alternate<Name extends string>(
  rounds: number,
  ways: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    // Who came last begins the next round.
    const order = round % 2 === 0 ? names : [...names].reverse()
    for (const name of order) figures[name].push(await ways[name](round))
  }
  return figures
}

/**
 * Does `count` things, `callers` at a time, each caller beginning the next when its last has ended.
 * @returns seconds
 */
export async function together(
  callers: number,
  count: number,
  work: (place: number) => Promise<unknown>,
): Promise<number> {
  let next = 0
  const caller = async () => {
    while (next < count) await work(next++)
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: Math.min(callers, count) }, caller))
  return (performance.now() - started) / 1_000
}
