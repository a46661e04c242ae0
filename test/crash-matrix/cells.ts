import { ADYEN } from './adyen-scenarios.ts'
import { BRAINTREE } from './braintree-scenarios.ts'
import { OUTCOMES, isStoredAsSent } from './connection.ts'
import type { Connection, Outcome, Scenario } from './connection.ts'
import { GOCARDLESS } from './gocardless-scenarios.ts'
import { KILL_POINTS, SIDES, nameOfKill } from './kill-points.ts'
import type { Kill, PointName, Side } from './kill-points.ts'

export const CONNECTIONS: readonly Connection[] = [...ADYEN, BRAINTREE, GOCARDLESS]

/** One refund, killed once, or twice: again while it recovers. */
export interface Cell {
  readonly connection: Connection
  readonly outcome: Outcome
  readonly scenario: Scenario
  /** Middleware processes on the one database. */
  readonly instances: 1 | 2
  readonly kills: readonly Kill[]
}

/** Combinations that cannot be, for one reason. */
export interface LeftOut {
  readonly reason: string
  /** connection/outcome/point, `*` where it is all of them. */
  readonly where: readonly string[]
  /** Combinations of point, side and instances. */
  readonly cells: number
}

export function nameOf({ connection, outcome, instances, kills }: Cell): string {
  return `${connection.name}/${outcome}/${instances}/${kills.map(nameOfKill).join('+')}`
}

/** Every combination that can be reached, and the groups that cannot. */
export function allCells(): { cells: Cell[]; leftOut: LeftOut[] } {
  const cells: Cell[] = []
  const leftOut = new Map<string, LeftOut>()
  const leave = (place: string, reason: string, count: number) => {
    const known = leftOut.get(reason)
    const where = new Set([...(known?.where ?? []), place])
    leftOut.set(reason, { reason, where: [...where], cells: (known?.cells ?? 0) + count })
  }
  const points = Object.keys(KILL_POINTS) as PointName[]
  for (const connection of CONNECTIONS) {
    for (const [outcome, scenario] of Object.entries(connection.outcomes) as [Outcome, Scenario | string][]) {
      const where = `${connection.name}/${outcome}`
      if (typeof scenario === 'string') {
        leave(`${where}/*`, scenario, points.length * SIDES.length * 2)
        continue
      }
      for (const point of points) {
        for (const side of SIDES) {
          const reason = whyUnreachable(scenario, outcome, point, side)
          if (reason !== null) leave(`${where}/${point}`, reason, 2)
          else
            for (const instances of [1, 2] as const)
              cells.push({ connection, outcome, scenario, instances, kills: [{ point, side }] })
        }
      }
    }
  }
  return { cells, leftOut: [...leftOut.values()] }
}

function whyUnreachable(scenario: Scenario, outcome: Outcome, point: PointName, side: Side): string | null {
  switch (point) {
    case 'lease-commit':
      return isStoredAsSent(scenario) ? 'stored as being sent: intake-commit' : null
    case 'ledger-write':
      return scenario.isInLedger ? null : 'refused at the door: the ledger is not written'
    case 'webhook-received':
    case 'inbox-commit':
      return scenario.webhooksBefore === null ? `${OUTCOMES[outcome]}: no webhook is sent` : null
    case 'webhook-answer':
      if (scenario.webhooksBefore === null) return `${OUTCOMES[outcome]}: no webhook is sent`
      return side === 'before' ? 'the same moment as inbox-commit:after' : null
    case 'outcome-commit':
      return scenario.webhooksBefore === null && scenario.pollOutcomeMs === undefined
        ? 'the outcome is stored with the answer: result-commit'
        : null
    case 'look-up':
      return scenario.pollOutcomeMs === undefined
        ? 'nothing is looked up unless something went wrong: see the double crashes'
        : null
    default:
      return null
  }
}

/** The cell of a name, double crashes included. @throws RangeError */
export function cellOf(name: string): Cell {
  const [connectionName, outcome, instances, kills] = name.split('/')
  const connection = CONNECTIONS.find((one) => one.name === connectionName)
  const scenario = connection?.outcomes[outcome as Outcome]
  if (!connection || typeof scenario !== 'object' || !/^[12]$/.test(instances ?? '') || !kills) {
    throw new RangeError(`there is no cell ${name}`)
  }
  return {
    connection,
    outcome: outcome as Outcome,
    scenario,
    instances: Number(instances) as 1 | 2,
    kills: kills.split('+').map((text) => {
      const [point, side] = text.split(':')
      if (!Object.hasOwn(KILL_POINTS, point ?? '') || !SIDES.includes(side as Side)) {
        throw new RangeError(`there is no kill point ${text}`)
      }
      return { point: point as PointName, side: side as Side }
    }),
  }
}
