import { validate as isUuid } from 'uuid'
import type { Crm, CrmRecord, WriteResult } from '../crm/crm.ts'
import { CrmError } from '../crm/crm.ts'
import type { Database, Queryable } from '../database/database.ts'
import { backoffMs } from '../work/backoff.ts'
import { REFUND_COLUMNS, WITH_PAYMENT, toRefund } from './refund-rows.ts'
import type { RefundRow } from './refund-rows.ts'
import { dueBreaks } from './breaks.ts'
import { dueExposures, duePayments } from './exposures.ts'
import { FINAL_STATES } from './refund.ts'
import { toCrmRecord } from './refund-view.ts'
import { planWrites } from './write-budget.ts'
import { trace } from '../trace.ts'

/** What one composite call carries, and one collection in it. */
const CALL = 1_000
const COLLECTION = 200
/** Longer than the call's own deadline. */
const LEASE_SECONDS = 60
const QUARTER_HOUR_MS = 900_000

export interface WriteLease {
  readonly orgId: string
  readonly leaseNumber: number
  readonly tries: number
}

/** When a refund `r` causes a call: a final state, or a mark for a person, when it is due; any other state `hold` milliseconds later. */
const callAt = (hold: string) =>
  `r.crm_due_at + CASE WHEN r.attention IS NOT NULL OR r.state IN (${FINAL_STATES.map((state) => `'${state}'`).join(', ')})
     THEN interval '0' ELSE ${hold} * interval '1 millisecond' END`

/** One org with refunds to write, leased to this process alone: so one payment's rows are never written in parallel. */
export async function claimWrites(
  database: Database,
  crms: ReadonlyMap<string, Pick<Crm, 'apiUsage'>>,
): Promise<WriteLease[]> {
  return database.query<WriteLease>(
    `UPDATE orgs SET crm_lease_number = crm_lease_number + 1, crm_lease_until = relay_now() + make_interval(secs => $2)
     WHERE org_id IN (
       SELECT org_id FROM orgs JOIN unnest($1::text[], $3::bigint[]) AS plan (org_id, hold) USING (org_id)
       WHERE coalesce(crm_lease_until <= relay_now(), true)
         AND (EXISTS (SELECT FROM refunds r WHERE r.org_id = orgs.org_id AND crm_due_at <= relay_now()
             AND ${callAt('hold')} <= relay_now())
           OR EXISTS (SELECT FROM exposures WHERE exposures.org_id = orgs.org_id AND crm_due_at <= relay_now())
           OR EXISTS (SELECT FROM payments WHERE payments.org_id = orgs.org_id AND crm_due_at <= relay_now())
           OR EXISTS (SELECT FROM refund_breaks WHERE refund_breaks.org_id = orgs.org_id AND crm_due_at <= relay_now()))
       LIMIT 1 FOR UPDATE OF orgs SKIP LOCKED
     ) RETURNING org_id AS "orgId", crm_lease_number AS "leaseNumber", crm_tries AS tries`,
    [[...crms.keys()], LEASE_SECONDS, [...crms.values()].map((crm) => planWrites(crm.apiUsage).holdMs)],
  )
}

export interface WriteReport {
  readonly written: number
  readonly refused: number
  /** Milliseconds until the org is written to again at the earliest. */
  readonly nextInMs: number
  /** The whole call failed; when it is tried again. */
  readonly failed?: { readonly error: CrmError; readonly againInMs: number }
}

/**
 * Brings the newest state of up to 1,000 rows to the org in one call. Level-triggered: it compares versions, so a change that comes while
 * it writes is simply due again.
 */
export async function writeBack(database: Database, crm: Crm, lease: WriteLease): Promise<WriteReport> {
  const records = await dueRecords(database, lease.orgId, planWrites(crm.apiUsage).holdMs)
  try {
    const what = { orgId: lease.orgId, count: records.length }
    const results = await trace('write', what, () => crm.upsert(records))
    await trace('written', what, async () => {
      for (const table of TABLES) {
        const said = saidOf(table, results, records)
        // In a transaction, for those are done again when they were the victim of a deadlock.
        if (said.length > 0) await database.transaction((tx) => storeResults(tx, lease.orgId, table, said))
      }
    })
    const nextInMs = planWrites(crm.apiUsage).pauseMs
    await endLease(database, lease, nextInMs, 0)
    const refused = results.filter((result) => result.outcome === 'retry' || result.outcome === 'person').length
    return { written: results.length - refused, refused, nextInMs }
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    const againInMs = error.kind === 'limit' ? QUARTER_HOUR_MS : Math.min(backoffMs(lease.tries), QUARTER_HOUR_MS)
    await endLease(database, lease, againInMs, lease.tries + 1)
    return { written: 0, refused: 0, nextInMs: againInMs, failed: { error, againInMs } }
  }
}

