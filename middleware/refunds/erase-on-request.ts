import type { Database, Queryable } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import { FINAL_STATES } from './refund.ts'

/** Of whom everything is erased: the refunds of one payment, or one credit. */
export type ToErase =
  | { readonly kind: 'payment'; readonly paymentId: string; readonly orgId: string | null }
  | { readonly kind: 'credit'; readonly id: string }

export interface Erasure {
  /** Refunds and credits, with all that was sent for them. */
  readonly refunds: readonly string[]
  readonly events: number
}

/** Something of it is not over, so that nothing was erased; the message says what. */
export class NotErasableError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotErasableError'
  }
}

/** The answer to a call that was under way while a webhook was faster is stored within this time. */
const ANSWERS_WITHIN = `interval '10 minutes'`

/**
 * Erases at once what is otherwise erased after some time, with who did so and why in the history of each refund.
 * @throws RefundError `payment_not_found`, `refund_not_found`; NotErasableError; then nothing was changed
 */
export async function eraseOnRequest(
  database: Database,
  what: ToErase,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<Erasure> {
  return database.transaction(async (tx) => {
    const refunds = what.kind === 'payment' ? await refundsOf(tx, what) : await creditOf(tx, what.id)
    const ids = refunds.map(({ id }) => id)
    const events = await tx.query<{ id: string; waits: boolean }>(
      `SELECT e.id, e.due_at IS NOT NULL AS waits FROM gateway_events e
       WHERE (e.gateway, e.gateway_account) = (SELECT gateway, gateway_account FROM refunds WHERE id = $1)
         AND (e.payment_reference = $2 OR (e.payment_reference IS NULL AND e.refund_reference = ANY($3))) ORDER BY e.id FOR UPDATE`,
      [ids[0], refunds[0]!.paymentReference, refunds.flatMap(({ gatewayReference }) => gatewayReference ?? [])],
    )
    const open = [
      ...refunds.flatMap(({ id, because }) => (because === null ? [] : [`${id} ${because}`])),
      ...events.flatMap(({ id, waits }) => (waits ? [`event ${id} is still to be applied`] : [])),
    ]
    if (open.length > 0)
      throw new NotErasableError(`Nothing was erased, for not everything is over: ${open.join('; ')}.`)
    await tx.query(
      `INSERT INTO refund_changes (refund_id, from_state, to_state, evidence)
       SELECT id, state, state, $2 FROM refunds WHERE id = ANY($1::uuid[]) ORDER BY id`,
      [ids, `erased by ${by}: ${reason}`],
    )
    await tx.query('UPDATE refunds SET erased_at = relay_now() WHERE id = ANY($1::uuid[])', [ids])
    await tx.query(`UPDATE gateway_events SET payload = 'null', gateway_message = NULL WHERE id = ANY($1::bigint[])`, [
      events.map(({ id }) => id),
    ])
    return { refunds: ids, events: events.length }
  })
}

interface Candidate {
  readonly id: string
  readonly gatewayReference: string | null
  readonly paymentReference: string | null
  /** Why it cannot be erased yet; null: it can. */
  readonly because: string | null
}

const BECAUSE = `CASE
    WHEN r.state NOT IN (${FINAL_STATES.map((state) => `'${state}'`).join(', ')}) THEN 'is ' || r.state
    WHEN r.held_until IS NOT NULL THEN 'holds its amount, for its gateway may repair it'
    WHEN NOT is_over(r) THEN 'is not in Salesforce as it is now'
    WHEN r.updated_at > relay_now() - ${ANSWERS_WITHIN} THEN 'has changed in the last ten minutes'
  END`

/** All of them, locked, their payment first: none begins meanwhile. */
async function refundsOf(
  tx: Queryable,
  { paymentId, orgId }: Extract<ToErase, { kind: 'payment' }>,
): Promise<Candidate[]> {
  const payments = await tx.query<{ orgId: string }>(
    `SELECT org_id AS "orgId" FROM payments WHERE payment_id = $1 AND coalesce(org_id = $2, true) ORDER BY org_id FOR NO KEY UPDATE`,
    [paymentId, orgId],
  )
  if (payments.length > 1) {
    // The copy of an org has the record ids of its original.
    const orgs = payments.map((payment) => payment.orgId).join(', ')
    throw new NotErasableError(
      `Nothing was erased: ${paymentId} is a payment of several orgs, so say with --org which: ${orgs}.`,
    )
  }
  const refunds =
    payments.length === 0
      ? []
      : await candidates(tx, 'r.org_id = $1 AND r.payment_id = $2', [payments[0]!.orgId, paymentId])
  if (refunds.length === 0) throw new RefundError('payment_not_found')
  return refunds
}

async function creditOf(tx: Queryable, id: string): Promise<Candidate[]> {
  const [credit] = await candidates(tx, 'r.id = $1', [id])
  if (!credit) throw new RefundError('refund_not_found')
  if (credit.paymentReference !== null) {
    throw new NotErasableError(`Nothing was erased: ${id} is the refund of a payment, so erase that payment.`)
  }
  return [credit]
}

function candidates(tx: Queryable, which: string, parameters: readonly unknown[]): Promise<Candidate[]> {
  return tx.query<Candidate>(
    `SELECT r.id, r.gateway_reference AS "gatewayReference", p.gateway_reference AS "paymentReference", ${BECAUSE} AS because
     FROM refunds r LEFT JOIN payments p USING (org_id, payment_id) WHERE ${which} ORDER BY r.id FOR UPDATE OF r`,
    parameters,
  )
}
