import { writeFileSync } from 'node:fs'
import { MUTANTS } from './mutants/all.ts'
import type { Pool } from './pool.ts'
import { Progress } from '../progress.ts'
import type { HistorySummary } from './report.ts'

interface Hunt {
  readonly name: string
  readonly histories: number
  readonly caught: HistorySummary | null
  readonly matched: boolean
}

/** Runs each planted bug until a history catches it. @returns the exit code: 0 when every one was caught */
export async function huntMutants(
  pool: Pool,
  names: readonly string[],
  first: number,
  most: number,
  json: string | undefined,
): Promise<number> {
  const seeds = Array.from({ length: most }, (_, place) => first + place)
  const hunts = new Map<string, Hunt>(names.map((name) => [name, { name, histories: 0, caught: null, matched: false }]))
  const progress = new Progress(names.length, 'planted bugs', process.stderr)
  let done = 0
  const waiting = [...names]
  const hunt = async (place: number) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const name = mutant
      await pool.perform(place, { kind: 'run', seeds, mutant: name }, (history) => {
        const known = hunts.get(name)!
        hunts.set(name, {
          name,
          histories: known.histories + 1,
          caught: known.caught ?? (history.violation ? history : null),
          matched: known.matched || history.mutantMatched,
        })
      })
      progress.at(++done)
    }
  }
  await Promise.all(Array.from({ length: pool.size }, (_, place) => hunt(place)))
  progress.end()
  const results = [...hunts.values()]
  process.stdout.write(tableOf(results))
  if (json !== undefined) writeFileSync(json, JSON.stringify(results, null, 2))
  const loose = results.filter(({ caught }) => caught === null)
  const idle = results.filter(({ name, matched }) => MUTANTS.find((one) => one.name === name)!.rewrite && !matched)
  for (const { name } of idle) process.stdout.write(`✗ ${name} never met the statement that it changes\n`)
  const isGood = loose.length === 0 && idle.length === 0
  const told = `${results.length - loose.length} of ${results.length} planted bugs caught, ${Math.round(progress.seconds)} s`
  process.stdout.write(
    isGood ? `✓ ${told}.\n` : `✗ ${told}; still loose: ${loose.map(({ name }) => name).join(', ')}\n`,
  )
  return isGood ? 0 : 1
}

function tableOf(hunts: readonly Hunt[]): string {
  const lines = hunts.map(({ name, histories, caught }) => {
    const { bug, otherHalf } = MUTANTS.find((one) => one.name === name)!
    const by = caught
      ? `history ${String(histories).padEnd(4)} ${caught.violation!.invariant.padEnd(4)}`
      : `not in ${histories}`.padEnd(17)
    return `${name.padEnd(34)} ${by} ${bug}${otherHalf ? ` [pair: ${otherHalf}]` : ''}`
  })
  return `${lines.join('\n')}\n`
}
