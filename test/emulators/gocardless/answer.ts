import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { answerWith, cut, failsBefore, headerOf } from '../gateway-wire.ts'
import type { Spoilt, WireAnswer } from '../gateway-wire.ts'
import { isObject, invalid, ok, refused, state, usage } from './api-answer.ts'
import type { Faults } from './faults.ts'
import type { Organisation } from './organisation.ts'
import { paymentJson, read } from './reads.ts'
import { createRefund, isMetadata, refundJson } from './refunds-action.ts'
import type { RefundRules, Taken } from './refunds-action.ts'
import { SIMULATORS, simulate } from './simulators.ts'

export interface Api {
  readonly organisation: Organisation
  readonly faults: Faults
  readonly rules: RefundRules
  readonly accessToken: string
  readonly slowMs: number
}

const BUSY = (now: number): WireAnswer => {
  const answer = usage(429, 'rate_limit_exceeded', 'Rate limit exceeded')
  const reset = new Date(now + 60_000).toUTCString()
  const limits = { 'ratelimit-limit': '1000', 'ratelimit-remaining': '0', 'ratelimit-reset': reset }
  return { ...answer, headers: { ...answer.headers, ...limits } }
}

const SPOILT: Spoilt = {
  withoutReference: (body) => body.replace(/"id":"\w+",?/, ''),
  otherAmount: (body) => body.replace(/"amount":(\d+)/, (_, value: string) => `"amount":${Number(value) + 1}`),
}

/** One API call on the wire, with the faults that were asked for. @returns false for an address that is not here */
export async function answerApi(api: Api, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { schedule } = api.organisation
  if (schedule.paused) {
    cut(request)
    return true
  }
  const url = new URL(request.url ?? '/', 'http://localhost')
  const body = await text(request)
  if (request.method === 'GET') return answerRead(api, url, request, response)
  const path = `${request.method} ${url.pathname}`
  const movesMoney = path === 'POST /refunds' || /^POST \/payments\/[^/]+\/actions\/cancel$/.test(path)
  const fault = movesMoney ? api.faults.takeForRequest() : null
  if (failsBefore(fault, BUSY(schedule.now()), request, response)) return true
  const { answer, tasks } = stranger(api, request) ?? change(api, path, headerOf(request, 'idempotency-key'), body)
  if (tasks) {
    await beforeAnswer(api, tasks, fault === 'hang', response)
    if (fault === 'slow') await schedule.sleep(api.slowMs)
  }
  answerWith(answer.status < 300 ? fault : null, answer, SPOILT, request, response)
  return true
}

/** Who is not let in. */
function stranger({ accessToken }: Api, request: IncomingMessage): Taken | null {
  const refuse = (answer: WireAnswer) => ({ answer, tasks: null })
  const authorization = headerOf(request, 'authorization')
  if (authorization === undefined) return refuse(usage(401, 'missing_authorization_header', 'Missing header'))
  if (authorization !== `Bearer ${accessToken}`) {
    return refuse(usage(401, 'access_token_not_found', 'The access token you have used is not a valid token'))
  }
  const version = headerOf(request, 'gocardless-version')
  if (version === undefined) return refuse(usage(400, 'missing_version_header', 'Missing GoCardless-Version'))
  if (version !== '2015-07-06') return refuse(usage(400, 'version_not_found', 'Version not found'))
  return null
}

