import type { Gateway, WebhookDelivery } from '../gateways/gateway.ts'
import { trace } from '../trace.ts'
import type { EventInbox, Stored } from './event-inbox.ts'

/**
 * Verifies a delivery and stores what is new in it, due to be applied. Only after this may the gateway get its acknowledgement.
 * @throws RefundError `webhook_not_authentic`, `webhook_unreadable`; then nothing was stored
 */
export async function receiveWebhook(
  inbox: EventInbox,
  gateway: Gateway,
  account: string,
  delivery: WebhookDelivery,
): Promise<Stored> {
  const events = await gateway.readWebhook(delivery)
  const what = { gateway: gateway.name, account, count: events.length }
  return trace('inbox', what, () => inbox.store({ gateway: gateway.name, account, events }))
}
