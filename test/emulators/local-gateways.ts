import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { startLocalAdyen } from './adyen/server.ts'
import type { LocalAdyen } from './adyen/server.ts'
import { startLocalBraintree } from './braintree/server.ts'
import type { LocalBraintree } from './braintree/server.ts'
import { startLocalGoCardless } from './gocardless/server.ts'
import type { LocalGoCardless } from './gocardless/server.ts'
import type { SamplePayment } from './sample-payments.ts'

/** Payment__c.Gateway_Account__c of each connection. */
export const ACCOUNTS = {
  adyen: 'RefundRelayECOM',
  adyenClassic: 'RefundRelayClassic',
  braintree: 'refundrelay_eur',
  gocardless: 'CR000RELAY',
} as const
const MERCHANT_ID = 'refundrelay'
const WEBHOOK_USER = 'refund-relay'

export interface LocalGatewaysOptions {
  /** Where each gateway keeps its ledger; null: in memory. */
  readonly directory: string | null
  readonly ports: { readonly adyen: number; readonly braintree: number; readonly gocardless: number }
  readonly middlewareUrl: () => string
  /** How long a gateway takes to decide. */
  readonly outcomeDelayMs: number
  /** Made once, kept in a file. */
  readonly secret: (name: string, make: () => string) => { readonly path: string; readonly value: string }
  /** Between two look-ups of an outcome that no webhook tells. */
  readonly pollOutcomeMs: number
  readonly spacingMs: number
  /** Decisions and webhooks of each gateway at the same time. */
  readonly tasksAtOnce: number
}

export interface LocalGateways {
  readonly adyen: LocalAdyen
  readonly braintree: LocalBraintree
  readonly goCardless: LocalGoCardless
  /** Entries of `gatewayAccounts` in the middleware's configuration. */
  accounts(org: string): object[]
  /** For the local org's page. */
  readonly links: { name: string; label: string; url: string }[]
  /** @returns the gateway's reference of a payment that it now knows, or never heard of */
  add(payment: SamplePayment): string
  close(): Promise<void>
}

/** The three gateways, on this machine, with their keys. */
export async function startLocalGateways(options: LocalGatewaysOptions): Promise<LocalGateways> {
  const { secret, outcomeDelayMs, tasksAtOnce } = options
  const random = () => randomBytes(24).toString('base64url')
  const kept = (name: string) => (options.directory === null ? {} : { directory: join(options.directory, name) })
  const webhookTo = (gateway: string, account: string) => () =>
    `${options.middlewareUrl()}/webhooks/${gateway}/${account}`

  const apiKey = secret('adyen-api-key', random)
  const hmacKey = secret('adyen-hmac-key', () => randomBytes(32).toString('hex'))
  const webhookPassword = secret('adyen-webhook-password', random)
  const sealingKey = secret('sealing-key', random)
  const adyenAccounts = [ACCOUNTS.adyen, ACCOUNTS.adyenClassic]
  const adyen = await startLocalAdyen({
    port: options.ports.adyen,
    ...kept('adyen'),
    apiKey: apiKey.value,
    accounts: adyenAccounts.map((name) => ({
      name,
      hmacKey: hmacKey.value,
      webhook: { url: webhookTo('adyen', name), username: WEBHOOK_USER, password: webhookPassword.value },
    })),
    outcomeDelayMs,
    tasksAtOnce,
  })

  const publicKey = secret('braintree-public-key', () => randomBytes(8).toString('hex'))
  const privateKey = secret('braintree-private-key', () => randomBytes(16).toString('hex'))
  const braintree = await startLocalBraintree({
    port: options.ports.braintree,
    ...kept('braintree'),
    merchantId: MERCHANT_ID,
    publicKey: publicKey.value,
    privateKey: privateKey.value,
    merchantAccounts: [{ id: ACCOUNTS.braintree, currency: 'EUR', creditsAllowed: true }],
    webhook: { url: webhookTo('braintree', ACCOUNTS.braintree) },
    settleAfterMs: outcomeDelayMs,
    tasksAtOnce,
  })

  const accessToken = secret('gocardless-access-token', () => `sandbox_${random()}`)
  const webhookSecret = secret('gocardless-webhook-secret', random)
  const goCardless = await startLocalGoCardless({
    port: options.ports.gocardless,
    ...kept('gocardless'),
    accessToken: accessToken.value,
    creditors: [{ id: ACCOUNTS.gocardless }],
    webhook: { url: webhookTo('gocardless', ACCOUNTS.gocardless), secret: webhookSecret.value },
    outcomeDelayMs,
    tasksAtOnce,
  })

  const file = ({ path }: { path: string }) => ({ file: path })
  return {
    adyen,
    braintree,
    goCardless,
    accounts: (org) => [
      ...adyenAccounts.map((account) => ({
        gateway: 'adyen',
        account,
        org,
        live: false,
        api: account === ACCOUNTS.adyenClassic ? 'classic' : 'checkout',
        baseUrl: adyen.url,
        classicBaseUrl: adyen.url,
        apiKey: file(apiKey),
        webhook: { hmacKeys: [file(hmacKey)], username: WEBHOOK_USER, passwords: [file(webhookPassword)] },
        credits: true,
        sealingKey: file(sealingKey),
      })),
      {
        gateway: 'braintree',
        account: ACCOUNTS.braintree,
        org,
        live: false,
        merchantId: MERCHANT_ID,
        publicKey: file(publicKey),
        privateKey: file(privateKey),
        environment: { baseUrl: braintree.url },
        credits: true,
        pollOutcomeMs: options.pollOutcomeMs,
        spacingMs: options.spacingMs,
      },
      {
        gateway: 'gocardless',
        account: ACCOUNTS.gocardless,
        org,
        live: false,
        baseUrl: goCardless.url,
        accessToken: file(accessToken),
        webhook: { secrets: [file(webhookSecret)] },
      },
    ],
    links: [
      { name: 'adyen', label: 'Adyen', url: adyen.url },
      { name: 'braintree', label: 'Braintree', url: braintree.url },
      { name: 'gocardless', label: 'GoCardless', url: goCardless.url },
    ],
    add(payment) {
      if (payment.unknownToGateway !== undefined) return payment.unknownToGateway
      if (payment.gateway === 'adyen') return adyen.addPayment(payment.atGateway)
      return payment.gateway === 'braintree'
        ? braintree.addTransaction(payment.atGateway)
        : goCardless.addPayment(payment.atGateway)
    },
    async close() {
      await Promise.all([adyen.close(), braintree.close(), goCardless.close()])
    },
  }
}
