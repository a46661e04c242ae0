import type { Readable } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../database/database.ts'
import type { GatewayEvent } from '../../gateways/gateway.ts'
import type { ReportLine } from '../../gateways/report-line.ts'
import { storeEvents } from '../../refunds/event-inbox.ts'
import type { Break } from './break.ts'
import { beginReconciliation, endReconciliation, storeBreaks, withdrawBreaks } from './break-store.ts'
import type { Agreement, Period, Reconciliation } from './break-store.ts'
import { completeLine } from './complete-line.ts'
import { judgeLine } from './judge-line.ts'
import type { Compared } from './judge-line.ts'
import { missingThere, notInSalesforce } from './ledger-breaks.ts'
import { matchLines } from './ledger-match.ts'
import type { Account } from './ledger-match.ts'

/** Lines that are compared with one query; what is held in memory is one batch. */
const BATCH = 1_000
/** Read beside the period of a gateway that is asked: clocks differ, and a look-up tells of a refund later than its event. */
const MARGIN_MS = 3 * 3_600_000

export interface ReconcileOptions {
  /** The report as a file, and its name; null: the gateway is asked. */
  readonly report: { readonly stream: Readable; readonly name: string } | null
  /** Tells the ledger what the report says, where that mends a break. */
  readonly apply: boolean
  /** After every batch. */
  readonly onProgress?: (lines: number) => void
}

export interface ReconcileOutcome {
  readonly id: string
  /** That speak of refunds or disputes of this account. */
  readonly lines: number
  /** Breaks that this comparison found, and those of earlier ones that it no longer found. */
  readonly open: number
  readonly closed: number
  /** Lines that could mend a break, and, of those that were told to the ledger, the ones that it had not heard yet. */
  readonly mendable: number
  readonly told: number
}

/**
 * Compares a gateway's account of a period with the ledger, and what the ledger holds with what Salesforce was given.
 * @throws ReportError; breaks of earlier comparisons stay as they are
 */
export async function reconcile(
  database: Database,
  compared: Compared,
  account: Account & Period,
  { report, apply, onProgress }: ReconcileOptions,
): Promise<ReconcileOutcome> {
  const run: Reconciliation = { ...account, id: uuidv7() }
  const { gateway } = compared
  const margin = report ? 0 : MARGIN_MS
  const period = {
    since: new Date(account.since.getTime() - margin).toISOString(),
    until: new Date(account.until.getTime() + margin).toISOString(),
  }
  // Before anything is written down: a gateway that needs its file says so here.
  const lines = gateway.reportLines!(period, report?.stream ?? null)
  await beginReconciliation(database, run, report?.name ?? null)
  const count = { lines: 0, mendable: 0, told: 0 }
  let anyBreak = false
  for await (const batch of inBatches(lines)) {
    const { breaks, agreements, events } = await compareBatch(database, compared, run, batch)
    // Those of the batches before; this one has weighed its own lines against each other.
    if (anyBreak && agreements.length > 0) await withdrawBreaks(database, run, agreements)
    await storeBreaks(database, run, breaks)
    anyBreak ||= breaks.length > 0
    if (apply) {
      const stored = await storeEvents(database, { gateway: account.gateway, account: account.account, events })
      count.told += stored.fresh
    }
    count.mendable += events.length
    count.lines += batch.length
    onProgress?.(count.lines)
  }
  for await (const breaks of missingThere(database, run, compared)) await storeBreaks(database, run, breaks)
  for await (const breaks of notInSalesforce(database, run)) await storeBreaks(database, run, breaks)
  return { id: run.id, ...count, ...(await endReconciliation(database, run, count.lines)) }
}

interface BatchResult {
  readonly breaks: readonly Break[]
  readonly agreements: readonly Agreement[]
  readonly events: readonly GatewayEvent[]
}

/** Of the lines of one subject the latest counts; that the gateway merely has a refund takes nothing back. */
async function compareBatch(
  database: Database,
  compared: Compared,
  run: Reconciliation,
  batch: readonly ReportLine[],
): Promise<BatchResult> {
  const matches = await matchLines(database, run, run.id, batch)
  const breaks = new Map<string, { readonly found: Break; readonly place: number }>()
  const agreed = new Map<string, { readonly at: string | null; readonly place: number }>()
  const events: GatewayEvent[] = []
  for (const [place, read] of batch.entries()) {
    const line = matches[place]!.refund ? read : await completeLine(compared.gateway, read)
    // Of another account of the same owner.
    if (!line) continue
    const verdict = judgeLine(compared, line, matches[place]!)
    const at = line.event.occurredAt
    if (verdict.mends) events.push(line.event)
    if (verdict.break) {
      const key = `${verdict.break.kind} ${verdict.subject}`
      if (isLater(at, breaks.get(key)?.found.happenedAt)) breaks.set(key, { found: verdict.break, place })
    } else if (line.says !== 'refund_accepted' && isLater(at, agreed.get(verdict.subject)?.at)) {
      agreed.set(verdict.subject, { at, place })
    }
  }
  const standing = [...breaks.values()].filter(({ found, place }) => {
    const agreement = agreed.get(found.subject)
    // Within one second the order of the report counts: what it says is not taken back by what it said before.
    return (
      found.kind !== 'other_state' || !agreement || agreement.place < place || !isLater(agreement.at, found.happenedAt)
    )
  })
  return {
    breaks: standing.map(({ found }) => found),
    agreements: [...agreed].map(([subject, { at }]) => ({ subject, at })),
    events,
  }
}

/** Or at the same time; times are ISO 8601 in UTC. */
function isLater(at: string | null, than: string | null | undefined): boolean {
  return (at ?? '') >= (than ?? '')
}

async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    if (batch.push(item) < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
