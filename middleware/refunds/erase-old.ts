import type { Database, Transaction } from '../database/database.ts'

/** Rows of one statement. */
const BATCH = 500
/** Of one run. What is left waits for the next: the first run on a ledger of years must not keep the disk from agents. */
const BATCHES = 10

interface Subject {
  readonly name: string
  readonly idType: 'uuid' | 'bigint'
  /** Ids grow with time: after the first row that is not old, none is. */
  readonly isOld: string
  /** Erases those of $1 that are over, and says which; rows that somebody holds are left to another day. */
  readonly erase: string
}

const CUTOFF = 'relay_now() - make_interval(days => $2::int)'

const SUBJECTS: readonly Subject[] = [
  {
    name: 'refunds',
    idType: 'uuid',
    // A UUIDv7 begins with its milliseconds. Not by requested_at: of what was made elsewhere, the gateway says that.
    isOld: `id < (lpad(to_hex((extract(epoch FROM ${CUTOFF}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`,
    erase: `UPDATE refunds SET erased_at = relay_now() WHERE id IN (
        SELECT id FROM refunds r WHERE id = ANY($1::uuid[]) AND is_over(r) AND updated_at < ${CUTOFF} FOR UPDATE SKIP LOCKED
      ) RETURNING id::text`,
  },
  {
    name: 'gateway_events',
    idType: 'bigint',
    isOld: `received_at < ${CUTOFF}`,
    // Nothing that judges an event reads its payload. Of a payment that nobody ever refunds here it may wait for ever; should it be joined one day, its codes and amounts count.
    erase: `UPDATE gateway_events SET payload = 'null', gateway_message = NULL WHERE id IN (
        SELECT id FROM gateway_events WHERE id = ANY($1::bigint[]) AND received_at < ${CUTOFF}
          AND (due_at IS NULL OR outcome = 'no_such_payment') FOR UPDATE SKIP LOCKED
      ) RETURNING id::text`,
  },
]

/**
 * Erases what people wrote of refunds and credits that have been over for this many days and wait for nothing, what was sent and said of
 * them, and the payloads of events as old as that; a bounded number of rows each time.
 * @returns how many rows were erased
 */
export async function eraseOld(database: Database, days: number): Promise<number> {
  let erased = 0
  for (const subject of SUBJECTS) {
    for (let batch = 0; batch < BATCHES; batch++) {
      const done = await database.transaction((tx) => eraseBatch(tx, subject, days))
      if (done === null) break
      erased += done
    }
  }
  return erased
}

/** @returns null when nothing more is to be gone through now, or another process is at it */
async function eraseBatch(tx: Transaction, subject: Subject, days: number): Promise<number | null> {
  const [cursor] = await tx.query<{ goneThrough: string }>(
    `SELECT gone_through AS "goneThrough" FROM erasure_cursors WHERE subject = $1 FOR UPDATE SKIP LOCKED`,
    [subject.name],
  )
  if (!cursor) return null
  const kept = await tx.query<{ id: string }>(
    'SELECT id FROM kept_longer WHERE subject = $1 AND due_at <= relay_now() ORDER BY due_at LIMIT $2',
    [subject.name, BATCH],
  )
  const ids = kept.length > 0 ? kept.map(({ id }) => id) : await nextOld(tx, subject, cursor.goneThrough, days)
  if (ids.length === 0) return null
  const rows = await tx.query<{ id: string }>(subject.erase, [ids, days])
  const erased = new Set(rows.map(({ id }) => id))
  await tx.query('DELETE FROM kept_longer WHERE subject = $1 AND id = ANY($2)', [subject.name, [...erased]])
  await tx.query(
    `INSERT INTO kept_longer (subject, id) SELECT $1, unnest($2::text[])
     ON CONFLICT (subject, id) DO UPDATE SET due_at = excluded.due_at`,
    [subject.name, ids.filter((id) => !erased.has(id))],
  )
  if (kept.length === 0) {
    await tx.query('UPDATE erasure_cursors SET gone_through = $2 WHERE subject = $1', [subject.name, ids.at(-1)])
  }
  return erased.size
}

/** The next rows as they came, up to the first that is not old: never more than a batch is read. */
async function nextOld(
  tx: Transaction,
  { name, idType, isOld }: Subject,
  goneThrough: string,
  days: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string; old: boolean }>(
    `SELECT id::text, ${isOld} AS old FROM ${name} WHERE id > $1::${idType} ORDER BY ${name}.id LIMIT $3`,
    [goneThrough, days, BATCH],
  )
  const firstYoung = rows.findIndex(({ old }) => !old)
  return rows.slice(0, firstYoung < 0 ? rows.length : firstYoung).map(({ id }) => id)
}
