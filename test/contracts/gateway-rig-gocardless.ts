import { GoCardlessGateway } from '../../middleware/gateways/gocardless/gocardless-gateway.ts'
import type { GoCardlessSettings } from '../../middleware/gateways/gocardless/gocardless-settings.ts'
import { startLocalGoCardless } from '../emulators/gocardless/server.ts'
import type { LocalGoCardless, LocalGoCardlessOptions } from '../emulators/gocardless/server.ts'
import { openInbox } from './gateway-inbox.ts'
import type { Inbox } from './gateway-inbox.ts'
import type { GatewayRig } from './gateway-rigs.ts'

export interface GoCardlessRig extends GatewayRig {
  readonly gateway: GoCardlessGateway
  readonly settings: GoCardlessSettings
  readonly goCardless: LocalGoCardless
  readonly inbox: Inbox
}

export const CREDITOR = 'CR000RELAY'
export const WEBHOOK_SECRET = 'local-webhook-secret'

/** What the middleware would have in its configuration. */
export function goCardlessSettings(changes: Partial<GoCardlessSettings> = {}): GoCardlessSettings {
  return {
    gateway: 'gocardless',
    account: CREDITOR,
    org: '00D000000000001EAA',
    live: false,
    baseUrl: 'http://127.0.0.1:1',
    accessToken: 'sandbox_local-token',
    webhook: { secrets: [WEBHOOK_SECRET] },
    timeoutMs: 2000,
    ...changes,
  }
}

export async function startGoCardlessRig(
  changes: Partial<GoCardlessSettings> = {},
  options: Partial<LocalGoCardlessOptions> = {},
): Promise<GoCardlessRig> {
  const inbox = await openInbox()
  const goCardless = await startLocalGoCardless({
    accessToken: goCardlessSettings().accessToken,
    creditors: [{ id: CREDITOR }],
    webhook: { url: inbox.url, secret: WEBHOOK_SECRET },
    ...options,
  })
  const settings = goCardlessSettings({ baseUrl: goCardless.url, ...changes })
  const gateway = new GoCardlessGateway(settings)
  return {
    gateway,
    settings,
    goCardless,
    inbox,
    paymentReference: goCardless.addPayment({ amount: 10000, currency: 'EUR' }),
    acceptedRefunds: () =>
      goCardless.acceptedRefunds().map(({ metadata }) => ({ reference: metadata['refund'] ?? '' })),
    faultOnNextRequest: (name) => goCardless.faultOnNextRequest(name),
    switchOff: () => goCardless.close(),
    async events() {
      await goCardless.settleWebhooks()
      return inbox.deliveries.flatMap((delivery) => gateway.readWebhook(delivery))
    },
    async stop() {
      await goCardless.close()
      await inbox.close()
    },
  }
}
