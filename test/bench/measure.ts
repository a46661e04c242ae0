import type { BenchDatabase } from './bench-database.ts'

/** What a figure must not miss. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number }

export interface Figure {
  readonly name: string
  readonly value: number
  /** "×" for a ratio. */
  readonly unit: string
  /** Left out where a figure only informs. */
  readonly aim?: Aim
  /** What it was made of. */
  readonly note?: string
  /** Lines that are told below the table. */
  readonly details?: readonly string[]
}

/** How much is done; everything is bounded by it. */
export interface Size {
  /** Also what takes longest: three million rows, a hundred thousand refunds, an idle look of six minutes. */
  readonly full: boolean
  /** Share of the ordinary load, 0 to 1; below 1 the figures are a trial of the command, not a measurement. */
  readonly scale: number
  /** Rounds of which the median counts. */
  readonly rounds: number
}

export interface BenchContext extends Size {
  /** Databases of their own on the run's own PostgreSQL, durable. */
  readonly server: BenchDatabase
  /** A folder of this run. */
  readonly directory: string
  /** Where CPU profiles of the middleware go; null: none are taken. */
  readonly profiles: string | null
  progress(line: string): void
}

export interface Measure {
  readonly name: string
  /** What it means, for --help. */
  readonly about: string
  run(context: BenchContext): Promise<readonly Figure[]>
}

/** @returns null where a figure has no aim */
export function reaches({ value, aim }: Figure): boolean | null {
  if (aim === undefined) return null
  return 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost
}

/** A number of things to do: at least `least`, so that a trial run still does something. */
export function scaled({ scale }: Size, count: number, least = 1): number {
  return Math.max(least, Math.round(count * scale))
}

/** What ends the command with 1. */
export function missedOf(figures: readonly Figure[]): Figure[] {
  return figures.filter((figure) => reaches(figure) === false)
}
