import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import type { AdyenSettings } from '../../../../middleware/gateways/adyen/adyen-settings.ts'
import { HMAC_KEY, adyenSettings } from '../../../contracts/gateway-rig-adyen.ts'
import { signedDelivery } from '../../../emulators/adyen/webhook-item.ts'
import type { WebhookItem } from '../../../emulators/adyen/webhook-item.ts'

/** Published in the vendor's own tests; not a key of the account. */
export const OTHER_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'

export const REFUND: WebhookItem = {
  amount: { value: 1230, currency: 'EUR' },
  eventCode: 'REFUND',
  eventDate: '2026-11-01T00:19:34+01:00',
  merchantAccountCode: 'RefundRelayECOM',
  merchantReference: '0195f2a0-0000-7000-8000-000000000001',
  originalReference: 'NC6HT9CRT65ZGN82',
  paymentMethod: 'visa',
  pspReference: 'BC7HT9CRT65ZGN83',
  reason: '',
  success: 'true',
}

export type Delivery = { live: string; notificationItems: { NotificationRequestItem: Record<string, unknown> }[] }

/** A genuine delivery of these items, then changed as the test says. */
export function bodyOf(
  items: readonly object[],
  change: (delivery: Delivery) => void = () => undefined,
  key = HMAC_KEY,
): Buffer {
  const signed = items.map((item) => JSON.parse(signedDelivery({ ...REFUND, ...item }, key)) as Delivery)
  const delivery = { live: 'false', notificationItems: signed.flatMap(({ notificationItems }) => notificationItems) }
  change(delivery)
  return Buffer.from(JSON.stringify(delivery))
}

/** What the account makes of it. */
export function read(body: Buffer | string, changes: Partial<AdyenSettings> = {}, login = 'adyen:local-password') {
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  return new AdyenGateway(adyenSettings(changes)).readWebhook({ headers: { authorization }, body: Buffer.from(body) })
}
