import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../../middleware/database/database.ts'
import type { Refund, RefundState } from '../../../middleware/refunds/refund.ts'
import { ORG_ID, USER_ID } from './ledger-rows.ts'

/** What people wrote, and what gateways said, holds this name. */
export const NAME = 'Mrs Example'
const DAY_MS = 86_400_000

export interface ToldRefund {
  readonly id: string
  readonly paymentId: string | null
  readonly eventId: string
}

/**
 * A refund or credit that was last changed that many days ago, with all that is ever written, sent and said of one, as Salesforce has it.
 * @param asked of a payment that is there
 */
export async function toldRefund(
  database: Database,
  days: number,
  asked: { state?: RefundState; kind?: Refund['kind']; paymentId?: string; orgId?: string } = {},
): Promise<ToldRefund> {
  const { state = 'failed', kind = 'refund', orgId = ORG_ID } = asked
  const id = uuidv7({ msecs: Date.now() - days * DAY_MS })
  const paymentId = kind === 'credit' ? null : (asked.paymentId ?? `a01${id.replaceAll('-', '').slice(-15)}`)
  const reference = paymentId === null ? null : `PSP${orgId}${paymentId}`
  await database.query(
    `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
     SELECT $1, $2, 'adyen', 'RefundRelayECOM', $3, 'EUR', 100 WHERE $2::text IS NOT NULL ON CONFLICT DO NOTHING`,
    [orgId, paymentId, reference],
  )
  await database.query(
    `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, gateway_reference, currency, kind, target, origin, state,
       amount, requested_by, idempotency_key, request_digest, reason, note, line_items, error_code, gateway_message, evidence,
       requested_at, updated_at, crm_version, crm_due_at)
     VALUES ($1::uuid, $2, $3, 'adyen', 'RefundRelayECOM', 'REF' || $1::uuid, 'EUR', $4::text, CASE WHEN $4 = 'credit' THEN 'bank_account' END, 'here', $5,
       10, $6, 'key-' || $1::uuid, 'digest', 'returned', $7::text || ' called', json_build_array(json_build_object('name', $7 || '''s shoe')),
       'bank_returned_refund', $7 || ' has no account', 'settled by ada: ' || $7 || ' wrote: "not paid"',
       relay_now() - $8::int * interval '1 day', relay_now() - $8::int * interval '1 day', 1, NULL)`,
    [id, orgId, paymentId, kind, state, USER_ID, NAME, days],
  )
  await database.query(
    `INSERT INTO attempts (id, refund_id, operation, key, body, sends, first_sent_at, answer, detail)
     VALUES ($1::uuid, $2, 'refund', $1::uuid, json_build_object('owner', $3::text), 1, relay_now(), 'rejected', $3::text || ' is not known')`,
    [uuidv7(), id, NAME],
  )
  await database.query(
    `INSERT INTO refund_changes (refund_id, from_state, to_state, evidence) VALUES
       ($1, $2, $2, 'settled by ada: ' || $3::text || ' wrote: "not paid"'), ($1, $2, $2, 'released by bo: ' || $3 || ' waits'), ($1, $2, $2, 'event 7 REFUND')`,
    [id, state, NAME],
  )
  return { id, paymentId, eventId: await toldEvent(database, days, { refund: `REF${id}`, payment: reference }) }
}

/** An event that was applied as long ago. */
export async function toldEvent(
  database: Database,
  days: number,
  of: { refund?: string | null; payment?: string | null; outcome?: string; isDue?: boolean } = {},
): Promise<string> {
  const [row] = await database.query<{ id: string }>(
    `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, refund_reference, payment_reference, amount, currency,
       error_code, gateway_message, payload, received_at, due_at, outcome)
     VALUES ('adyen', 'RefundRelayECOM', $1, 'refund_failed_late', 'REFUND_FAILED', $2, $3, '10.00', 'EUR', 'bank_returned_refund',
       $4::text || ' has no account', jsonb_build_object('reason', $4::text), relay_now() - $5::int * interval '1 day',
       CASE WHEN $6::boolean THEN relay_now() + interval '1 day' END, $7) RETURNING id::text`,
    [uuidv7(), of.refund ?? null, of.payment ?? null, NAME, days, of.isDue ?? false, of.outcome ?? 'applied'],
  )
  return row!.id
}

/** Where in the whole database the name still stands: "refunds 0190…", whatever the column. */
export async function whereTheNameIs(database: Database): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await database.query<{ of: string }>(
      `SELECT coalesce(row ->> 'refund_id', row ->> 'id') AS of FROM (SELECT to_jsonb(t) AS row FROM ${name} t) AS rows
       WHERE row::text LIKE '%${NAME}%'`,
    )
    found.push(...rows.map((row) => `${name} ${row.of}`))
  }
  return [...new Set(found)].sort()
}
