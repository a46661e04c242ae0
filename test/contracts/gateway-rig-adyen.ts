import { AdyenGateway } from '../../middleware/gateways/adyen/adyen-gateway.ts'
import type { AdyenSettings } from '../../middleware/gateways/adyen/adyen-settings.ts'
import { startLocalAdyen } from '../emulators/adyen/server.ts'
import type { LocalAdyen, LocalAdyenOptions } from '../emulators/adyen/server.ts'
import { openInbox } from './gateway-inbox.ts'
import type { Inbox } from './gateway-inbox.ts'
import type { GatewayRig } from './gateway-rigs.ts'

export interface AdyenRig extends GatewayRig {
  readonly gateway: AdyenGateway
  readonly settings: AdyenSettings
  readonly adyen: LocalAdyen
  readonly inbox: Inbox
}

export const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'

/** What the middleware would have in its configuration. */
export function adyenSettings(changes: Partial<AdyenSettings> = {}): AdyenSettings {
  return {
    gateway: 'adyen',
    account: 'RefundRelayECOM',
    org: '00D000000000001EAA',
    live: false,
    api: 'checkout',
    baseUrl: 'http://127.0.0.1:1',
    classicBaseUrl: 'http://127.0.0.1:1',
    credits: false,
    captureMode: 'immediate',
    apiKey: 'local-api-key',
    webhook: { hmacKeys: [HMAC_KEY], username: 'adyen', passwords: ['local-password'] },
    timeoutMs: 2000,
    ...changes,
  }
}

/** The same account, spoken to through the Classic API. */
export const startAdyenClassicRig = (): Promise<AdyenRig> => startAdyenRig({ api: 'classic' })

export async function startAdyenRig(
  changes: Partial<AdyenSettings> = {},
  options: Partial<LocalAdyenOptions> = {},
): Promise<AdyenRig> {
  const inbox = await openInbox()
  const { account, apiKey, webhook } = adyenSettings()
  const adyen = await startLocalAdyen({
    apiKey,
    accounts: [
      {
        name: account,
        hmacKey: HMAC_KEY,
        webhook: { url: inbox.url, username: webhook.username, password: webhook.passwords[0]! },
      },
    ],
    ...options,
  })
  const settings = adyenSettings({ baseUrl: adyen.url, classicBaseUrl: adyen.url, ...changes })
  const gateway = new AdyenGateway(settings)
  return {
    gateway,
    settings,
    adyen,
    inbox,
    paymentReference: adyen.addPayment({ amount: { value: 10000, currency: 'EUR' } }),
    acceptedRefunds: () => adyen.acceptedRefunds(),
    faultOnNextRequest: (name) => adyen.faultOnNextRequest(name),
    switchOff: () => adyen.close(),
    async events() {
      await adyen.settleWebhooks()
      return inbox.deliveries.flatMap((delivery) => gateway.readWebhook(delivery))
    },
    async stop() {
      await adyen.close()
      await inbox.close()
    },
  }
}
