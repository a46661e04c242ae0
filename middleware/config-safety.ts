import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Where in the configuration, and what must be otherwise. Never a value of a secret. */
export interface Mistake {
  readonly path: readonly (string | number)[]
  readonly message: string
}

interface OrgPart {
  readonly id: string
  readonly sandbox: boolean
  readonly loginUrl: string
  readonly instanceUrl: string
  readonly privateKey: string
  readonly requestCertificates: readonly string[]
}

interface AccountPart {
  readonly org: string
  readonly live: boolean
}

/** Of RSA; shorter ones are no longer thought safe (NIST SP 800-57). */
const SHORTEST_KEY_BITS = 2048

/** What each part of the configuration cannot see by itself: live and test together, and keys that are not what they should be. */
export function orgMistakes(orgs: readonly OrgPart[], accounts: readonly AccountPart[]): Mistake[] {
  const sandboxes = new Set(orgs.filter(({ sandbox }) => sandbox).map(({ id }) => id))
  return [
    ...accounts.flatMap(({ org, live }, place) =>
      live && sandboxes.has(org)
        ? [{ path: ['gatewayAccounts', place, 'live'], message: 'must not be true for an org that is a sandbox' }]
        : [],
    ),
    ...orgs.flatMap((org, place) =>
      [...modeMistakes(org), ...keyMistakes(org)].map(({ path, message }) => ({
        path: ['orgs', place, ...path],
        message,
      })),
    ),
  ]
}

/** Salesforce names its test environments in their addresses. */
function modeMistakes({ sandbox, loginUrl, instanceUrl }: OrgPart): Mistake[] {
  if (sandbox) return []
  const isTest = (url: string) =>
    /^test\.salesforce\.com$|\.(sandbox|scratch)\.(my|lightning)\./.test(new URL(url).hostname)
  return Object.entries({ loginUrl, instanceUrl })
    .filter(([, url]) => isTest(url))
    .map(([name]) => ({ path: [name], message: 'is a test environment: set `sandbox` to true' }))
}

function keyMistakes({ privateKey, requestCertificates }: OrgPart): Mistake[] {
  const own = readKey(privateKey)
  const mistakes = weakness(own, ['privateKey'])
  requestCertificates.forEach((pem, place) => {
    const key = readKey(pem)
    const path = ['requestCertificates', place]
    mistakes.push(...weakness(key, path))
    if (pem.includes('PRIVATE KEY')) mistakes.push({ path, message: 'must be a certificate, not a private key' })
    else if (key && own && key.equals(own)) {
      mistakes.push({
        path,
        message: "must not be of the middleware's own key: whoever holds that could then sign requests",
      })
    }
  })
  return mistakes
}

function weakness(key: KeyObject | null, path: readonly (string | number)[]): Mistake[] {
  if (!key) return [{ path, message: 'is no key or certificate in PEM form' }]
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (key.asymmetricKeyType !== 'rsa') return [{ path, message: 'must be an RSA key' }]
  return bits !== undefined && bits < SHORTEST_KEY_BITS
    ? [{ path, message: `must be an RSA key of at least ${SHORTEST_KEY_BITS} bits` }]
    : []
}

/** The public half of a key or certificate; null when it is none. */
function readKey(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem)
  } catch {
    return null
  }
}

/**
 * One secret that serves two purposes: whoever learns it for the one has it for the other. Several accounts of one gateway may share
 * what they use for the same.
 * @param json the configuration as it was written
 * @param read the same, with the secrets read
 */
export function sharedSecrets(json: unknown, read: unknown): Mistake[] {
  const purposes = new Map<string, { purpose: string; name: string }>()
  const mistakes: Mistake[] = []
  for (const { path, value, purpose } of secretsIn(json, read, [], '')) {
    const first = purposes.get(value)
    if (!first) purposes.set(value, { purpose, name: path.join('.') })
    else if (first.purpose !== purpose) {
      mistakes.push({ path, message: `is the same secret as ${first.name}: use another for each purpose` })
    }
  }
  return mistakes
}

interface FoundSecret {
  readonly path: readonly (string | number)[]
  readonly value: string
  readonly purpose: string
}

function secretsIn(json: unknown, read: unknown, path: readonly (string | number)[], gateway: string): FoundSecret[] {
  if (typeof json !== 'object' || json === null) return []
  if (typeof read === 'string') {
    // Certificates are public.
    if (path.includes('requestCertificates')) return []
    const names = path.filter((part) => typeof part === 'string')
    return [{ path, value: read, purpose: [gateway, ...names].join('.') }]
  }
  const own = (json as { gateway?: unknown }).gateway
  return Object.entries(json).flatMap(([name, part]) =>
    secretsIn(
      part,
      (read as Record<string, unknown> | undefined)?.[name],
      [...path, Array.isArray(json) ? Number(name) : name],
      typeof own === 'string' ? own : gateway,
    ),
  )
}
