import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNTS, startLocalGateways } from './local-gateways.ts'
import type { LocalGateways } from './local-gateways.ts'
import { startLocalOrg } from './org/server.ts'
import type { LocalOrg } from './org/server.ts'
import { SAMPLE_PAYMENTS } from './sample-payments.ts'
import type { SamplePayment } from './sample-payments.ts'

export const ORG_ID = '00D000000000001EAA'
const AUDIENCE = 'refund-relay-local'
const CLIENT_ID = 'refund-relay-local'
const INTEGRATION_USER = 'integration@refund-relay.local'

export interface LocalPorts {
  readonly middleware: number
  readonly org: number
  readonly adyen: number
  readonly braintree: number
  readonly gocardless: number
  readonly metrics: number
}

const ANY_PORTS: LocalPorts = { middleware: 0, org: 0, adyen: 0, braintree: 0, gocardless: 0, metrics: 0 }

export interface LocalWorldOptions {
  /** Keys, configuration and, when `keep` is set, what the emulators hold. */
  readonly directory: string
  readonly keep: boolean
  /** Where the middleware will listen; asked when a webhook or callout goes out. */
  readonly middlewareUrl: () => string
  readonly ports?: LocalPorts
  /** Written into the configuration; left out: an embedded PostgreSQL below `directory`. */
  readonly databaseUrl?: string
  /** How long a local gateway takes to decide. */
  readonly outcomeDelayMs?: number
  /** Between two look-ups of an outcome that no webhook tells. */
  readonly pollOutcomeMs?: number
  /** Between two refunds of one payment at Braintree. */
  readonly spacingMs?: number
  /** Decisions and webhooks of each gateway at the same time; one when left out, so that their order is certain. */
  readonly tasksAtOnce?: number
  /** `limits` of the configuration. */
  readonly limits?: object
  /** `limits` of the org in the configuration. */
  readonly orgLimits?: object
  /** The built page, served by the local org. */
  readonly pageDirectory?: string
}

export interface LocalWorld extends Pick<LocalGateways, 'adyen' | 'braintree' | 'goCardless' | 'links'> {
  readonly org: LocalOrg
  /** The middleware's configuration file. */
  readonly configPath: string
  /** A payment that both the gateway and the org know. */
  addPayment(payment: SamplePayment): Promise<{ recordId: string; reference: string }>
  close(): Promise<void>
}

/** Everything around the middleware: an org, the gateways, their keys, and a configuration that points the middleware at them. */
export async function startLocalWorld(options: LocalWorldOptions): Promise<LocalWorld> {
  const { directory, keep, middlewareUrl } = options
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const secret = (name: string, make: () => string) => {
    const path = join(directory, name)
    if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600 })
    return { path, value: readFileSync(path, 'utf8') }
  }
  const newKey = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const requestKey = secret('org-request-key.pem', newKey)
  const requestCertificate = secret('org-request-certificate.pem', () => publicHalf(requestKey.value))
  const integrationKey = secret('integration-key.pem', newKey)
  const ports = options.ports ?? ANY_PORTS

  const gateways = await startLocalGateways({
    directory: keep ? directory : null,
    ports,
    middlewareUrl,
    outcomeDelayMs: options.outcomeDelayMs ?? 0,
    pollOutcomeMs: options.pollOutcomeMs ?? 500,
    spacingMs: options.spacingMs ?? 1_000,
    tasksAtOnce: options.tasksAtOnce ?? 1,
    secret,
  })
  const org = await startLocalOrg({
    port: ports.org,
    ...(keep && { directory: join(directory, 'org') }),
    requestKey: requestKey.value,
    audience: AUDIENCE,
    integration: { clientId: CLIENT_ID, username: INTEGRATION_USER, publicKey: publicHalf(integrationKey.value) },
    middlewareUrl,
    gateways: gateways.links,
    ...(options.pageDirectory !== undefined && { pageDirectory: options.pageDirectory }),
  })

  const configPath = join(directory, 'config.json')
  const databaseUrlPath = join(directory, 'database-url')
  if (options.databaseUrl !== undefined) writeFileSync(databaseUrlPath, options.databaseUrl, { mode: 0o600 })
  const config = {
    server: { port: ports.middleware, audience: AUDIENCE },
    metrics: { port: ports.metrics },
    database:
      options.databaseUrl === undefined
        ? { embedded: { directory: join(directory, 'postgres') } }
        : { url: { file: databaseUrlPath } },
    ...(options.limits !== undefined && { limits: options.limits }),
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
        ...(options.orgLimits !== undefined && { limits: options.orgLimits }),
      },
    ],
    gatewayAccounts: gateways.accounts(ORG_ID),
  }
  writeFileSync(configPath, JSON.stringify(config, null, 2) + '\n')

  const addPayment = async (payment: SamplePayment) => {
    const reference = gateways.add(payment)
    const account = payment.account ?? ACCOUNTS[payment.gateway]
    const recordId = await org.insert('Payment__c', {
      ...payment.inOrg,
      Gateway__c: payment.gateway,
      Gateway_Account__c: account,
      Gateway_Reference__c: reference,
      Gateway_Key__c: `${payment.gateway}:${account}:${reference}`,
    })
    return { recordId, reference }
  }
  if (org.rows('Payment__c').length === 0) for (const payment of SAMPLE_PAYMENTS) await addPayment(payment)

  const { adyen, braintree, goCardless, links } = gateways
  return {
    ...{ org, adyen, braintree, goCardless, links, configPath, addPayment },
    async close() {
      await org.close()
      await gateways.close()
    },
  }
}

function publicHalf(privateKey: string): string {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString()
}
