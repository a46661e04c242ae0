import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { violatedConstraint } from '../../../middleware/database/database.ts'
import { changeRefund } from '../../../middleware/refunds/change-refund.ts'
import { findRefund } from '../../../middleware/refunds/refund-store.ts'
import { ALLOWED_TRANSITIONS } from '../../../middleware/refunds/refund.ts'
import type { RefundState } from '../../../middleware/refunds/refund.ts'
import { ORG_ID, pastRule, refundIn } from './ledger-rows.ts'

const STATES = Object.keys(ALLOWED_TRANSITIONS) as RefundState[]
const PAIRS = STATES.flatMap((from) => STATES.filter((to) => to !== from).map((to) => [from, to] as const))

describe('the life of a refund', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  const move = (id: string, to: RefundState) =>
    db.database.query(`UPDATE refunds SET state = $2, evidence = 'test' WHERE id = $1`, [id, to])

  it.each(PAIRS.filter(([from, to]) => ALLOWED_TRANSITIONS[from].includes(to)))('%s becomes %s', async (from, to) => {
    const { id } = await refundIn(db.database, from)
    await move(id, to)
    const changes = await db.database.query(
      `SELECT from_state, to_state, evidence FROM refund_changes WHERE refund_id = $1 ORDER BY id DESC LIMIT 1`,
      [id],
    )
    expect(changes).toEqual([{ from_state: from, to_state: to, evidence: 'test' }])
  })

  it.each(PAIRS.filter(([from, to]) => !ALLOWED_TRANSITIONS[from].includes(to)))(
    '%s never becomes %s',
    async (from, to) => {
      const { id } = await refundIn(db.database, from)
      const refused = await move(id, to).then(() => null, violatedConstraint)
      expect(refused).toBe('refund_transition_allowed')
    },
  )

  it('has the same transitions in the database as in the code, and no more', async () => {
    const [allowing] = await db.database.query<{ source: string }>(
      `SELECT prosrc AS source FROM pg_proc WHERE proname = 'may_become'`,
    )
    const rows = await db.database.query<{ pair: string }>(
      `SELECT from_state || ' ' || to_state AS pair FROM refund_transitions`,
    )
    const stored = [...allowing!.source.matchAll(/'(\w+ \w+)'/g)].map(([, pair]) => pair!).sort()
    expect(stored).toEqual(
      PAIRS.filter(([from, to]) => ALLOWED_TRANSITIONS[from].includes(to))
        .map((pair) => pair.join(' '))
        .sort(),
    )
    expect(rows.map(({ pair }) => pair).sort()).toEqual(stored)
  })

  it.each(['requested', 'submitting', 'pending', 'unknown'] as const)('counts %s as under way', async (state) => {
    const { paymentId } = await refundIn(db.database, state)
    expect(await books(paymentId)).toEqual({ refunded: '0.000', under_way: '10.000', held: '0.000' })
  })

  it('counts a success as refunded, and gives the amount back exactly once when it fails', async () => {
    const { id, paymentId } = await refundIn(db.database, 'pending')
    await move(id, 'succeeded')
    expect(await books(paymentId)).toEqual({ refunded: '10.000', under_way: '0.000', held: '0.000' })
    await move(id, 'failed')
    await move(id, 'failed')
    expect(await books(paymentId)).toEqual({ refunded: '0.000', under_way: '0.000', held: '0.000' })
  })

  it('keeps the amount of a held late failure reserved until it is released', async () => {
    const { id, paymentId } = await refundIn(db.database, 'succeeded')
    await db.database.query(
      `UPDATE refunds SET state = 'failed', held_until = relay_now() + interval '10 days' WHERE id = $1`,
      [id],
    )
    expect(await books(paymentId)).toEqual({ refunded: '0.000', under_way: '0.000', held: '10.000' })
    await db.database.query('UPDATE refunds SET held_until = NULL WHERE id = $1', [id])
    expect(await books(paymentId)).toEqual({ refunded: '0.000', under_way: '0.000', held: '0.000' })
  })

  it('opens a payment again when its undo fails after all, and holds the amount', async () => {
    const { id, paymentId } = await refundIn(db.database, 'requested')
    await pastRule(db.database, 'guard_refund', id, `kind = 'undo', state = 'succeeded'`)
    const voided = async () =>
      (
        await db.database.query<{ voided: boolean }>('SELECT voided FROM payments WHERE payment_id = $1', [paymentId])
      )[0]!.voided
    expect(await voided()).toBe(true)
    await db.database.query(
      `UPDATE refunds SET state = 'failed', held_until = relay_now() + interval '1 day' WHERE id = $1`,
      [id],
    )
    expect(await voided()).toBe(false)
    expect(await books(paymentId)).toMatchObject({ held: '10.000' })
  })

  it.each([
    ['refund', '10.000', '7.000', false],
    ['void', '0.000', '0.000', true],
  ] as const)(
    'books a %s on the payment of its own org, not on that of another with the same id',
    async (kind, refundedHere, refundedThere, voided) => {
      const { id, paymentId } = await refundIn(db.database, 'succeeded', kind)
      const other = '00D000000000002EAA'
      await db.database.query(
        `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
         VALUES ($1, $2, 'adyen', 'RefundRelayECOM', $3, 'EUR', 100)`,
        [other, paymentId, `PSP2${id}`],
      )
      await db.database.query(
        `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence)
         SELECT gen_random_uuid(), $2, payment_id, gateway, gateway_account, currency, kind, origin, 'submitting', 7, evidence
         FROM refunds WHERE id = $1`,
        [id, other],
      )
      const change = (to: string) =>
        db.database.query(`UPDATE refunds SET ${to} WHERE org_id = $1 AND payment_id = $2`, [other, paymentId])
      const sums = async (org: string) => (await db.database.query(SUMS, [org, paymentId]))[0]
      const nothing = { refunded: '0.000', under_way: '0.000', held: '0.000', voided: false }

      expect(await sums(other)).toEqual({ ...nothing, under_way: '7.000' })
      await change(`state = 'succeeded'`)
      expect(await sums(other)).toEqual({ ...nothing, refunded: refundedThere, voided })
      expect(await sums(ORG_ID)).toEqual({ ...nothing, refunded: refundedHere, voided })
      await change(`state = 'failed', held_until = relay_now()`)
      expect(await sums(other)).toEqual({ ...nothing, held: '7.000' })
      expect(await sums(ORG_ID)).toEqual({ ...nothing, refunded: refundedHere, voided })
    },
  )

  it('tells of a late failure until when its amount is held', async () => {
    const { id } = await refundIn(db.database, 'pending')
    const refund = (await findRefund(db.database, ORG_ID, id))!
    const change = { state: 'failed' as const, evidence: 'test', holdMs: 60_000, dueInMs: null }
    const told = await changeRefund(db.database, { refund, leaseNumber: 0 }, 'pending', change)
    expect(told?.heldUntil).toEqual(expect.any(Date))
    expect(told?.heldUntil).toEqual((await findRefund(db.database, ORG_ID, id))?.heldUntil)
  })

  it('never changes what was sent, and erases no body that may be sent', async () => {
    const { id } = await refundIn(db.database, 'requested')
    await db.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body) VALUES ($1, $1, 'refund', 'key', '{"amount": 1}')`,
      [id],
    )
    const sends = (count: number) =>
      db.database.query('UPDATE attempts SET sends = $2 WHERE refund_id = $1', [id, count])
    const change = (body: string) =>
      db.database
        .query('UPDATE attempts SET body = $2 WHERE refund_id = $1', [id, body])
        .then(() => null, violatedConstraint)
    expect(await change('{"amount": 2}')).toBeNull()
    expect(await change('null')).toBe('attempt_body_immutable')
    await sends(1)
    expect(await change('{"amount": 3}')).toBe('attempt_body_immutable')
  })

  it.each([
    'DELETE FROM refund_changes',
    `UPDATE refund_changes SET evidence = ''`,
    'DELETE FROM refunds',
    'TRUNCATE refund_changes',
  ])('keeps its history: %s is refused', async (statement) => {
    expect(await db.database.query(statement).then(() => null, violatedConstraint)).toBe('append_only')
  })

  it('gives every change that Salesforce shows a new version, due to be written', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await db.database.query('UPDATE refunds SET crm_due_at = NULL, crm_version = version WHERE id = $1', [id])
    await move(id, 'succeeded')
    const [row] = await db.database.query(
      'SELECT version, crm_version, crm_due_at IS NOT NULL AS due FROM refunds WHERE id = $1',
      [id],
    )
    expect(row).toEqual({ version: 2, crm_version: 1, due: true })
  })

  const SUMS = 'SELECT refunded, under_way, held, voided FROM payments WHERE org_id = $1 AND payment_id = $2'

  async function books(paymentId: string) {
    const [row] = await db.database.query(
      'SELECT refunded, under_way, held FROM payments WHERE org_id = $1 AND payment_id = $2',
      [ORG_ID, paymentId],
    )
    return row
  }
})