function change(api: Api, path: string, key: string | undefined, text: string): Taken {
  const { organisation } = api
  const no = (answer: WireAnswer): Taken => ({ answer, tasks: null })
  if (key !== undefined && key.length > 128) return no(usage(400, 'idempotency_key_too_long', 'The key is too long'))
  let body: unknown
  try {
    body = JSON.parse(text || '{}')
  } catch {
    return no(usage(400, 'bad_request', 'Malformed JSON'))
  }
  if (path === 'POST /refunds') return createRefund(organisation, api.rules, key, body)
  const [, payment] = /^POST \/payments\/([^/]+)\/actions\/cancel$/.exec(path) ?? []
  if (payment !== undefined) return cancel(organisation, decodeURIComponent(payment))
  const [, refund] = /^PUT \/refunds\/([^/]+)$/.exec(path) ?? []
  if (refund !== undefined) return no(describe(organisation, decodeURIComponent(refund), body))
  const [, simulator] = /^POST \/scenario_simulators\/([^/]+)\/actions\/run$/.exec(path) ?? []
  if (simulator !== undefined) return no(run(organisation, decodeURIComponent(simulator), body))
  return no(usage(404, 'path_not_found', 'Path not found'))
}

function cancel(organisation: Organisation, id: string): Taken {
  const { ledger } = organisation
  const payment = ledger.payments.get(id)
  if (!payment) return { answer: usage(404, 'resource_not_found', 'Resource not found'), tasks: null }
  if (payment.status !== 'pending_submission') {
    return {
      answer: state('cancellation_failed', `Payment is ${payment.status}, so it cannot be cancelled`),
      tasks: null,
    }
  }
  organisation.changePayment(id, 'cancelled', 'cancelled', 'payment_cancelled', 'api')
  return { answer: ok(200, { payments: paymentJson(ledger, ledger.payments.get(id)!) }), tasks: [] }
}

function describe(organisation: Organisation, id: string, body: unknown): WireAnswer {
  const { ledger } = organisation
  const fields = isObject(body) ? body['refunds'] : undefined
  if (!ledger.refunds.has(id)) return usage(404, 'resource_not_found', 'Resource not found')
  const metadata = isObject(fields) ? fields['metadata'] : undefined
  if (!isMetadata(metadata)) return invalid('/refunds/metadata', 'must have up to 3 keys with text')
  ledger.record({ kind: 'refund described', at: organisation.at(), id, metadata })
  return ok(200, { refunds: refundJson(ledger.refunds.get(id)!) })
}

function run(organisation: Organisation, name: string, body: unknown): WireAnswer {
  const data = isObject(body) ? body['data'] : undefined
  const links = isObject(data) ? data['links'] : undefined
  const resource = isObject(links) ? links['resource'] : undefined
  if (!SIMULATORS[name]) return usage(404, 'resource_not_found', 'Resource not found')
  try {
    simulate(organisation, name, String(resource))
    return ok(200, { scenario_simulators: { id: name } })
  } catch (error) {
    return refused(422, 'invalid_state', (error as Error).message)
  }
}

async function answerRead(api: Api, url: URL, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const answer = read(api.organisation.ledger, url.pathname, url.searchParams)
  if (!answer) return false
  const given = stranger(api, request)?.answer ?? answer
  switch (api.faults.takeForRead()) {
    case 'drop_read':
      cut(request)
      break
    case 'html_500_read':
      response.writeHead(500, { 'content-type': 'text/html' }).end('<html><body>500</body></html>')
      break
    case 'http_429_read': {
      const busy = BUSY(api.organisation.schedule.now())
      response.writeHead(busy.status, busy.headers).end(busy.body)
      break
    }
    case 'unreadable_read':
      response.writeHead(200, given.headers).end(given.body.slice(0, given.body.length / 2))
      break
    case null:
      response.writeHead(given.status, given.headers).end(given.body)
  }
  return true
}

/** The outcome waits for the answer, unless the fault says otherwise. */
async function beforeAnswer(
  { organisation: { schedule }, faults }: Api,
  tasks: readonly string[],
  hangs: boolean,
  response: ServerResponse,
): Promise<void> {
  if (faults.takeForWebhook(true))
    return schedule.runNow(({ id, work }) => tasks.includes(id) || work.kind === 'deliver')
  // An answer that never leaves holds nothing back.
  const answered = new Promise<void>((resolve) => response.once('close', resolve))
  for (const task of tasks) schedule.holdUntil(task, hangs ? Promise.resolve() : answered)
}
