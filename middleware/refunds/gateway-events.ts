import type { Database, Queryable } from '../database/database.ts'
import type { GatewayEvent } from '../gateways/gateway.ts'
import { backoffMs } from '../work/backoff.ts'
import { claimDue } from '../work/claim.ts'

/** A stored event, leased to this process. */
export interface EventJob {
  readonly id: string
  readonly leaseNumber: number
  readonly tries: number
  readonly workFailures: number
  readonly gateway: string
  readonly account: string
  readonly kind: GatewayEvent['kind']
  readonly gatewayKind: string
  readonly occurredAt: Date | null
  readonly paymentReference: string | null
  readonly refundReference: string | null
  readonly refundId: string | null
  readonly amount: GatewayEvent['amount']
  /** Milliseconds from its happening, by the gateway's clock, to its arrival; null where the gateway does not say when it happened. */
  readonly deliveryMs: number | null
  /** Milliseconds from its arrival until now. */
  readonly waitMs: number
  readonly failure: { readonly code: string; readonly gatewayMessage: string | null } | null
}

/** What became of an event; kept with it. */
export type EventOutcome =
  | 'applied'
  | 'adopted'
  | 'nothing_new'
  | 'confirmed'
  | 'told'
  | 'contradiction'
  | 'amount_differs'
  /** Ours is behind, or cannot be asked about now: tried again. */
  | 'too_early'
  | 'no_such_payment'
  | 'unavailable'
  /** Not ended: the work on it keeps throwing. */
  | 'work_fails'

const TRIED_AGAIN: readonly EventOutcome[] = ['too_early', 'no_such_payment', 'unavailable']
const EVENT_LEASE_SECONDS = 90

const EVENT_COLUMNS = `id, lease_number AS "leaseNumber", tries, work_failures AS "workFailures", gateway, gateway_account AS account, kind, gateway_kind AS "gatewayKind",
       occurred_at AS "occurredAt", payment_reference AS "paymentReference", refund_reference AS "refundReference",
       refund_id AS "refundId", (extract(epoch FROM received_at - occurred_at) * 1000)::float AS "deliveryMs",
       (extract(epoch FROM relay_now() - received_at) * 1000)::float AS "waitMs",
       CASE WHEN amount IS NOT NULL THEN jsonb_build_object('value', amount, 'currency', currency) END AS amount,
       CASE WHEN error_code IS NOT NULL THEN jsonb_build_object('code', error_code, 'gatewayMessage', gateway_message) END AS failure`

/** Due events, oldest first. */
export async function claimEvents(database: Database, limit: number): Promise<EventJob[]> {
  const ids = await claimDue(database, 'gateway_events', limit, EVENT_LEASE_SECONDS)
  if (ids.length === 0) return []
  return database.query<EventJob>(
    `SELECT ${EVENT_COLUMNS} FROM gateway_events WHERE id = ANY($1::bigint[]) ORDER BY id`,
    [ids],
  )
}

/** What was told of a payment that was not known, oldest first; locked. */
export async function parkedEvents(
  tx: Queryable,
  gateway: string,
  account: string,
  reference: string,
): Promise<EventJob[]> {
  return tx.query<EventJob>(
    `SELECT ${EVENT_COLUMNS} FROM gateway_events
     WHERE gateway = $1 AND gateway_account = $2 AND payment_reference = $3 AND due_at IS NOT NULL
       AND kind NOT IN ('refund_changed', 'payment_changed') ORDER BY id FOR UPDATE`,
    [gateway, account, reference],
  )
}

/**
 * Stores what became of an event; what may still find its refund is tried again, ever more rarely.
 * @param paymentReference of which payment it speaks, where only a look told: by it the payment is found when it becomes known
 * @returns whether it was still to be judged; else somebody else has judged it, and what was made of it here must not be kept
 */
export async function endEvent(
  tx: Queryable,
  event: EventJob,
  outcome: EventOutcome,
  paymentReference: string | null = null,
): Promise<boolean> {
  const again = TRIED_AGAIN.includes(outcome) ? backoffMs(event.tries) : null
  const ended = await tx.query(
    `UPDATE gateway_events SET outcome = $3, tries = tries + 1, due_at = relay_now() + $4::bigint * interval '1 millisecond',
       payment_reference = coalesce(payment_reference, $5), lease_number = lease_number + 1
     WHERE id = $1 AND lease_number = $2 AND due_at IS NOT NULL RETURNING id`,
    [event.id, event.leaseNumber, outcome, again, paymentReference],
  )
  return ended.length > 0
}
