import type { Database } from '../database/database.ts'
import type { Gateway, GatewayEvent, WebhookDelivery } from '../gateways/gateway.ts'
import { trace } from '../trace.ts'

/**
 * Verifies a delivery and stores what is new in it, due to be applied. Only after this may the gateway get its acknowledgement.
 * @returns how many events were new
 * @throws RefundError `webhook_not_authentic`, `webhook_unreadable`; then nothing was stored
 */
export async function receiveWebhook(
  database: Database,
  gateway: Gateway,
  account: string,
  delivery: WebhookDelivery,
): Promise<number> {
  const events = await gateway.readWebhook(delivery)
  const what = { gateway: gateway.name, account, count: events.length }
  return trace('inbox', what, () => storeEvents(database, gateway.name, account, events))
}

/**
 * Stores each event once, due to be applied.
 * @returns how many were new
 */
export async function storeEvents(
  database: Database,
  gateway: string,
  account: string,
  events: readonly GatewayEvent[],
): Promise<number> {
  if (events.length === 0) return 0
  const column = <Value>(read: (event: (typeof events)[number]) => Value) => events.map(read)
  const stored = await database.query(
    `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference,
       refund_reference, refund_id, amount, currency, error_code, gateway_message, payload, due_at)
     SELECT $1, $2, identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id, amount, currency,
       error_code, gateway_message, payload::jsonb, CASE WHEN kind NOT IN ('other', 'unreadable') THEN relay_now() END
     FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::text[], $13::text[], $14::text[])
       AS event (identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id, amount, currency,
         error_code, gateway_message, payload)
     ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING RETURNING id`,
    [
      gateway,
      account,
      column((event) => event.identity),
      column((event) => event.kind),
      column((event) => event.gatewayKind),
      column((event) => event.occurredAt),
      column((event) => event.paymentReference),
      column((event) => event.refundReference),
      column((event) => event.refundId),
      column((event) => event.amount?.value ?? null),
      column((event) => event.amount?.currency ?? null),
      column((event) => event.refusal?.code ?? null),
      column((event) => event.refusal?.gatewayMessage ?? null),
      column((event) => JSON.stringify(event.payload)),
    ],
  )
  return stored.length
}
