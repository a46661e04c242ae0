import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLocalAdyen } from './adyen/server.ts'
import type { LocalAdyen } from './adyen/server.ts'
import { startLocalOrg } from './org/server.ts'
import type { LocalOrg } from './org/server.ts'
import { SAMPLE_PAYMENTS } from './sample-payments.ts'
import type { SamplePayment } from './sample-payments.ts'

export const ORG_ID = '00D000000000001EAA'
export const MERCHANT_ACCOUNT = 'RefundRelayECOM'
const AUDIENCE = 'refund-relay-local'
const CLIENT_ID = 'refund-relay-local'
const INTEGRATION_USER = 'integration@refund-relay.local'
const WEBHOOK_USER = 'refund-relay'

export interface LocalWorldOptions {
  /** Keys, configuration and, when `keep` is set, what the emulators hold. */
  readonly directory: string
  readonly keep: boolean
  /** Where the middleware will listen; asked when a webhook or callout goes out. */
  readonly middlewareUrl: () => string
  readonly ports?: { readonly middleware: number; readonly org: number; readonly adyen: number }
  /** Written into the configuration; left out: an embedded PostgreSQL below `directory`. */
  readonly databaseUrl?: string
  /** How long the local Adyen takes to decide. */
  readonly outcomeDelayMs?: number
  /** The built page, served by the local org. */
  readonly pageDirectory?: string
}

export interface LocalWorld {
  readonly org: LocalOrg
  readonly adyen: LocalAdyen
  /** The middleware's configuration file. */
  readonly configPath: string
  /** A payment that both the gateway and the org know. */
  addPayment(payment: SamplePayment): Promise<{ recordId: string; pspReference: string }>
  close(): Promise<void>
}

/** Everything around the middleware: an org, a gateway, their keys, and a configuration that points the middleware at them. */
export async function startLocalWorld(options: LocalWorldOptions): Promise<LocalWorld> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const secret = (name: string, make: () => string) => {
    const path = join(options.directory, name)
    if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600 })
    return { path, value: readFileSync(path, 'utf8') }
  }
  const newKey = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const requestKey = secret('org-request-key.pem', newKey)
  const requestCertificate = secret('org-request-certificate.pem', () => publicHalf(requestKey.value))
  const integrationKey = secret('integration-key.pem', newKey)
  const apiKey = secret('adyen-api-key', () => randomBytes(24).toString('base64url'))
  const hmacKey = secret('adyen-hmac-key', () => randomBytes(32).toString('hex'))
  const webhookPassword = secret('adyen-webhook-password', () => randomBytes(18).toString('base64url'))

  const kept = (name: string) => (options.keep ? { directory: join(options.directory, name) } : {})
  const adyen = await startLocalAdyen({
    port: options.ports?.adyen ?? 0,
    ...kept('adyen'),
    apiKey: apiKey.value,
    accounts: [
      {
        name: MERCHANT_ACCOUNT,
        hmacKey: hmacKey.value,
        webhook: {
          url: () => `${options.middlewareUrl()}/webhooks/adyen/${MERCHANT_ACCOUNT}`,
          username: WEBHOOK_USER,
          password: webhookPassword.value,
        },
      },
    ],
    outcomeDelayMs: options.outcomeDelayMs ?? 0,
  })
  const org = await startLocalOrg({
    port: options.ports?.org ?? 0,
    ...kept('org'),
    requestKey: requestKey.value,
    audience: AUDIENCE,
    integration: { clientId: CLIENT_ID, username: INTEGRATION_USER, publicKey: publicHalf(integrationKey.value) },
    middlewareUrl: options.middlewareUrl,
    gateways: [{ name: 'adyen', label: 'Adyen', url: adyen.url }],
    ...(options.pageDirectory !== undefined && { pageDirectory: options.pageDirectory }),
  })

  const configPath = join(options.directory, 'config.json')
  const databaseUrlPath = join(options.directory, 'database-url')
  if (options.databaseUrl !== undefined) writeFileSync(databaseUrlPath, options.databaseUrl, { mode: 0o600 })
  const config = {
    server: { port: options.ports?.middleware ?? 0, audience: AUDIENCE },
    database:
      options.databaseUrl === undefined
        ? { embedded: { directory: join(options.directory, 'postgres') } }
        : { url: { file: databaseUrlPath } },
    orgs: [
      {
        id: ORG_ID,
        name: 'Refund Relay (local)',
        sandbox: true,
        loginUrl: org.url,
        instanceUrl: org.url,
        clientId: CLIENT_ID,
        username: INTEGRATION_USER,
        privateKey: { file: integrationKey.path },
        requestCertificates: [{ file: requestCertificate.path }],
      },
    ],
    gatewayAccounts: [
      {
        gateway: 'adyen',
        account: MERCHANT_ACCOUNT,
        org: ORG_ID,
        live: false,
        baseUrl: adyen.url,
        apiKey: { file: apiKey.path },
        webhook: {
          hmacKeys: [{ file: hmacKey.path }],
          username: WEBHOOK_USER,
          passwords: [{ file: webhookPassword.path }],
        },
      },
    ],
  }
  writeFileSync(configPath, JSON.stringify(config, null, 2) + '\n')

  const addPayment = async (payment: SamplePayment) => {
    const pspReference = payment.unknownToGateway ? payment.unknownToGateway : adyen.addPayment(payment.atGateway)
    const recordId = await org.insert('Payment__c', {
      ...payment.inOrg,
      Gateway__c: 'adyen',
      Gateway_Account__c: MERCHANT_ACCOUNT,
      Gateway_Reference__c: pspReference,
      Gateway_Key__c: `adyen:${MERCHANT_ACCOUNT}:${pspReference}`,
    })
    return { recordId, pspReference }
  }
  if (org.rows('Payment__c').length === 0) for (const payment of SAMPLE_PAYMENTS) await addPayment(payment)

  return {
    org,
    adyen,
    configPath,
    addPayment,
    async close() {
      await org.close()
      await adyen.close()
    },
  }
}

function publicHalf(privateKey: string): string {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString()
}
