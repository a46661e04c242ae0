import type { Gateway } from '../../../../middleware/gateways/gateway.ts'
import type { ReportLine } from '../../../../middleware/gateways/report-line.ts'
import { reconcile } from '../../../../middleware/operations/reconciliation/reconcile.ts'
import { freshDatabase } from '../../../fresh-database.ts'
import type { FreshDatabase } from '../../../fresh-database.ts'
import { ORG_ID, refundIn } from '../../refunds/ledger-rows.ts'

const ACCOUNT = { orgId: ORG_ID, gateway: 'adyen', account: 'RefundRelayECOM' }
const DAY = { since: new Date('2026-11-25T00:00:00Z'), until: new Date('2026-11-26T00:00:00Z') }

describe('a comparison', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterEach(() => db.close())

  const line = (says: ReportLine['says'], reference: string, hour: number): ReportLine => {
    const occurredAt = `2026-11-25T${String(hour).padStart(2, '0')}:00:00.000Z`
    return {
      place: `hour ${hour}`,
      says,
      event: {
        ...{ identity: `report:${says}:${reference}:${hour}`, kind: says, gatewayKind: `report ${says}`, occurredAt },
        ...{ paymentReference: null, refundReference: reference, refundId: null, refusal: null, payload: {} },
        amount: { value: '10.00', currency: 'EUR' },
      },
    }
  }
  const compare = (lines: readonly ReportLine[]) => {
    const gateway = {
      ...{ name: 'adyen', label: 'Adyen', capabilities: {} },
      async *reportLines() {
        yield* lines
      },
    } as unknown as Gateway
    return reconcile(
      db.database,
      { gateway, applyCommand: 'apply' },
      { ...ACCOUNT, ...DAY },
      { report: null, apply: false },
    )
  }
  const breaks = () =>
    db.database.query<{ kind: string; version: number; closed: boolean; due: boolean }>(
      `SELECT kind, version, closed_at IS NOT NULL AS closed, crm_due_at IS NOT NULL AS due FROM refund_breaks ORDER BY kind`,
    )
  /** Of EUR 10.00, that failed at ten o'clock. */
  const failed = async (reference: string): Promise<string> => {
    const { id } = await refundIn(db.database, 'failed')
    await db.database.query(
      `UPDATE refunds SET gateway_reference = $2, evidence_at = '2026-11-25 10:00Z', crm_version = version + 1, crm_due_at = NULL WHERE id = $1`,
      [id, reference],
    )
    return id
  }
  const others = Array.from({ length: 1_000 }, (_, place) => line('refund_failed', `OTHER${place}`, 1))

  it.each([[[]], [others]])('believes the latest line of a refund, in one batch or the next', async (between) => {
    await failed('REF1')
    const paidThenFailed = [line('refund_succeeded', 'REF1', 11), ...between, line('refund_failed_late', 'REF1', 12)]
    expect(await compare(paidThenFailed)).toMatchObject({ open: 0, lines: 2 + between.length })
    expect(await breaks()).toEqual([])
    const failedThenPaid = [line('refund_failed_late', 'REF1', 11), ...between, line('refund_succeeded', 'REF1', 12)]
    expect(await compare(failedThenPaid)).toMatchObject({ open: 1 })
    expect(await breaks()).toMatchObject([{ kind: 'other_state' }])
  })

  it('lets a line that only says that there is a refund take nothing back', async () => {
    await failed('REF1')
    expect(await compare([line('refund_succeeded', 'REF1', 11), line('refund_accepted', 'REF1', 12)])).toMatchObject({
      open: 1,
    })
  })

  it('keeps a break once, tells Salesforce of it when it changes, and closes it when it is gone', async () => {
    await failed('REF1')
    const report = [line('refund_succeeded', 'REF1', 11)]
    await compare(report)
    expect(await breaks()).toEqual([{ kind: 'other_state', version: 1, closed: false, due: true }])
    await db.database.query('UPDATE refund_breaks SET crm_version = version, crm_due_at = NULL')
    await compare(report)
    expect(await breaks()).toEqual([{ kind: 'other_state', version: 1, closed: false, due: false }])
    expect(await compare([line('refund_failed_late', 'REF1', 12)])).toMatchObject({ open: 0, closed: 1 })
    expect(await breaks()).toEqual([{ kind: 'other_state', version: 2, closed: true, due: true }])
    await compare(report)
    expect(await breaks()).toEqual([{ kind: 'other_state', version: 3, closed: false, due: true }])
  })

  it('leaves the breaks of other days alone, and forgets what it was shown', async () => {
    await failed('REF1')
    await compare([line('refund_succeeded', 'REF1', 11)])
    await db.database.query(
      `UPDATE refund_breaks SET happened_at = '2026-11-20', subject = 'another', refund_id = NULL`,
    )
    expect(await compare([])).toMatchObject({ closed: 0 })
    expect(await breaks()).toMatchObject([{ closed: false }])
    expect(await db.database.query('SELECT FROM reconciled_refunds')).toEqual([])
  })

  it('pages through what the report lacks, however many were paid in the same instant', async () => {
    await db.database.query(
      `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
       VALUES ($1, 'a01000000000001AAA', 'adyen', 'RefundRelayECOM', 'PAY', 'EUR', 100000)`,
      [ORG_ID],
    )
    await db.database.query(
      `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence, decided_at)
       SELECT gen_random_uuid(), $1, 'a01000000000001AAA', 'adyen', 'RefundRelayECOM', 'EUR', 'refund', 'here', 'succeeded', 1, 'test',
         '2026-11-25 12:00:00.123456Z' FROM generate_series(1, 1500)`,
      [ORG_ID],
    )
    expect(await compare([])).toMatchObject({ open: 1_500 })
  })
})
