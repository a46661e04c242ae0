import pg from 'pg'
import type { ApiUsage, Crm, CrmRecord, WriteResult } from '../../../middleware/crm/crm.ts'
import { openDatabase } from '../../../middleware/database/database.ts'
import { attentionList } from '../../../middleware/refunds/attention-list.ts'
import { claimWrites, writeAgain, writeBack } from '../../../middleware/refunds/write-back.ts'
import { planWrites } from '../../../middleware/refunds/write-budget.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { until } from '../../until.ts'
import { untilWaiting } from '../../until-waiting.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

describe('writing back', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterEach(() => db.close())

  /** An org that answers as it is told; the real one stands in the journeys. */
  const answering = (answer: (record: CrmRecord) => Promise<WriteResult>, apiUsage: ApiUsage | null = null) =>
    ({ upsert: (records) => Promise.all(records.map(answer)), apiUsage }) as Pick<Crm, 'upsert' | 'apiUsage'> as Crm
  const due = () => db.database.query(`UPDATE refunds SET crm_due_at = relay_now()`)
  const write = async (crm: Crm, database = db.database) => {
    const [lease] = await claimWrites(database, new Map([[ORG_ID, crm]]))
    return lease && writeBack(database, crm, lease)
  }
  const row = async (id: string) =>
    (
      await db.database.query<{ version: number; crm_version: number; wait: number | null }>(
        `SELECT version, crm_version, extract(epoch FROM crm_due_at - relay_now())::float AS wait FROM refunds WHERE id = $1`,
        [id],
      )
    )[0]!

  it('is done when Salesforce holds the version', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await due()
    await write(answering(async (record) => ({ id: record.id, outcome: 'written' })))
    expect(await row(id)).toMatchObject({ version: 1, crm_version: 1, wait: null })
  })

  it('is done when Salesforce holds a newer one by then, which was committed here as well', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await due()
    await write(
      answering(async (record) => {
        await db.database.query(
          `UPDATE refunds SET state = 'succeeded', evidence = 'test', crm_version = 2 WHERE id = $1`,
          [record.id],
        )
        await db.database.query('UPDATE refunds SET crm_due_at = NULL')
        return { id: record.id, outcome: 'newer' }
      }),
    )
    expect(await row(id)).toMatchObject({ version: 2, crm_version: 2, wait: null })
  })

  it('takes the lead again when Salesforce holds a version that was never committed here', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await due()
    await write(answering(async (record) => ({ id: record.id, outcome: 'newer' })))
    const { version, crm_version, wait } = await row(id)
    expect([version, crm_version]).toEqual([1_001, 0])
    expect(wait).toBeLessThanOrEqual(2)
  })

  it('opens what people had closed by then, when it takes the lead with something that they cannot have seen', async () => {
    const { id } = await refundIn(db.database, 'succeeded')
    await db.database.query(`UPDATE refunds SET attention_code = 'amount_differs', attention = 'It differs.'`)
    await due()
    await write(answering(async (record) => ({ id: record.id, outcome: 'newer' })))
    await due()
    await db.database.query('UPDATE orgs SET crm_lease_until = NULL')
    const written: CrmRecord[] = []
    await write(
      answering(async (record) => {
        written.push(record)
        return { id: record.id, outcome: 'written' }
      }),
    )
    expect(written).toMatchObject([{ id, version: 1_002, attention: { isNew: true } }])
  })

  it('does not make a newer state wait for the refusal of an older one', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await due()
    await write(
      answering(async (record) => {
        await db.database.query(`UPDATE refunds SET state = 'succeeded', evidence = 'test' WHERE id = $1`, [record.id])
        return { id: record.id, outcome: 'person', detail: 'refused' }
      }),
    )
    const { version, crm_version, wait } = await row(id)
    expect([version, crm_version]).toEqual([2, 0])
    expect(wait).toBeLessThan(5)
  })

  it('is stored at the second try when it was the victim of a deadlock', async () => {
    // Whichever way PostgreSQL goes through them, it comes to the second one last.
    const first = await refundIn(db.database, 'pending')
    let second = await refundIn(db.database, 'pending')
    while (second.paymentId < first.paymentId) second = await refundIn(db.database, 'pending')
    await db.database.query(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} SET deadlock_timeout = '5s'`)
    const writer = openDatabase(db.url)
    await due()
    const other = new pg.Client({ connectionString: db.url })
    await other.connect()
    // Who waits looks once for a deadlock, after this time, and is its victim: never this one.
    await other.query(`SET deadlock_timeout = '1h'`)
    await other.query('BEGIN')
    const written = write(
      answering(async (record) => {
        if (record.id === first.id) await other.query('SELECT 1 FROM refunds WHERE id = $1 FOR UPDATE', [second.id])
        return { id: record.id, outcome: 'written' }
      }),
      writer,
    )
    await untilWaiting(db.database)
    await other.query('SELECT 1 FROM refunds WHERE id = $1 FOR UPDATE', [first.id])
    await until(async () => {
      const [victims] = await db.database.query(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      )
      expect(victims).toEqual({ deadlocks: 1 })
    })
    await other.query('ROLLBACK')
    await other.end()
    expect(await written).toMatchObject({ refused: 0 })
    await writer.close()
    for (const { id } of [first, second]) expect(await row(id)).toMatchObject({ crm_version: 1, wait: null })
  })

  it('lets one process at a time write to an org', async () => {
    await refundIn(db.database, 'pending')
    await due()
    const crms = new Map([[ORG_ID, { apiUsage: null }]])
    expect(await claimWrites(db.database, crms)).toHaveLength(1)
    expect(await claimWrites(db.database, crms)).toHaveLength(0)
  })

  it.each([
    [null, 1, 0],
    [{ used: 100, limit: 1_000 }, 1, 0],
    [{ used: 600, limit: 1_000 }, 10, 60],
    [{ used: 950, limit: 1_000 }, 60, 3_600],
    [{ used: 980, limit: 1_000 }, 900, 21_600],
    [{ used: 1_200, limit: 1_000 }, 900, 21_600],
  ])('gathers longer the less is left of the day, and states that are not final longest: %j', (usage, pause, hold) => {
    expect(planWrites(usage)).toMatchObject({ pauseMs: pause * 1_000, holdMs: hold * 1_000 })
  })

  it('lists a break that Salesforce refuses, and has it written again when it is asked for', async () => {
    const [{ id } = { id: '' }] = await db.database.query<{ id: string }>(
      `INSERT INTO refund_breaks (org_id, gateway, gateway_account, kind, subject, ledger_says, gateway_says, cause, command, crm_due_at)
       VALUES ($1, 'adyen', 'RefundRelayECOM', 'missing_here', 'PSP1', '', 'EUR 5.00', 'made there', 'none', relay_now()) RETURNING id`,
      [ORG_ID],
    )
    await write(answering(async (record) => ({ id: record.id, outcome: 'person', detail: 'a rule' })))
    expect(await attentionList(db.database)).toMatchObject([
      { subject: 'break', id, code: 'write_refused', reason: 'a rule', amount: null },
    ])
    expect(await writeAgain(db.database, id)).toBe(true)
    await db.database.query('UPDATE orgs SET crm_lease_until = NULL')
    await write(answering(async (record) => ({ id: record.id, outcome: 'written' })))
    expect(await attentionList(db.database)).toEqual([])
    expect(await writeAgain(db.database, id)).toBe(false)
  })

  describe('when little is left of the day', () => {
    const SCARCE = { used: 950, limit: 1_000 }
    let sent: string[]
    let crm: Crm
    beforeEach(() => {
      sent = []
      crm = answering(async ({ id }) => {
        sent.push(id)
        return { id, outcome: 'written' }
      }, SCARCE)
    })
    const again = () => db.database.query('UPDATE orgs SET crm_lease_until = NULL')
    const waited = (id: string, since: string) =>
      db.database.query('UPDATE refunds SET crm_due_at = relay_now() - $2::interval WHERE id = $1', [id, since])

    it('makes no call for a state that is not final, and takes it along with the next final one', async () => {
      const pending = await refundIn(db.database, 'pending')
      await due()
      expect(await write(crm)).toBeUndefined()
      const failed = await refundIn(db.database, 'failed')
      await due()
      await write(crm)
      expect(sent.sort()).toEqual([pending.id, failed.id].sort())
    })

    it('makes a call for what needs a person, whatever its state', async () => {
      const { id } = await refundIn(db.database, 'unknown')
      await db.database.query(
        `UPDATE refunds SET attention_code = 'unknown_for_long', attention = 'Unknown.' WHERE id = $1`,
        [id],
      )
      await due()
      await write(crm)
      expect(sent).toEqual([id])
    })

    it('holds a state that is not final back for an hour and no longer', async () => {
      const { id } = await refundIn(db.database, 'pending')
      await waited(id, '59 minutes')
      expect(await write(crm)).toBeUndefined()
      await waited(id, '61 minutes')
      await write(crm)
      expect(sent).toEqual([id])
    })

    it('gives the places of a call to final states first, and to one that was held back too long before them', async () => {
      const starved = await refundIn(db.database, 'pending')
      const young = await refundIn(db.database, 'pending')
      await db.database.query(
        `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence)
         SELECT gen_random_uuid(), org_id, payment_id, gateway, gateway_account, currency, 'refund', 'here', 'failed', 1, 'test'
         FROM refunds, generate_series(1, 1000) WHERE id = $1`,
        [young.id],
      )
      await due()
      await waited(starved.id, '2 hours')
      await waited(young.id, '30 minutes')
      await write(crm)
      expect(sent).toHaveLength(1_000)
      expect(sent).toContain(starved.id)
      expect(sent).not.toContain(young.id)
      await again()
      await write(crm)
      expect(sent).toContain(young.id)
    })
  })

  it('keeps what needs a person in Salesforce, tries it daily, and at once when it is asked for', async () => {
    const { id } = await refundIn(db.database, 'failed')
    await due()
    const said = { refuses: true }
    const crm = answering(async (record) =>
      said.refuses
        ? { id: record.id, outcome: 'person', detail: 'Finance has closed this month.' }
        : { id: record.id, outcome: 'written' },
    )
    await write(crm)
    expect((await row(id)).wait).toBeGreaterThan(86_000)
    const [refused] = await attentionList(db.database)
    expect(refused).toMatchObject({ id, code: 'write_refused', reason: 'Finance has closed this month.' })
    said.refuses = false
    await db.database.query('UPDATE orgs SET crm_lease_until = NULL')
    expect(await writeAgain(db.database, id)).toBe(true)
    await write(crm)
    expect(await row(id)).toMatchObject({ crm_version: 1, wait: null })
    expect(await attentionList(db.database)).toEqual([])
    expect(await writeAgain(db.database, id)).toBe(false)
  })
})
