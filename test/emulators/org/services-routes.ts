import { Router, text, type NextFunction, type Request, type Response } from 'express'
import { limitExceeded } from './faults.ts'
import type { Sessions, TokenEndpoint } from './oauth.ts'
import type { OrgData } from './org-data.ts'
import { answer, type RestAnswer } from './rest.ts'
import { API_VERSIONS, versions } from './rest-describe.ts'
import { refusal, SalesforceError } from './salesforce-error.ts'

const LARGEST_BODY = '50mb'

/** What lies below /services: OAuth and the REST API. */
export function servicesRoutes(org: OrgData, sessions: Sessions, tokens: TokenEndpoint): Router {
  const router = Router()
  router.use(text({ type: () => true, limit: LARGEST_BODY }))
  router.use((request, response, next) => {
    if (org.faults.take('no_answer')) return org.faults.hold(() => request.socket.destroy())
    const down = org.faults.take('down')
    if (!down) return next()
    if (down.answer === 'json') return send(org, response, refused(serverUnavailable()))
    response.status(503).type('html').send('<html><body><h1>We are down for maintenance.</h1></body></html>')
  })
  router.post('/oauth2/token', async (request, response) => {
    if (org.faults.take('token_down')) {
      response.status(503).json({ error: 'server_unavailable', error_description: 'server temporarily unavailable' })
      return
    }
    const { status, body } = await tokens.answer(new URLSearchParams(bodyText(request)))
    response.status(status).set('cache-control', 'no-store').json(body)
  })
  router.post('/oauth2/revoke', (request, response) => {
    sessions.close(new URLSearchParams(bodyText(request)).get('token') ?? '')
    response.status(200).end()
  })
  router.get('/data', (_request, response) => {
    response.json(versions())
  })
  router.use('/data', (request, response) => {
    const result = data(org, sessions, request)
    // The work is done, and only the answer is lost: the client cannot know.
    const changes = request.method !== 'GET' && result.status < 400
    if (changes && org.faults.take('write_then_drop_answer')) {
      request.socket.destroy()
      return
    }
    send(org, response, result)
  })
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error)
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    send(org, response, refused(refusal('UNKNOWN_EXCEPTION', `The local org failed: ${message}`, undefined, 500)))
  })
  return router
}

function data(org: OrgData, sessions: Sessions, request: Request): RestAnswer {
  try {
    const access = org.security.accessOf(authenticated(org, sessions, request))
    if (!access.holds('ApiEnabled')) {
      throw refusal('API_DISABLED_FOR_ORG', 'The REST API is not enabled for this user.', undefined, 403)
    }
    const limit = org.faults.take('request_limit')
    if (limit) throw limitExceeded(limit.limit)
    if (org.usage.used >= org.usage.limit) throw limitExceeded()
    org.usage.count(1)
    const { pathname, searchParams } = new URL(request.url, 'http://org')
    const [version = '', ...path] = pathname.split('/').filter((segment) => segment !== '')
    if (!API_VERSIONS.includes(version.slice(1))) {
      throw refusal('NOT_FOUND', 'The requested resource does not exist', undefined, 404)
    }
    return answer(org, {
      method: request.method,
      path: path.map(decodeURIComponent),
      parameters: searchParams,
      body: parsed(bodyText(request)),
      headers: { 'sforce-query-options': request.get('sforce-query-options') },
      version,
      access,
      rowFaults: org.faults.forRows(),
    })
  } catch (error) {
    if (error instanceof SalesforceError) return refused(error)
    throw error
  }
}

function authenticated(org: OrgData, sessions: Sessions, request: Request): string {
  if (org.faults.take('expire_session')) sessions.expireAll()
  const token = /^(?:Bearer|OAuth) (.+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const userId = sessions.userOf(token)
  if (userId !== undefined && org.security.isActive(userId)) return userId
  throw refusal('INVALID_SESSION_ID', 'Session expired or invalid', undefined, 401)
}

function bodyText(request: Request): string {
  return typeof request.body === 'string' ? request.body : ''
}

function parsed(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch (error) {
    throw refusal('JSON_PARSER_ERROR', error instanceof Error ? error.message : 'Unexpected character')
  }
}

function serverUnavailable(): SalesforceError {
  return refusal('SERVER_UNAVAILABLE', 'The server is temporarily unavailable.', undefined, 503)
}

function refused(error: SalesforceError): RestAnswer {
  return { status: error.status, body: error.faults }
}

function send(org: OrgData, response: Response, { status, body }: RestAnswer): void {
  response.status(status).set('Sforce-Limit-Info', `api-usage=${org.usage.used}/${org.usage.limit}`)
  if (body === undefined) response.end()
  else response.type('application/json;charset=UTF-8').send(JSON.stringify(body))
}
