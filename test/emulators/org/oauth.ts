import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { decodeJwt, errors, jwtVerify } from 'jose'
import type { OrgData } from './org-data.ts'
import { ORG_ID } from './local-people.ts'

/** Furthest that a login assertion's `exp` may lie ahead. */
const LONGEST_ASSERTION_SECONDS = 300

/** The external client app that the org trusts: one public key, one user. */
export interface Integration {
  readonly clientId: string
  readonly username: string
  /** PEM: a public key or a certificate. */
  readonly publicKey: string
}

/** An answer of the token endpoint, in OAuth's own form. */
export interface TokenAnswer {
  readonly status: number
  readonly body: Record<string, string>
}

/** Access tokens and whose they are. They end when the org is stopped. */
export class Sessions {
  readonly #users = new Map<string, string>()

  open(userId: string): string {
    const token = `${ORG_ID.slice(0, 15)}!${randomBytes(48).toString('base64url')}`
    this.#users.set(token, userId)
    return token
  }

  userOf(token: string | undefined): string | undefined {
    return token === undefined ? undefined : this.#users.get(token)
  }

  close(token: string): void {
    this.#users.delete(token)
  }

  expireAll(): void {
    this.#users.clear()
  }
}

/** POST /services/oauth2/token with grant_type `urn:ietf:params:oauth:grant-type:jwt-bearer`. */
export class TokenEndpoint {
  readonly #org: OrgData
  readonly #sessions: Sessions
  readonly #integration: Integration
  readonly #key: KeyObject
  readonly #url: () => string

  constructor(org: OrgData, sessions: Sessions, integration: Integration, url: () => string) {
    this.#org = org
    this.#sessions = sessions
    this.#integration = integration
    this.#key = createPublicKey(integration.publicKey)
    this.#url = url
  }

  async answer(form: URLSearchParams): Promise<TokenAnswer> {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return refused('unsupported_grant_type', 'grant type not supported')
    }
    const assertion = form.get('assertion')
    if (assertion === null) return refused('invalid_request', 'must include an assertion')
    try {
      if (decodeJwt(assertion).iss !== this.#integration.clientId) {
        return refused('invalid_client_id', 'client identifier invalid')
      }
      const { payload } = await jwtVerify(assertion, this.#key, {
        algorithms: ['RS256'],
        audience: this.#url(),
        requiredClaims: ['exp', 'sub'],
      })
      if (Number(payload.exp) > Date.now() / 1_000 + LONGEST_ASSERTION_SECONDS) {
        return refused('invalid_grant', 'invalid assertion')
      }
      return this.#logIn(payload.sub ?? '')
    } catch (error) {
      if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
        return refused('invalid_grant', 'audience is invalid')
      }
      if (error instanceof errors.JWTExpired) return refused('invalid_grant', 'assertion expired')
      return refused('invalid_grant', 'invalid assertion')
    }
  }

  #logIn(username: string): TokenAnswer {
    const user = [...this.#org.store.all('User')].find((row) => row['Username'] === username)
    if (!user || username !== this.#integration.username) {
      return refused('invalid_grant', "user hasn't approved this consumer")
    }
    if (!this.#org.security.isActive(user.Id)) return refused('inactive_user', 'user is inactive')
    const url = this.#url()
    const moved = this.#org.faults.take('instance_moved')
    return {
      status: 200,
      body: {
        access_token: this.#sessions.open(user.Id),
        scope: 'api',
        instance_url: moved?.instanceUrl ?? url,
        id: `${url}/id/${ORG_ID}/${user.Id}`,
        token_type: 'Bearer',
      },
    }
  }
}

function refused(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } }
}