/** What is due, of all kinds, as much as one call carries; one payment's rows are neighbours. */
async function dueRecords(database: Database, orgId: string, holdMs: number): Promise<CrmRecord[]> {
  const exposures = await dueExposures(database, orgId, COLLECTION)
  const payments = await duePayments(database, orgId, COLLECTION)
  const credits = await dueRefunds(database, orgId, 'r.payment_id IS NULL', COLLECTION, holdMs)
  const breaks = await dueBreaks(database, orgId, COLLECTION)
  const taken = [exposures, payments, credits, breaks].filter((records) => records.length > 0).length * COLLECTION
  const refunds = await dueRefunds(database, orgId, 'r.payment_id IS NOT NULL', CALL - taken, holdMs)
  const key = (record: CrmRecord) => ('paymentId' in record ? (record.paymentId ?? record.id) : record.id)
  return [...refunds, ...credits, ...exposures, ...payments, ...breaks].sort((a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0,
  )
}

async function dueRefunds(
  database: Database,
  orgId: string,
  which: string,
  limit: number,
  holdMs: number,
): Promise<CrmRecord[]> {
  // Rows that wait only for their flush, or are held back, go along with the first that is due, as far as there is room.
  const rows = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT}
     WHERE r.org_id = $1 AND r.crm_due_at <= relay_now() + interval '1 second' AND ${which}
     ORDER BY ${callAt('$3::bigint')} LIMIT $2`,
    [orgId, limit, holdMs],
  )
  return rows.map((row) => toCrmRecord(toRefund(row)))
}

/**
 * Salesforce can only hold a version that was committed here. One beyond ours shows that this ledger was restored from an older backup: it
 * takes the lead again with a step that no refund makes by itself, and what it knows now is written.
 */
const LEAD = 1_000

/** Where each type of record comes from, and what its id is there. */
const TABLES = [
  { name: 'refunds', id: 'id', idType: 'uuid', types: ['refund', 'credit'] },
  { name: 'exposures', id: 'id', idType: 'uuid', types: ['exposure'] },
  { name: 'payments', id: 'payment_id', idType: 'text', types: ['payment'] },
  { name: 'refund_breaks', id: 'id', idType: 'uuid', types: ['break'] },
] as const satisfies readonly { name: string; id: string; idType: string; types: readonly CrmRecord['type'][] }[]
type Table = (typeof TABLES)[number]

/** What was said of each row of a table. */
function saidOf({ types }: Table, results: readonly WriteResult[], records: readonly CrmRecord[]) {
  return records.flatMap(({ type, id, version }, place) => {
    const result = results[place]!
    if (!types.some((each) => each === type)) return []
    const refusal = result.outcome === 'retry' || result.outcome === 'person' ? result.detail.slice(0, 1_000) : null
    return { id, version, outcome: result.outcome, refusal }
  })
}

async function storeResults(
  tx: Queryable,
  orgId: string,
  { name, id, idType }: Table,
  said: ReturnType<typeof saidOf>,
): Promise<void> {
  const isAhead = `said.outcome = 'newer' AND ${name}.version <= said.version`
  const backOff = `relay_now() + least(interval '1 hour', interval '2 seconds' * power(2, least(crm_tries, 12)))`
  await tx.query(
    `UPDATE ${name} SET
       version = CASE WHEN ${isAhead} THEN ${name}.version + ${LEAD} ELSE ${name}.version END,
       crm_version = CASE WHEN said.outcome = 'written' THEN greatest(crm_version, said.version) ELSE crm_version END,
       crm_refusal = said.refusal,
       crm_refused_at = CASE said.outcome WHEN 'person' THEN coalesce(crm_refused_at, relay_now())
         WHEN 'retry' THEN crm_refused_at END,
       crm_tries = CASE said.outcome WHEN 'written' THEN 0 ELSE crm_tries + 1 END,
       crm_due_at = CASE
         WHEN ${isAhead} THEN ${backOff}
         WHEN said.outcome = 'written' AND ${name}.version <= said.version THEN NULL
         -- By another process, whose word came first.
         WHEN said.outcome = 'newer' AND ${name}.version <= crm_version THEN NULL
         WHEN said.outcome IN ('written', 'newer') THEN relay_now()
         -- What was refused is an older version: the present one was never tried.
         WHEN ${name}.version > said.version THEN relay_now() + interval '1 second'
         WHEN said.outcome = 'person' THEN relay_now() + interval '1 day'
         ELSE ${backOff} END
     FROM jsonb_to_recordset($1) AS said (id ${idType}, version integer, outcome text, refusal text)
     WHERE ${name}.org_id = $2 AND ${name}.${id} = said.id`,
    [JSON.stringify(said), orgId],
  )
}

async function endLease(database: Database, lease: WriteLease, pause: number, tries: number): Promise<void> {
  await database.query(
    `UPDATE orgs SET crm_lease_until = relay_now() + $3::bigint * interval '1 millisecond', crm_tries = $4
     WHERE org_id = $1 AND crm_lease_number = $2`,
    [lease.orgId, lease.leaseNumber, pause, tries],
  )
}

/**
 * Has what Salesforce does not hold yet written again now instead of with tomorrow's try: somebody has mended what it named.
 * @param id of a refund, credit, exposure or break, or a payment's record id
 * @returns whether there was something to write
 */
export async function writeAgain(database: Database, id: string): Promise<boolean> {
  let due = 0
  for (const [table, column] of isUuid(id)
    ? ([
        ['refunds', 'id'],
        ['exposures', 'id'],
        ['refund_breaks', 'id'],
      ] as const)
    : ([['payments', 'payment_id']] as const)) {
    const rows = await database.query(
      `UPDATE ${table} SET crm_due_at = relay_now(), crm_tries = 0 WHERE ${column} = $1 AND crm_version < version RETURNING 1`,
      [id],
    )
    due += rows.length
  }
  return due > 0
}
