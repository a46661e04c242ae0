import type { CellResult } from './cell-run.ts'
import { nameOf } from './cells.ts'
import type { Cell, LeftOut } from './cells.ts'
import { KILL_POINTS, SIDES } from './kill-points.ts'
import { clock } from '../progress.ts'

export interface Report {
  readonly cells: number
  readonly doubles: number
  /** It was stopped before. */
  readonly notRun: number
  readonly seed: number
  readonly failed: number
  readonly seconds: number
  /** From the moment the last restart was up until everything was final, milliseconds. */
  readonly recovery: { readonly median: number; readonly longest: number } | null
  readonly byPoint: readonly PointReport[]
  readonly results: readonly CellResult[]
  /** Of the whole matrix, whatever was run of it. */
  readonly leftOut: readonly LeftOut[]
}

interface PointReport {
  readonly point: string
  readonly number: string
  readonly side: string
  readonly cells: number
  readonly failed: number
}

export function reportOf(
  cells: readonly Cell[],
  results: readonly CellResult[],
  leftOut: readonly LeftOut[],
  seed: number,
  ms: number,
): Report {
  const failed = new Set(results.filter(({ wrong }) => wrong.length > 0).map(({ cell }) => cell))
  const ran = new Set(results.map(({ cell }) => cell))
  const done = cells.filter((cell) => ran.has(nameOf(cell)))
  const byPoint = Object.entries(KILL_POINTS).flatMap(([point, { number }]) =>
    SIDES.map((side) => {
      const there = done.filter(({ kills }) => kills[0]!.point === point && kills[0]!.side === side)
      return {
        point,
        number,
        side,
        cells: there.length,
        failed: there.filter((cell) => failed.has(nameOf(cell))).length,
      }
    }).filter((row) => row.cells > 0),
  )
  const recoveries = results.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((one, other) => one - other)
  const rounded = (value: number | undefined) => Math.round(value ?? 0)
  return {
    cells: done.filter(({ kills }) => kills.length === 1).length,
    doubles: done.filter(({ kills }) => kills.length > 1).length,
    notRun: cells.length - done.length,
    seed,
    failed: failed.size,
    seconds: Math.round(ms / 1_000),
    recovery:
      recoveries.length === 0
        ? null
        : { median: rounded(recoveries[Math.floor(recoveries.length / 2)]), longest: rounded(recoveries.at(-1)) },
    byPoint,
    results,
    leftOut,
  }
}

/** The summary by kill point, and last a line for a person. */
export function inWords({ cells, doubles, notRun, seed, failed, seconds, recovery, byPoint, leftOut }: Report): string {
  const rows = byPoint.map(
    (row) =>
      `  ${row.number.padStart(3)}  ${`${row.point}, ${row.side}`.padEnd(26)} ${String(row.cells).padStart(4)} cells  ${row.failed === 0 ? 'ok' : `${row.failed} FAILED`}`,
  )
  const skipped = leftOut.reduce((sum, group) => sum + group.cells, 0)
  const recovered = recovery
    ? `; from restart to final ${(recovery.median / 1_000).toFixed(1)} s, at most ${(recovery.longest / 1_000).toFixed(1)} s`
    : ''
  const verdict =
    notRun > 0
      ? `Stopped: ${notRun} cells were not run, ${failed} of the other ${cells + doubles} FAILED`
      : failed === 0
        ? `Nothing was lost and nothing paid twice in ${cells} crashes and ${doubles} double crashes`
        : `${failed} of ${cells + doubles} cells FAILED`
  return [
    '',
    ...rows,
    '',
    `${skipped} combinations cannot be reached (${leftOut.length} groups; --list tells why). Seed of the double crashes: ${seed}.`,
    `${verdict}, in ${clock(seconds * 1_000)}${recovered}.`,
    '',
  ].join('\n')
}
