import { createPrivateKey, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { ORG_ID } from './local-people.ts'
import { children, readMetadata, text } from './metadata.ts'
import type { Access } from './security.ts'

const LIFE_SECONDS = 120
const NAME = 'Refund_Relay'

/** Replaces what a genuine token says: claims, or the key and the algorithm that sign it. A claim set to null is left out. */
export interface TokenOverrides {
  readonly [claim: string]: unknown
  /** PEM of another private key. */
  readonly signingKey?: string
}

/** No answer reached Apex: CalloutException. */
export class CalloutError extends Error {}

export interface Callout {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}

/**
 * Callouts through the Named Credential Refund_Relay, signed as its External Credential says. The certificate and the
 * audience are what an administrator sets after deployment.
 */
export class NamedCredential {
  readonly #claims: ReadonlyMap<string, string>
  readonly #principals: readonly string[]
  readonly #key: KeyObject
  readonly #audience: string
  readonly #url: () => string

  constructor(packageFolder: string, options: { requestKey: string; audience: string; url: () => string }) {
    const path = join(packageFolder, 'externalCredentials', `${NAME}.externalCredential-meta.xml`)
    const root = readMetadata(path)
    if (text(root, 'authenticationProtocol') !== 'Jwt') throw new Error(`${path}: authenticationProtocol must be Jwt.`)
    const parameters = children(root, 'externalCredentialParameters')
    const ofType = (type: string): typeof parameters =>
      parameters.filter((each) => text(each, 'parameterType') === type)
    this.#claims = new Map(
      ofType('JwtBodyClaim').map((each) => [text(each, 'parameterName') ?? '', text(each, 'parameterValue') ?? '']),
    )
    for (const claim of ['iss', 'sub', 'aud']) {
      if (!this.#claims.has(claim)) throw new Error(`${path}: the claim ${claim} is missing.`)
    }
    const principals = [...ofType('PerUserPrincipal'), ...ofType('NamedPrincipal')]
    this.#principals = principals.map((each) => `${NAME}-${text(each, 'parameterName')}`)
    this.#key = createPrivateKey(options.requestKey)
    this.#audience = options.audience
    this.#url = options.url
  }

  /** A token as the org signs it for this user, two minutes long. */
  async tokenFor(userId: string, overrides: TokenOverrides = {}): Promise<string> {
    const { signingKey, ...claims } = overrides
    const now = Math.floor(Date.now() / 1_000)
    const genuine: Record<string, unknown> = { iat: now, exp: now + LIFE_SECONDS }
    for (const [name, value] of this.#claims) genuine[name] = merged(value, userId)
    genuine['aud'] = this.#audience
    const said = Object.entries({ ...genuine, ...claims }).filter(([, value]) => value !== null)
    const key = signingKey === undefined ? this.#key : createPrivateKey(signingKey)
    return new SignJWT(Object.fromEntries(said)).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key)
  }

  /** @throws CalloutError when the user may not use the credential, or nobody answered in time */
  async send(access: Access, callout: Callout): Promise<{ status: number; body: string }> {
    if (!this.#principals.some((principal) => access.mayUsePrincipal(principal))) {
      throw new CalloutError(
        `We couldn't access the credential(s). The user may lack access to the principal of ${NAME}.`,
      )
    }
    const token = await this.tokenFor(access.userId)
    try {
      const answer = await fetch(this.#url() + callout.path, {
        method: callout.method,
        headers: { ...callout.headers, accept: 'application/json', authorization: `Bearer ${token}` },
        body: callout.body ?? null,
        redirect: 'manual',
        signal: AbortSignal.timeout(callout.timeoutMs),
      })
      return { status: answer.status, body: await answer.text() }
    } catch (cause) {
      throw new CalloutError('Read timed out', { cause })
    }
  }
}

/** Merge fields of a claim. In formulas ids have 15 characters. */
function merged(value: string, userId: string): string {
  return value.replaceAll('{!$Organization.Id}', ORG_ID.slice(0, 15)).replaceAll('{!$User.Id}', userId.slice(0, 15))
}
