import { refundFields } from '../../../middleware/crm/refund-record.ts'
import type { Crm, CrmRecord, RefundRecord } from '../../../middleware/crm/crm.ts'
import { openDatabase, violatedConstraint } from '../../../middleware/database/database.ts'
import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { applyEvidence } from '../../../middleware/refunds/apply-evidence.ts'
import { eraseOld } from '../../../middleware/refunds/erase-old.ts'
import { claimWrites, writeBack } from '../../../middleware/refunds/write-back.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, USER_ID } from './ledger-rows.ts'
import { NAME, toldEvent, toldRefund, whereTheNameIs } from './told-refunds.ts'

const DAYS = 100
const gateway = { label: 'Adyen', capabilities: { holdAfterLateFailureMs: 0 } } as Gateway

async function rowOf({ database }: FreshDatabase, id: string): Promise<Record<string, unknown>> {
  const [found] = await database.query<{ row: Record<string, unknown> }>(
    'SELECT to_jsonb(refunds) AS row FROM refunds WHERE id = $1',
    [id],
  )
  return found!.row
}

describe('what is old', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterEach(() => db.close())

  /** As if it had been told to Salesforce, and that long ago. */
  const longAgo = (id: string) =>
    db.database.query(
      `UPDATE refunds SET crm_due_at = NULL, crm_version = version, updated_at = relay_now() - interval '101 days' WHERE id = $1`,
      [id],
    )
  const over = async (id: string) => {
    await db.database.query(`UPDATE refunds SET state = 'failed', held_until = NULL, due_at = NULL WHERE id = $1`, [id])
    await longAgo(id)
  }
  const tomorrow = () => db.database.query('UPDATE kept_longer SET due_at = relay_now()')

  it.each(['refund', 'credit'] as const)(
    'is erased once a %s has been over for so many days: what people wrote, what was sent and said; the books stay',
    async (kind) => {
      const { id } = await toldRefund(db.database, DAYS + 1, { kind, state: 'rejected' })
      expect(await whereTheNameIs(db.database)).toHaveLength(4)
      const before = await rowOf(db, id)
      expect(await eraseOld(db.database, DAYS)).toBe(2)
      expect(await whereTheNameIs(db.database)).toEqual([])
      const { erased_at, ...after } = await rowOf(db, id)
      expect(after).toEqual({
        ...before,
        note: null,
        line_items: null,
        gateway_message: null,
        evidence: 'settled by ada',
        erased_at: undefined,
      })
      expect(erased_at).not.toBeNull()
      expect(after).toMatchObject({ amount: 10, requested_by: USER_ID, request_digest: 'digest', reason: 'returned' })
    },
  )

  it('leaves who changed what, when, and on which evidence', async () => {
    const { id } = await toldRefund(db.database, DAYS + 1)
    await eraseOld(db.database, DAYS)
    const changes = await db.database.query('SELECT evidence FROM refund_changes WHERE refund_id = $1 ORDER BY id', [
      id,
    ])
    expect(changes.map((change) => (change as { evidence: string }).evidence)).toEqual([
      'settled by ada',
      'settled by ada',
      'released by bo',
      'event 7 REFUND',
    ])
  })

  it.each([
    ['is pending', `state = 'pending'`],
    ['holds its amount', `held_until = relay_now() + interval '1 day', crm_due_at = NULL, crm_version = 9`],
    ['is looked at again', `due_at = relay_now() + interval '1 day'`],
    ['is not in Salesforce as it is now', 'crm_version = 0'],
    ['is refused by Salesforce', `crm_due_at = relay_now() + interval '1 day', crm_refused_at = relay_now()`],
    ['changed since', 'updated_at = relay_now()'],
  ])('is left where it %s, and erased on a later day when that is no longer so', async (_what, change) => {
    const { id } = await toldRefund(db.database, DAYS + 1)
    await db.database.query('ALTER TABLE refunds DISABLE TRIGGER guard_refund')
    await db.database.query(`UPDATE refunds SET ${change} WHERE id = $1`, [id])
    await eraseOld(db.database, DAYS)
    expect(await whereTheNameIs(db.database)).toEqual([`attempts ${id}`, `refund_changes ${id}`, `refunds ${id}`])
    await over(id)
    await tomorrow()
    await eraseOld(db.database, DAYS)
    expect(await whereTheNameIs(db.database)).toEqual([])
    expect(await db.database.query('SELECT * FROM kept_longer')).toEqual([])
  })

  it('is not what is a day younger', async () => {
    const { id, eventId } = await toldRefund(db.database, DAYS - 1)
    expect(await eraseOld(db.database, DAYS)).toBe(0)
    expect(await whereTheNameIs(db.database)).toContain(`refunds ${id}`)
    expect(await whereTheNameIs(db.database)).toContain(`gateway_events ${eventId}`)
    expect(await db.database.query('SELECT * FROM kept_longer')).toEqual([])
  })

  it('is an event that was applied or is of a payment nobody refunds here, and no other', async () => {
    await toldEvent(db.database, DAYS + 1)
    const parked = await toldEvent(db.database, DAYS + 1, { outcome: 'no_such_payment', isDue: true })
    const fails = await toldEvent(db.database, DAYS + 1, { outcome: 'work_fails', isDue: true })
    expect(await eraseOld(db.database, DAYS)).toBe(2)
    expect(await whereTheNameIs(db.database)).toEqual([`gateway_events ${fails}`])
    const [still] = await db.database.query(
      'SELECT kind, amount, error_code, due_at IS NOT NULL AS due FROM gateway_events WHERE id = $1',
      [parked],
    )
    expect(still).toEqual({
      kind: 'refund_failed_late',
      amount: '10.00',
      error_code: 'bank_returned_refund',
      due: true,
    })
  })

  it('is kept for the new time when that was made longer', async () => {
    const event = await toldEvent(db.database, DAYS + 1, { outcome: 'work_fails', isDue: true })
    await eraseOld(db.database, DAYS)
    await db.database.query(`UPDATE gateway_events SET due_at = NULL, outcome = 'applied'`)
    await tomorrow()
    expect(await eraseOld(db.database, DAYS + 2)).toBe(0)
    expect(await whereTheNameIs(db.database)).toEqual([`gateway_events ${event}`])
  })

  it('is gone through in bounded steps, by several processes at once, each row by one of them', async () => {
    await db.database.query(
      `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, payload, received_at, outcome)
       SELECT 'adyen', 'RefundRelayECOM', n, 'captured', 'CAPTURE', '{"reason":"${NAME}"}', relay_now() - interval '101 days', 'applied'
       FROM generate_series(1, 6200) n`,
    )
    const others = [openDatabase(db.url), openDatabase(db.url)]
    const erased = await Promise.all([db.database, ...others].map((each) => eraseOld(each, DAYS)))
    for (const other of others) await other.close()
    for (const each of erased) expect(each).toBeLessThanOrEqual(5_000)
    const rest = await eraseOld(db.database, DAYS)
    expect(erased.reduce((sum, each) => sum + each, rest)).toBe(6_200)
    expect(await whereTheNameIs(db.database)).toEqual([])
  })

  it('waits for nobody: what somebody holds is left to another day', async () => {
    const { id } = await toldRefund(db.database, DAYS + 1)
    await db.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM refunds WHERE id = $1 FOR UPDATE', [id])
      const other = openDatabase(db.url)
      expect(await eraseOld(other, DAYS)).toBe(1)
      await other.close()
    })
    await tomorrow()
    expect(await eraseOld(db.database, DAYS)).toBe(1)
  })

  it('is not told to Salesforce, and a later failure never wipes the note there; its own words are erased in their turn', async () => {
    const { id } = await toldRefund(db.database, DAYS + 1, { state: 'succeeded' })
    await db.database.query('UPDATE refunds SET error_code = NULL WHERE id = $1', [id])
    await longAgo(id)
    const written: CrmRecord[] = []
    const crm = {
      apiUsage: null,
      async upsert(records: readonly CrmRecord[]) {
        written.push(...records)
        return records.map((record) => ({ id: record.id, outcome: 'written' as const }))
      },
    } as Pick<Crm, 'upsert' | 'apiUsage'> as Crm
    const write = async () => {
      await db.database.query('UPDATE refunds SET crm_due_at = relay_now() WHERE crm_due_at IS NOT NULL')
      const [lease] = await claimWrites(db.database, new Map([[ORG_ID, crm]]))
      if (lease) await writeBack(db.database, crm, lease)
    }
    await eraseOld(db.database, DAYS)
    await write()
    expect(written).toEqual([])
    await applyEvidence(db.database, gateway, id, {
      source: 'event 8 REFUND_FAILED',
      kind: 'refund_failed_late',
      occurredAt: new Date(),
      gatewayReference: null,
      amount: null,
      failure: { code: 'bank_returned_refund', gatewayMessage: `${NAME} moved` },
    })
    await write()
    const fields = refundFields(written[0] as RefundRecord)
    expect(fields).toMatchObject({ Stage__c: 'Failed', Gateway_Message__c: `${NAME} moved` })
    expect(fields).not.toHaveProperty('Note__c')
    await over(id)
    await tomorrow()
    await eraseOld(db.database, DAYS)
    expect(await whereTheNameIs(db.database)).toEqual([])
  })
})

