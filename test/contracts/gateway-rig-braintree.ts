import { BraintreeGateway } from '../../middleware/gateways/braintree/braintree-gateway.ts'
import type { BraintreeSettings } from '../../middleware/gateways/braintree/braintree-settings.ts'
import { startLocalBraintree } from '../emulators/braintree/server.ts'
import type { LocalBraintree, LocalBraintreeOptions } from '../emulators/braintree/server.ts'
import { openInbox } from './gateway-inbox.ts'
import type { Inbox } from './gateway-inbox.ts'
import type { GatewayRig } from './gateway-rigs.ts'

export interface BraintreeRig extends GatewayRig {
  readonly gateway: BraintreeGateway
  readonly settings: BraintreeSettings
  readonly braintree: LocalBraintree
  readonly inbox: Inbox
}

/** What the middleware would have in its configuration. */
export function braintreeSettings(changes: Partial<BraintreeSettings> = {}): BraintreeSettings {
  return {
    gateway: 'braintree',
    account: 'refundrelay_eur',
    org: '00D000000000001EAA',
    live: false,
    merchantId: 'refundrelay',
    publicKey: 'local-public-key',
    privateKey: 'local-private-key',
    environment: { baseUrl: 'http://127.0.0.1:1' },
    idempotencyKeys: true,
    credits: false,
    spacingMs: 7000,
    pollOutcomeMs: 900_000,
    timeoutMs: 2000,
    ...changes,
  }
}

export async function startBraintreeRig(
  changes: Partial<BraintreeSettings> = {},
  options: Partial<LocalBraintreeOptions> = {},
): Promise<BraintreeRig> {
  const inbox = await openInbox()
  const { account, merchantId, publicKey, privateKey } = braintreeSettings()
  const braintree = await startLocalBraintree({
    merchantId,
    publicKey,
    privateKey,
    merchantAccounts: [{ id: account, currency: 'EUR' }],
    webhook: { url: inbox.url },
    ...options,
  })
  const settings = braintreeSettings({ environment: { baseUrl: braintree.url }, ...changes })
  const gateway = new BraintreeGateway(settings)
  return {
    gateway,
    settings,
    braintree,
    inbox,
    // A debit: only of those does a webhook tell that a refund settled.
    paymentReference: braintree.addTransaction({ amount: '100.00', instrument: 'sepa_debit_account' }),
    acceptedRefunds: () => braintree.acceptedRefunds(),
    faultOnNextRequest: (name) => braintree.faultOnNextRequest(name),
    switchOff: () => braintree.close(),
    async events() {
      await braintree.settleWebhooks()
      return (await Promise.all(inbox.deliveries.map((delivery) => gateway.readWebhook(delivery)))).flat()
    },
    async stop() {
      await braintree.close()
      await inbox.close()
    },
  }
}
