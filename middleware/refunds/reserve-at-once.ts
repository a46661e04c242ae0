import { Batches, batchesOf } from '../database/batches.ts'
import type { Database, Queryable } from '../database/database.ts'
import { statementFor } from '../database/given.ts'
import type { Given } from '../database/given.ts'
import type { Money } from '../money/money.ts'
import { NEW_REFUND, STORED_COLUMNS, jobOf, storing, valuesOfRefund } from './insert-refund.ts'
import type { NewRefund, Stored } from './insert-refund.ts'
import { BALANCE, toBalance } from './refund-rows.ts'
import type { RefundJob, ToldBalance } from './refund-rows.ts'
import { REFUNDS_TOGETHER } from './refund-store.ts'
import type { PaymentBalance, Refund } from './refund.ts'

/** A refund to be reserved, with what the org says was captured of its payment. */
export interface Reservation {
  readonly refund: NewRefund
  readonly captured: Money
}

export interface ReservedAtOnce {
  readonly job: RefundJob
  /** As it was before this refund; worked out for whoever asks, who is rare. */
  readonly balance: () => PaymentBalance
}

type ReservedRow = Stored & Pick<Refund, 'id'> & { readonly balance: ToldBalance }

const RESERVATION = { ...NEW_REFUND, captured: 'numeric', paymentReference: 'text' } as const

/** What the org says now may lower it, never raise it. */
const LOWERED = 'greatest(p.captured_proven, least(p.captured, excluded.captured))'

function reserving(given: Given<typeof RESERVATION>): string {
  const { value, from } = given
  // Of several, that of the payment which is there.
  const amount = from
    ? `(SELECT ${value.amount} ${from} WHERE (${value.orgId}, ${value.paymentId}) = (p.org_id, p.payment_id))`
    : value.amount
  return `WITH ${given.rows}p AS (
       INSERT INTO payments AS p (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
       SELECT ${value.orgId}, ${value.paymentId}, ${value.gateway}, ${value.gatewayAccount}, ${value.paymentReference}, ${value.currency},
         ${value.captured} ${from}
       WHERE ${value.amount} <= ${value.captured} AND NOT EXISTS (
         SELECT FROM gateway_events e WHERE e.gateway = ${value.gateway} AND e.gateway_account = ${value.gatewayAccount}
           AND e.payment_reference = ${value.paymentReference} AND e.due_at IS NOT NULL
       )
       ON CONFLICT (org_id, payment_id) DO UPDATE SET captured = ${LOWERED}
       WHERE (p.gateway, p.gateway_account, p.gateway_reference, p.currency)
           = (excluded.gateway, excluded.gateway_account, excluded.gateway_reference, excluded.currency)
         AND NOT p.voided AND ${LOWERED} - p.refunded - p.under_way - p.held - p.charged_back >= ${amount}
       RETURNING p.org_id, p.payment_id, ${BALANCE} AS balance
     ), ${storing(given, 'p')}
     SELECT r.id, ${STORED_COLUMNS}, p.balance
     FROM p JOIN r USING (org_id, payment_id)`
}

const reservationsOf = statementFor(RESERVATION, reserving, ({ refund, captured }: Reservation) => ({
  ...valuesOfRefund(refund),
  captured: captured.toDecimal(),
  paymentReference: refund.asked.paymentReference,
}))

/** @param reservations of different payments */
async function reserveAll(tx: Queryable, reservations: readonly Reservation[]): Promise<(ReservedAtOnce | null)[]> {
  const rows = await tx.query<ReservedRow>(...reservationsOf(reservations))
  const reserved = new Map(rows.map((row) => [row.id, row]))
  return reservations.map(({ refund }) => {
    const row = reserved.get(refund.asked.id)
    if (!row) return null
    return { job: jobOf(refund, row), balance: () => toBalance(row.balance) }
  })
}

const batches = batchesOf<Reservation, ReservedAtOnce | null>(
  (database) =>
    new Batches((together) => database.transaction((tx) => reserveAll({ query: tx.last }, together)), {
      ...REFUNDS_TOGETHER,
      apartBy: ({ refund: { asked } }) => `${asked.orgId} ${asked.paymentId}`,
    }),
)

/**
 * Binds the payment and stores the refund in one statement, where nothing stands against it: the payment is the one that was bound, enough
 * of it is left, and nothing told of it waits to be applied. Then its lock is held no longer than that statement and its commit, which it
 * shares with refunds of other payments that are asked for at the same time.
 * @returns null where something stands against it, and nothing was stored
 * @throws Error that `keyIsKnown` tells from others when the idempotency key was used before
 */
export function reserveAtOnce(database: Database, reservation: Reservation): Promise<ReservedAtOnce | null> {
  return batches(database).do(reservation)
}
