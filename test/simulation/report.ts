import { ALLOWED_TRANSITIONS } from '../../middleware/refunds/refund.ts'
import { FAULTS } from './faults.ts'
import type { Fault } from './faults.ts'
import type { HistoryResult } from './history.ts'

/** From this many histories on, what never happened was not tried. */
const ENOUGH = 10_000
const LEAST_TIMES = 50
/** Allowed, and no step asks for it: a refusal to a repeated sending passes through `submitting`, and no look-up says that it was refused. */
const NOBODY_ASKS_FOR = ['unknown rejected']

/** Sums over many histories. */
export class Report {
  histories = 0
  kills = 0
  requests = 0
  gatewayRefunds = 0
  crmCalls = 0
  steps = 0
  longestCalmDays = 0
  readonly faults = new Map<Fault, number>((Object.keys(FAULTS) as Fault[]).map((fault) => [fault, 0]))
  readonly transitions = new Map<string, number>(
    Object.entries(ALLOWED_TRANSITIONS).flatMap(([from, targets]) =>
      targets.map((to) => [`${from} ${to}`, 0] as const),
    ),
  )
  readonly failures: HistorySummary[] = []

  add(history: HistorySummary): void {
    this.histories++
    this.kills += history.kills
    this.requests += history.requests
    this.gatewayRefunds += history.gatewayRefunds
    this.crmCalls += history.crmCalls
    this.steps += history.stepCount
    this.longestCalmDays = Math.max(this.longestCalmDays, history.calmDays)
    for (const [fault, times] of Object.entries(history.coverage) as [Fault, number][]) {
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + times)
    }
    for (const [transition, times] of Object.entries(history.transitions)) {
      this.transitions.set(transition, (this.transitions.get(transition) ?? 0) + times)
    }
    if (history.violation) this.failures.push(history)
  }

  /** One line each for what was not tried often enough to mean anything. */
  get gaps(): string[] {
    if (this.histories < ENOUGH) return []
    const rare = [...this.faults].filter(([, times]) => times < LEAST_TIMES)
    const never = [...this.transitions].filter(([pair, times]) => times === 0 && !NOBODY_ASKS_FOR.includes(pair))
    return [
      ...rare.map(([fault, times]) => `${fault} fired ${times} times only`),
      ...never.map(([transition]) => `${transition.replace(' ', ' → ')} never happened`),
    ]
  }

  get table(): string {
    const faults = [...this.faults].map(([fault, times]) => [`${fault} (${FAULTS[fault]})`, times] as const)
    const transitions = [...this.transitions].map(([pair, times]) => [pair.replace(' ', ' → '), times] as const)
    return `${columns('fault', faults)}\n\n${columns('transition', transitions)}\n`
  }

  get asJson(): object {
    const { histories, kills, requests, gatewayRefunds, crmCalls, steps, longestCalmDays, failures, gaps } = this
    return {
      ...{ histories, kills, requests, gatewayRefunds, crmCalls, steps, longestCalmDays },
      faults: Object.fromEntries(this.faults),
      transitions: Object.fromEntries(this.transitions),
      violations: failures.map(({ seed, violation }) => ({ seed, ...violation })),
      gaps,
    }
  }
}

/** A history without its list of steps. */
export type HistorySummary = Omit<HistoryResult, 'steps'> & { readonly stepCount: number }

export function summaryOf({ steps, ...rest }: HistoryResult): HistorySummary {
  return { ...rest, stepCount: steps.length }
}

function columns(title: string, rows: readonly (readonly [string, number])[]): string {
  const width = Math.max(title.length, ...rows.map(([name]) => name.length))
  return [`${title.padEnd(width)}  times`, ...rows.map(([name, times]) => `${name.padEnd(width)}  ${times}`)].join('\n')
}
