import { X509Certificate } from 'node:crypto'
import type { Config } from '../config.ts'
import { checkOrg } from '../crm/check-org.ts'
import type { Database } from '../database/database.ts'
import { unappliedMigrations } from '../database/migrate.ts'
import { openGateway } from '../gateways/registry.ts'
import { checkHost, expiryFinding } from './check-host.ts'
import type { Finding } from './finding.ts'
import { openLedger } from './open-ledger.ts'

/** Everything that the configuration names is reached once; nothing is changed anywhere. */
export async function checkEverything(config: Config, onProgress: (what: string) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  const look = async (what: string, work: () => Promise<readonly Finding[]>) => {
    onProgress(what)
    findings.push(...(await work()))
  }
  await look('database', () => checkDatabase(config))
  for (const address of addressesOf(config)) await look(new URL(address).host, () => checkHost(address))
  for (const org of config.orgs) {
    findings.push(...certificates(org.name, org.requestCertificates))
    await look(org.name, async () => (await checkOrg(org)).map((found) => ({ subject: org.name, ...found })))
  }
  for (const settings of config.gatewayAccounts) {
    const subject = `${settings.gateway} ${settings.account}`
    await look(subject, async () => [await checkAccount(subject, settings)])
  }
  return findings
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  const subject = 'database'
  try {
    const ledger = await openLedger(config)
    try {
      return [
        { subject, what: 'answers', detail: await versionOf(ledger.database), remedy: null },
        await checkSchema(ledger.database),
      ]
    } finally {
      await ledger.close()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const remedy = 'check the address and password of `database`, and that PostgreSQL runs'
    return [{ subject, what: 'answers', detail: code ?? message, remedy }]
  }
}

async function versionOf(database: Database): Promise<string> {
  const [row] = await database.query<{ version: string; recovery: boolean }>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS recovery`,
  )
  if (row!.recovery) throw new Error('it is a standby, which takes no writes')
  return `PostgreSQL ${row!.version}`
}

async function checkSchema(database: Database): Promise<Finding> {
  const waiting = await unappliedMigrations(database)
  // The middleware applies them itself when it starts: that some wait is news, not a fault.
  const detail = waiting.length === 0 ? 'up to date' : `${waiting.length} migrations will be applied at the next start`
  return { subject: 'database', what: 'schema', detail, remedy: null }
}

/** Every host once. */
function addressesOf({ orgs, gatewayAccounts, tracing }: Config): string[] {
  const named = [
    ...orgs.flatMap(({ loginUrl, instanceUrl }) => [loginUrl, instanceUrl]),
    ...gatewayAccounts.flatMap((settings) => [
      'baseUrl' in settings ? settings.baseUrl : null,
      'classicBaseUrl' in settings ? settings.classicBaseUrl : null,
      'environment' in settings && typeof settings.environment === 'object' ? settings.environment.baseUrl : null,
    ]),
    tracing?.otlpUrl,
  ].filter((address) => typeof address === 'string')
  return [...new Set(named.map((address) => new URL(address).origin))]
}

function certificates(subject: string, pems: readonly string[]): Finding[] {
  return pems.flatMap((pem) =>
    // A bare public key lasts for ever.
    pem.includes('BEGIN CERTIFICATE')
      ? [{ ...expiryFinding(subject, new Date(new X509Certificate(pem).validTo)), what: 'certificate of its requests' }]
      : [],
  )
}

async function checkAccount(subject: string, settings: Config['gatewayAccounts'][number]): Promise<Finding> {
  const access = await openGateway(settings).checkAccess()
  switch (access.kind) {
    case 'granted': {
      const unproven = access.unproven === undefined ? '' : ` (not proven: ${access.unproven})`
      return { subject, what: 'access', detail: `${access.proven}${unproven}`, remedy: null }
    }
    case 'refused':
      return { subject, what: 'access', detail: access.detail, remedy: access.remedy }
    case 'unavailable':
      return { subject, what: 'access', detail: access.detail, remedy: 'it cannot be asked now: try again' }
  }
}
