import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { Connection } from 'jsforce/lib/connection.js'
import { HttpApi } from 'jsforce/lib/http-api.js'
import { OAuth2 } from 'jsforce/lib/oauth2.js'
import { setDefaults } from 'jsforce/lib/request.js'
import { z } from 'zod'
import { CrmError, type ApiUsage } from './crm.ts'
import { faultSchema, wholeCallError, type Fault } from './salesforce-refusal.ts'

/** How one org is reached; the part of its configuration that this adapter needs. */
export interface OrgConnection {
  readonly id: string
  readonly name: string
  readonly loginUrl: string
  readonly instanceUrl: string
  readonly clientId: string
  readonly username: string
  /** PEM */
  readonly privateKey: string
  /** e.g. "64.0" */
  readonly apiVersion: string
}

export interface RestRequest {
  readonly method: 'GET' | 'POST'
  /** Below the instance, beginning with /services/data/. */
  readonly path: string
  readonly body?: unknown
}

/** Longer than jsforce's own patience would ever be useful: its default is 30 minutes. */
export const DEADLINE_MS = 30_000
const ASSERTION_LIFE = '3 minutes'

// For every connection of this process: no retries behind our back, no redirects to a host that nobody configured, no
// proxy from the environment.
setDefaults({ timeout: DEADLINE_MS, retry: { maxRetries: 0 }, followRedirect: false })

/**
 * jsforce puts OAuth's error code where an error's name is. These say that the same assertion will be refused again; any
 * other may pass. Source: Salesforce Help, OAuth 2.0 Error Codes.
 */
const REFUSED_LOGIN = /^(invalid_|inactive_|unsupported_|unauthorized_|access_denied|app_|ERROR_HTTP_4(?!08|29))/

const tokenSchema = z.object({ access_token: z.string().min(1), instance_url: z.url(), id: z.string().optional() })

/** One login for all callers, renewed once when the org says that it has expired. */
export class SalesforceSession {
  readonly #org: OrgConnection
  readonly #key: KeyObject
  readonly #deadlineMs: number
  #connection: Promise<Connection> | null = null
  #apiUsage: ApiUsage | null = null

  /** @throws CrmError when the private key is none */
  constructor(org: OrgConnection, deadlineMs: number = DEADLINE_MS) {
    this.#org = org
    this.#deadlineMs = deadlineMs
    try {
      this.#key = createPrivateKey(org.privateKey)
    } catch (cause) {
      throw new CrmError('refused', `Org ${org.name}: its privateKey is not a private key in PEM form.`, { cause })
    }
  }

  get apiUsage(): ApiUsage | null {
    return this.#apiUsage
  }

  /** Where requests of this API version begin. */
  get root(): string {
    return `/services/data/v${this.#org.apiVersion}`
  }

  /**
   * Sends one request, logging in first if need be, and once more if the session has expired.
   * @returns the answer's body, unchecked
   * @throws CrmError
   */
  async send(request: RestRequest): Promise<unknown> {
    const used = this.#login()
    const first = await this.#attempt(await used, request)
    if (first.kind === 'answer') return first.body
    // Only who saw this very login expire ends it: the others wait for the same new one.
    if (this.#connection === used) this.#connection = null
    const second = await this.#attempt(await this.#login(), request)
    if (second.kind === 'answer') return second.body
    throw wholeCallError(second.fault, 401)
  }

  #login(): Promise<Connection> {
    if (this.#connection) return this.#connection
    const login = this.#authorize()
    this.#connection = login
    login.catch(() => {
      if (this.#connection === login) this.#connection = null
    })
    return login
  }

  async #authorize(): Promise<Connection> {
    const { id, name, loginUrl, instanceUrl, clientId, username, apiVersion } = this.#org
    const assertion = await new SignJWT({ iss: clientId, sub: username, aud: loginUrl })
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime(ASSERTION_LIFE)
      .sign(this.#key)
    const parsed = tokenSchema.safeParse(await this.#requestToken(assertion))
    if (!parsed.success) throw new CrmError('unavailable', `Org ${name}: the login's answer is no token.`)
    const token = parsed.data
    if (new URL(token.instance_url).origin !== new URL(instanceUrl).origin) {
      const said = new URL(token.instance_url).origin
      throw new CrmError('refused', `Org ${name} says that it is at ${said}: set its instanceUrl if that is true.`)
    }
    // …/id/<org>/<user>; 15 characters say which org it is.
    const orgId = token.id?.split('/').at(-2)
    if (orgId !== undefined && orgId.slice(0, 15) !== id.slice(0, 15)) {
      throw new CrmError('refused', `Org ${name}: the login leads to another org, ${orgId}.`)
    }
    return new Connection({ instanceUrl, version: apiVersion, accessToken: token.access_token })
  }

  async #requestToken(assertion: string): Promise<unknown> {
    const oauth = new OAuth2({ loginUrl: this.#org.loginUrl })
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
    try {
      return await this.#withDeadline(oauth.requestToken(grant))
    } catch (cause) {
      if (cause instanceof CrmError) throw cause
      const { name, message } = cause as Error
      const isAnswer = /^[a-z_]+$|^ERROR_HTTP_/.test(name)
      const fault = { code: name, message: `login: ${isAnswer ? message : reasonOf(cause)}`, fields: [] }
      throw wholeCallError(fault, REFUSED_LOGIN.test(name) ? 400 : null, cause)
    }
  }

  async #attempt(
    connection: Connection,
    request: RestRequest,
  ): Promise<{ kind: 'answer'; body: unknown } | { kind: 'expired'; fault: Fault }> {
    const http = new HttpApi(connection, {})
    let status: number | null = null
    http.on('response', (response: { statusCode: number; headers: Record<string, string> }) => {
      status = response.statusCode
      this.#readUsage(response.headers['sforce-limit-info'])
    })
    try {
      const body = await this.#withDeadline(http.request(this.#toHttp(request)))
      if (status !== null && status < 300) return { kind: 'answer', body }
      throw wholeCallError({ code: `HTTP_${status}`, message: 'not an answer of the REST API', fields: [] }, status)
    } catch (cause) {
      if (cause instanceof CrmError) throw cause
      const fault = faultOf(cause)
      const isExpired =
        fault.code === 'INVALID_SESSION_ID' && !/not valid for use with the REST API/.test(fault.message)
      if (isExpired) return { kind: 'expired', fault }
      throw wholeCallError(fault, status, cause)
    }
  }

  #toHttp({ method, path, body }: RestRequest) {
    const url = new URL(path, this.#org.instanceUrl).href
    if (body === undefined) return { method, url }
    return { method, url, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  }

  /** `Sforce-Limit-Info: api-usage=18/5000` */
  #readUsage(header: string | undefined): void {
    const usage = /\bapi-usage=(\d+)\/(\d+)/.exec(header ?? '')
    if (usage) this.#apiUsage = { used: Number(usage[1]), limit: Number(usage[2]) }
  }

  async #withDeadline<Answer>(answer: PromiseLike<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new CrmError('unavailable', `Salesforce did not answer within ${this.#deadlineMs / 1000} s.`)
      timer = setTimeout(() => reject(error), this.#deadlineMs)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

function faultOf(error: unknown): Fault {
  const parsed = faultSchema.safeParse(error)
  if (parsed.success && parsed.data.code !== 'UNKNOWN') return parsed.data
  return { code: 'NO_ANSWER', message: reasonOf(error), fields: [] }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string }; message?: string }
  return cause?.code ?? message ?? 'unknown'
}
