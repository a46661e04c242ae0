import type { Crm, CrmRecord, WriteResult } from '../../../middleware/crm/crm.ts'
import { claimWrites, pauseMs, writeBack } from '../../../middleware/refunds/write-back.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

describe('writing back', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterEach(() => db.close())

  /** An org that answers as it is told; the real one stands in the journeys. */
  const answering = (answer: (record: CrmRecord) => Promise<WriteResult>) =>
    ({ upsert: (records) => Promise.all(records.map(answer)), apiUsage: null }) as Pick<
      Crm,
      'upsert' | 'apiUsage'
    > as Crm
  const due = () => db.database.query(`UPDATE refunds SET crm_due_at = relay_now()`)
  const write = async (crm: Crm) => {
    const [lease] = await claimWrites(db.database, [ORG_ID])
    return lease && writeBack(db.database, crm, lease)
  }
  const row = async (id: string) =>
    (
      await db.database.query<{ version: number; crm_version: number; wait: number | null }>(
        `SELECT version, crm_version, extract(epoch FROM crm_due_at - relay_now())::float AS wait FROM refunds WHERE id = $1`,
        [id],
      )
    )[0]!

  it('is done when Salesforce holds the version, or a newer one', async () => {
    for (const outcome of ['written', 'newer'] as const) {
      const { id } = await refundIn(db.database, 'pending')
      await due()
      await db.database.query('UPDATE orgs SET crm_lease_until = NULL')
      await write(answering(async (record) => ({ id: record.id, outcome })))
      expect(await row(id)).toMatchObject({ crm_version: 1, wait: null })
    }
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

  it('lets one process at a time write to an org', async () => {
    await refundIn(db.database, 'pending')
    await due()
    expect(await claimWrites(db.database, [ORG_ID])).toHaveLength(1)
    expect(await claimWrites(db.database, [ORG_ID])).toHaveLength(0)
  })

  it.each([
    [null, 1],
    [{ used: 100, limit: 1_000 }, 1],
    [{ used: 600, limit: 1_000 }, 10],
    [{ used: 950, limit: 1_000 }, 60],
  ])('gathers longer the less is left of the day: %j', (usage, seconds) => {
    expect(pauseMs(usage)).toBe(seconds * 1_000)
  })
})
