import type { Queryable } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import { Money } from '../money/money.ts'
import type { RefundLimits } from './refund-limits.ts'
import type { Requester } from './refund-request.ts'

/** What is asked for; a credit has no payment. */
interface Asked {
  readonly paymentId: string | null
  readonly amount: Money
}

/** Any 24 hours, not a calendar day: at nobody's midnight is there twice as much. */
const IN_A_DAY = `> relay_now() - interval '24 hours'`
/** What was asked for here, and neither refused nor failed: of that no money is out. */
const COUNTS = `r.origin = 'here' AND r.state NOT IN ('rejected', 'failed')`
const OF_USER = `limited_requests l JOIN refunds r ON r.id = l.refund_id
  WHERE l.org_id = $1 AND l.user_id = $2 AND l.requested_at ${IN_A_DAY} AND ${COUNTS}`
const OF_PAYMENT = `refunds r WHERE r.org_id = $1 AND r.payment_id = $2 AND r.requested_at ${IN_A_DAY} AND ${COUNTS}`

/**
 * Lets the requests of one user come one after the other, until commit: two at the same moment would both find the same room. It comes
 * before the payment's lock, so that whoever holds a payment never waits for somebody's turn.
 */
export async function takeUserTurn(tx: Queryable, limits: RefundLimits, requester: Requester): Promise<void> {
  if (!limits.userDay) return
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${requester.orgId} ${requester.userId}`])
}

/** Which limit does not let it go out now, or null; under the user's turn, and the payment's lock. */
export async function limitInTheWay(
  tx: Queryable,
  limits: RefundLimits,
  requester: Requester,
  asked: Asked,
): Promise<RefundError | null> {
  return (
    overOneRefund(limits, asked.amount) ??
    (await overPaymentDay(tx, limits, requester.orgId, asked.paymentId)) ??
    (await overUserDay(tx, limits, requester, asked.amount))
  )
}

/** More than a user may send out in a day never fits, however long one waits: it is a limit of one refund as well. */
function overOneRefund({ refund, userDay }: RefundLimits, amount: Money): RefundError | null {
  for (const amounts of [refund, userDay?.amounts]) {
    const limit = amounts?.get(amount.currency)
    if (limit && amount.isGreaterThan(limit))
      return new RefundError('amount_exceeds_limit', { limit: limit.toString(), field: 'amount' })
  }
  return null
}

async function overPaymentDay(
  tx: Queryable,
  { paymentDay }: RefundLimits,
  orgId: string,
  paymentId: string | null,
): Promise<RefundError | null> {
  if (!paymentDay || paymentId === null) return null
  const of = [orgId, paymentId]
  const [day] = await tx.query<{ refunds: number }>(`SELECT count(*)::int AS refunds FROM ${OF_PAYMENT}`, of)
  const tooMany = day!.refunds + 1 - paymentDay.refunds
  if (tooMany <= 0) return null
  const room = await roomIn(tx, OF_PAYMENT, '1', [...of, tooMany])
  return new RefundError('payment_refunds_at_limit', { limit: String(paymentDay.refunds), ...room })
}

async function overUserDay(
  tx: Queryable,
  { userDay }: RefundLimits,
  { orgId, userId }: Requester,
  amount: Money,
): Promise<RefundError | null> {
  if (!userDay) return null
  const { currency } = amount
  const [day] = await tx.query<{ refunds: number; amount: string }>(
    `SELECT count(*)::int AS refunds, coalesce(sum(r.amount) FILTER (WHERE r.currency = $3), 0) AS amount FROM ${OF_USER}`,
    [orgId, userId, currency],
  )
  const tooMany = day!.refunds + 1 - (userDay.refunds ?? Infinity)
  if (tooMany > 0) {
    const room = await roomIn(tx, OF_USER, '1', [orgId, userId, tooMany])
    return new RefundError('user_refunds_at_limit', { limit: String(userDay.refunds), ...room })
  }
  const limit = userDay.amounts?.get(currency)
  if (!limit) return null
  const room = limit.minus(Money.fromDecimal(day!.amount, currency))
  if (!amount.isGreaterThan(room)) return null
  const left = (room.isPositive() ? room : Money.zero(currency)).toString()
  const share = 'CASE r.currency WHEN $4 THEN r.amount ELSE 0 END'
  const wait = await roomIn(tx, OF_USER, share, [orgId, userId, amount.minus(room).toDecimal(), currency])
  return new RefundError('user_amount_at_limit', { limit: limit.toString(), left, ...wait, field: 'amount' })
}

/**
 * In how many hours and minutes enough of what counts is a day old. Numbers alone: the words around them are translated.
 * @param share how much each row counts
 * @param parameters of `counted`, then how much of it has to go
 */
async function roomIn(tx: Queryable, counted: string, share: string, parameters: readonly unknown[]) {
  const [first] = await tx.query<{ minutes: number }>(
    `SELECT ceil(extract(epoch FROM at + interval '24 hours' - relay_now()) / 60)::int AS minutes FROM (
       SELECT r.requested_at AS at, sum(${share}) OVER (ORDER BY r.requested_at, r.id) AS gone FROM ${counted}
     ) counted WHERE gone >= $3::numeric ORDER BY gone, at LIMIT 1`,
    parameters,
  )
  // Nothing is found when it grew a day old in this moment.
  const minutes = Math.max(1, first?.minutes ?? 1)
  return { hours: String(Math.floor(minutes / 60)), minutes: String(minutes % 60) }
}

/** Writes down that the user asked for it, where a limit of users counts that; theirs that no longer count go, a few at a time. */
export async function countForUser(
  tx: Queryable,
  limits: RefundLimits,
  { orgId, userId }: Requester,
  refundId: string,
): Promise<void> {
  if (!limits.userDay) return
  await tx.query(
    `WITH gone AS (
       DELETE FROM limited_requests WHERE org_id = $1 AND user_id = $2 AND (requested_at, refund_id) IN (
         SELECT requested_at, refund_id FROM limited_requests
         WHERE org_id = $1 AND user_id = $2 AND requested_at <= relay_now() - interval '24 hours'
         ORDER BY requested_at LIMIT 100
       )
     )
     INSERT INTO limited_requests (org_id, user_id, refund_id) VALUES ($1, $2, $3)`,
    [orgId, userId, refundId],
  )
}
