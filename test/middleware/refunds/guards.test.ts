import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { violatedConstraint } from '../../../middleware/database/database.ts'
import { pastRule, refundIn } from './ledger-rows.ts'

describe('what the database guards, whatever the code does', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  /** The constraint that refuses it, or null. */
  const refusal = (sql: string, ...parameters: unknown[]) =>
    db.database.query(sql, parameters).then(() => null, violatedConstraint)

  it.each([
    ['nothing', { amount: '0' }],
    ['less than nothing', { amount: '-1' }],
    ['something that is no kind of refund', { kind: `'chargeback'` }],
    ['what came from nowhere', { origin: `'elsewhere'` }],
    ['a refund without a payment', { payment_id: 'NULL' }],
    ['a refund that goes to a target', { target: `'bank_account'` }],
    ['a credit that has a payment', { kind: `'credit'`, target: `'bank_account'` }],
    ['a credit without a target', { kind: `'credit'`, payment_id: 'NULL' }],
    ['what needs a person without a code', { attention: `'Look at it.'` }],
  ])('takes no %s for a refund', async (_what, other) => {
    const { id } = await refundIn(db.database, 'requested')
    const told: Record<string, string> = { id: 'gen_random_uuid()', evidence: `'test'`, ...other }
    const copied = [
      'org_id',
      'payment_id',
      'gateway',
      'gateway_account',
      'currency',
      'kind',
      'origin',
      'state',
      'amount',
    ]
    const names = [...new Set([...copied, ...Object.keys(told)])]
    const values = names.map((name) => told[name] ?? name)
    const copy = `INSERT INTO refunds (${names.join(', ')}) SELECT ${values.join(', ')} FROM refunds WHERE id = $1`
    expect(await refusal(copy, id)).toBe('refund_sound')
  })

  it.each([
    'id = gen_random_uuid()',
    `org_id = '00D000000000009EAA'`,
    `payment_id = 'another'`,
    `gateway = 'braintree'`,
    `gateway_account = 'another'`,
    `currency = 'USD'`,
    'undo = true',
    `target = 'bank_account'`,
    `origin = 'gateway_console'`,
    'amount = 11',
    `idempotency_key = 'another'`,
    `request_digest = 'another'`,
    `note = 'another'`,
    `line_items = '[]'`,
    `kind = 'void'`,
    `kind = 'void', state = 'submitting'`,
  ])('never changes what was asked for: %s', async (change) => {
    const { id } = await refundIn(db.database, 'requested')
    expect(await refusal(`UPDATE refunds SET ${change} WHERE id = $1`, id)).toBe('refund_request_immutable')
  })

  it.each([
    ['submitting', 'requested', 'refund', null],
    ['submitting', 'requested', 'credit', 'refund_request_immutable'],
    ['submitting', 'pending', 'refund', 'refund_request_immutable'],
    ['pending', 'succeeded', 'refund', 'refund_request_immutable'],
  ] as const)('has an undo that goes from %s to %s as a %s: refused by %s', async (from, to, kind, by) => {
    const { id } = await refundIn(db.database, from, 'void')
    await pastRule(db.database, 'guard_refund_asked', id, 'undo = true')
    expect(await refusal('UPDATE refunds SET state = $2, kind = $3 WHERE id = $1', id, to, kind)).toBe(by)
  })

  it('has no refund that turns into a void where nobody asked for an undo', async () => {
    const { id } = await refundIn(db.database, 'submitting')
    const turned = `UPDATE refunds SET state = 'requested', kind = 'void' WHERE id = $1`
    expect(await refusal(turned, id)).toBe('refund_request_immutable')
  })

  it('has no credit that becomes anything else', async () => {
    const { id } = await refundIn(db.database, 'submitting')
    const credit = `kind = 'credit', payment_id = NULL, target = 'bank_account', undo = true`
    await pastRule(db.database, 'USER', id, credit)
    const turned = `UPDATE refunds SET state = 'requested', kind = 'void' WHERE id = $1`
    expect(await refusal(turned, id)).toBe('refund_request_immutable')
  })

  it('marks nothing for a person without a code', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    expect(await refusal(`UPDATE refunds SET attention = 'Look at it.' WHERE id = $1`, id)).toBe('attention_has_code')
  })

  it.each([
    `gateway_reference = 'PSP1'`,
    `error_code = 'outcome_unknown'`,
    `gateway_message = 'Declined'`,
    `attention = 'Look at it.', attention_code = 'gateway_silent'`,
    `held_until = relay_now() + interval '1 day'`,
    `state = 'succeeded'`,
  ])('tells Salesforce within a second of another %s', async (change) => {
    const { id } = await refundIn(db.database, 'unknown')
    await written('refunds', id)
    await db.database.query(`UPDATE refunds SET ${change} WHERE id = $1`, [id])
    expect(await news('refunds', id)).toEqual({ versions: 1, due: true })
  })

  it('tells Salesforce again what needs a person, when it is raised anew in the same words', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await db.database.query(
      `UPDATE refunds SET attention = 'Look at it.', attention_code = 'gateway_silent' WHERE id = $1`,
      [id],
    )
    await written('refunds', id)
    await db.database.query(`UPDATE refunds SET attention_at = relay_now() + interval '1 hour' WHERE id = $1`, [id])
    expect(await news('refunds', id)).toEqual({ versions: 1, due: true })
  })

  it.each(['due_at = relay_now()', 'lease_number = 7', 'tries = 3', `state = 'unknown'`])(
    'tells Salesforce nothing of %s',
    async (change) => {
      const { id } = await refundIn(db.database, 'unknown')
      await written('refunds', id)
      await db.database.query(`UPDATE refunds SET ${change} WHERE id = $1`, [id])
      expect(await news('refunds', id)).toEqual({ versions: 0, due: false })
    },
  )

  it.each([
    [
      'written down',
      'INSERT INTO payments SELECT (jsonb_populate_record(p, $2)).* FROM payments p WHERE payment_id = $1',
    ],
    ['known', "UPDATE payments SET captured = ($2::jsonb->>'captured')::numeric WHERE payment_id = $1"],
  ])('has no payment that is %s as less than nothing', async (_when, sql) => {
    const { paymentId } = await refundIn(db.database, 'requested')
    const less = { payment_id: `${paymentId}X`, gateway_reference: paymentId, captured: '-0.01' }
    expect(await refusal(sql, paymentId, less)).toBe('payment_sound')
  })

  it('tells Salesforce within a second what the bank took back of a payment', async () => {
    const { paymentId } = await refundIn(db.database, 'succeeded')
    await written('payments', paymentId)
    await db.database.query('UPDATE payments SET charged_back = 1 WHERE payment_id = $1', [paymentId])
    expect(await news('payments', paymentId)).toEqual({ versions: 1, due: true })
  })

  it('tells Salesforce nothing of a payment of which the bank took back no more', async () => {
    const { paymentId } = await refundIn(db.database, 'succeeded')
    await written('payments', paymentId)
    await db.database.query('UPDATE payments SET charged_back = 0, captured = 90 WHERE payment_id = $1', [paymentId])
    expect(await news('payments', paymentId)).toEqual({ versions: 0, due: false })
  })

  const keyOf = { refunds: 'id', payments: 'payment_id' } as const

  /** Salesforce holds it as it is. */
  const written = (table: keyof typeof keyOf, key: string) =>
    db.database.query(`UPDATE ${table} SET crm_version = version, crm_due_at = NULL WHERE ${keyOf[table]} = $1`, [key])

  async function news(table: keyof typeof keyOf, key: string) {
    const [row] = await db.database.query(
      `SELECT version - crm_version AS versions, coalesce(crm_due_at <= relay_now() + interval '1 second', false) AS due
       FROM ${table} WHERE ${keyOf[table]} = $1`,
      [key],
    )
    return row
  }
})