describe('the mark that erases, by hand', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  const refusal = (statement: string, id: string) =>
    db.database.query(statement, [id]).then(() => 'done', violatedConstraint)

  it.each([
    ['a note alone', `UPDATE refunds SET note = NULL WHERE id = $1`, 'refund_request_immutable'],
    [
      'another note',
      `UPDATE refunds SET note = 'x', erased_at = relay_now() WHERE id = $1`,
      'refund_request_immutable',
    ],
    ['another item', `UPDATE refunds SET line_items = '[]' WHERE id = $1`, 'refund_request_immutable'],
    [
      'an amount as well',
      `UPDATE refunds SET erased_at = relay_now(), amount = 11 WHERE id = $1`,
      'refund_request_immutable',
    ],
    [
      'a state as well',
      `UPDATE refunds SET erased_at = relay_now(), state = 'succeeded' WHERE id = $1`,
      'refund_erased_whole',
    ],
    [
      'who asked as well',
      `UPDATE refunds SET erased_at = relay_now(), requested_by = 'x' WHERE id = $1`,
      'refund_erased_whole',
    ],
    ['an earlier day', `UPDATE refunds SET erased_at = '2026-01-01' WHERE id = $1`, 'refund_erased_whole'],
    ['the body of an attempt', `UPDATE attempts SET body = 'null' WHERE refund_id = $1`, 'attempt_body_immutable'],
    [
      'the history',
      `UPDATE refund_changes SET evidence = 'settled by ada' WHERE refund_id = $1 AND evidence LIKE 'settled%'`,
      'append_only',
    ],
  ])('%s is refused, and changes nothing', async (_what, statement, constraint) => {
    const { id } = await toldRefund(db.database, DAYS + 1)
    const before = await rowOf(db, id)
    expect(await refusal(statement, id)).toBe(constraint)
    expect(await rowOf(db, id)).toEqual(before)
  })

  it.each([
    ['take the mark back', 'UPDATE refunds SET erased_at = NULL WHERE id = $1', 'refund_erased_whole'],
    ['write another note', `UPDATE refunds SET note = 'x' WHERE id = $1`, 'refund_request_immutable'],
    ['rewrite who did it', `UPDATE refund_changes SET evidence = 'settled by bo' WHERE refund_id = $1`, 'append_only'],
    ['rewrite when', `UPDATE refund_changes SET changed_at = relay_now() WHERE refund_id = $1`, 'append_only'],
    ['delete the history', 'DELETE FROM refund_changes WHERE refund_id = $1', 'append_only'],
  ])('nobody can %s of what was erased', async (_what, statement, constraint) => {
    const { id } = await toldRefund(db.database, DAYS + 1)
    await eraseOld(db.database, DAYS)
    expect(await refusal(statement, id)).toBe(constraint)
  })

  it.each(['requested', 'submitting', 'pending', 'unknown'] as const)('what is %s is refused', async (state) => {
    const { id } = await toldRefund(db.database, DAYS + 1, { state })
    expect(await refusal('UPDATE refunds SET erased_at = relay_now() WHERE id = $1', id)).toBe('refund_erased_whole')
  })
})
