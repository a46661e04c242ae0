import { X509Certificate } from 'node:crypto'
import type { Config } from '../config.ts'
import { checkOrg } from '../crm/check-org.ts'
import { openGateway } from '../gateways/registry.ts'
import { checkDatabase } from './check-database.ts'
import { checkHost, expiryFinding } from './check-host.ts'
import type { Finding } from './finding.ts'

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
