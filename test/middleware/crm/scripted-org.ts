import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { SalesforceOrg } from '../../../middleware/crm/salesforce-crm.ts'

export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown
}

export interface ScriptedRequest {
  readonly method: string
  readonly path: string
  readonly token: string | undefined
  readonly body: unknown
}

export interface ScriptedOrg {
  readonly settings: SalesforceOrg
  readonly requests: ScriptedRequest[]
  logins(): number
  close(): Promise<void>
}

/** Answers that the local org never gives: one function decides each; `undefined` leaves it to a plain, healthy org. */
export async function startScriptedOrg(
  script: (request: ScriptedRequest, url: string) => ScriptedAnswer | 'hang' | undefined,
): Promise<ScriptedOrg> {
  const requests: ScriptedRequest[] = []
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming)
    requests.push(request)
    const answer = script(request, url) ?? healthy(request, url, requests.length)
    if (answer === 'hang') return
    const { status = 200, headers = { 'content-type': 'application/json' }, body } = answer
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body ?? null))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    settings: {
      id: '00D000000000001EAA',
      name: 'Scripted',
      loginUrl: url,
      instanceUrl: url,
      clientId: 'client',
      username: 'integration@example.com',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      apiVersion: '64.0',
      permissionSet: 'Refunds',
      creditsPermissionSet: 'Refunds_Credits',
      settlementsPermissionSet: 'Refunds_Admin',
    },
    requests,
    logins: () => requests.filter(isLogin).length,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

export function isLogin(request: ScriptedRequest): boolean {
  return request.path === '/services/oauth2/token'
}

export function isDescribe(request: ScriptedRequest): boolean {
  return request.path.endsWith('/describe')
}

export interface ScriptedSubrequest {
  readonly method: string
  readonly url: string
  readonly referenceId: string
  /** Of a collection; queries have none. */
  readonly body?: { readonly allOrNone: boolean; readonly records: readonly Readonly<Record<string, unknown>>[] }
}

/** The parts of a composite call. */
export function subrequests(request: ScriptedRequest): readonly ScriptedSubrequest[] {
  return (request.body as { compositeRequest: ScriptedSubrequest[] }).compositeRequest
}

/** The answer to a composite call, part by part. */
export function parts(...answers: readonly (readonly [status: number, body: unknown])[]): ScriptedAnswer {
  return { body: { compositeResponse: answers.map(([httpStatusCode, body]) => ({ httpStatusCode, body })) } }
}

function healthy(request: ScriptedRequest, url: string, count: number): ScriptedAnswer {
  if (isLogin(request)) {
    const id = `${url}/id/00D000000000001EAA/005000000000003AAA`
    return { body: { access_token: `token-${count}`, instance_url: url, id, token_type: 'Bearer' } }
  }
  if (isDescribe(request)) return { body: { name: 'Refund__c', fields: [{ name: 'Amount__c' }] } }
  const compositeResponse = subrequests(request).map(({ body }) => ({
    httpStatusCode: 200,
    body: body
      ? body.records.map(() => ({ id: 'a02000000000001AAA', success: true, errors: [], created: true }))
      : { totalSize: 0, done: true, records: [] },
  }))
  return {
    headers: { 'content-type': 'application/json', 'sforce-limit-info': 'api-usage=18/5000' },
    body: { compositeResponse },
  }
}

async function read(incoming: IncomingMessage): Promise<ScriptedRequest> {
  const raw = await text(incoming)
  const isJson = incoming.headers['content-type']?.startsWith('application/json') ?? false
  return {
    method: incoming.method!,
    path: incoming.url!,
    token: incoming.headers.authorization?.replace('Bearer ', ''),
    body: isJson ? JSON.parse(raw) : Object.fromEntries(new URLSearchParams(raw)),
  }
}
