import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { answerWith, cut, failsBefore, headerOf } from '../gateway-wire.ts'
import type { Spoilt } from '../gateway-wire.ts'
import type { Faults, RequestFault } from './faults.ts'
import { keyOf, takeMoneyRequest } from './money-action.ts'
import type { MoneyAction, MoneyAnswer, MoneyRequest } from './money-action.ts'
import { find, search, simulate } from './read-action.ts'
import type { ReadAnswer } from './read-action.ts'
import type { Fields } from './request-check.ts'

export interface Api extends MoneyAction {
  readonly faults: Faults
  readonly merchantId: string
  readonly publicKey: string
  readonly privateKey: string
  readonly slowMs: number
  readonly searchLagMs: number
}

const XML = { 'content-type': 'application/xml; charset=utf-8' }
const BUSY = { status: 429, headers: { 'content-type': 'text/plain' }, body: 'Too many requests' }
const SPOILT: Spoilt = {
  withoutReference: (body) => body.replace(/<id>\w+<\/id>/, ''),
  otherAmount: (body) => body.replace(/<amount>(\d)/, '<amount>9$1'),
}

/** One API call on the wire, with the faults that were asked for; these hit only what moves money. */
export async function answerApi(api: Api, path: string, request: IncomingMessage, response: ServerResponse) {
  if (api.schedule.paused) return cut(request)
  const json = parse(await text(request))
  const credentials = Buffer.from(`${api.publicKey}:${api.privateKey}`).toString('base64')
  if (headerOf(request, 'authorization') !== `Basic ${credentials}`) return bare(response, 401)
  const [, merchantId, rest = ''] = /^\/merchants\/([^/]+)\/transactions(?:\/(.*))?$/.exec(path) ?? []
  if (merchantId !== api.merchantId) return bare(response, 403)
  const money = moneyRequest(request.method ?? '', rest, json)
  if (money) return answerMoney(api, money, request, response)
  reply(readRequest(api, request.method ?? '', rest, json), request, response)
}

function moneyRequest(method: string, rest: string, json: Fields): MoneyRequest | null {
  const fields = (json['transaction'] ?? {}) as Fields
  const [reference = '', operation] = rest.split('/')
  if (method === 'POST' && operation === 'refund') return { operation, reference, fields }
  if (method === 'PUT' && operation === 'void') return { operation, reference, fields }
  const isCredit = method === 'POST' && rest === '' && fields['type'] === 'credit'
  return isCredit ? { operation: 'credit', reference: '', fields } : null
}

function readRequest(api: Api, method: string, rest: string, json: Fields): ReadAnswer | null {
  const [first = '', second] = rest.split('/')
  if (method === 'GET' && second === undefined) return find(api.ledger, first)
  if (method === 'POST' && /^advanced_search(_ids)?$/.test(rest)) {
    const indexedBefore = api.schedule.now() - api.searchLagMs
    return search(api.ledger, rest, (json['search'] ?? {}) as Fields, indexedBefore)
  }
  const answer = method === 'PUT' && second ? simulate(api.ledger, api.merchant, first, second) : null
  api.schedule.arm()
  return answer
}

async function answerMoney(api: Api, money: MoneyRequest, request: IncomingMessage, response: ServerResponse) {
  const fault = api.faults.takeForRequest()
  if (failsBefore(fault, BUSY, request, response)) return
  const answer = takeMoneyRequest(api, money)
  if (!answer?.took) return reply(answer, request, response)
  const key = keyOf(money)
  const isInFlight = key !== null && fault !== 'hang'
  if (isInFlight) api.inFlight.add(key)
  try {
    await beforeAnswer(api, answer, fault, response)
    if (fault === 'slow') await api.schedule.sleep(api.slowMs)
  } finally {
    if (isInFlight) api.inFlight.delete(key)
  }
  if (fault === null || fault === 'slow') return reply(answer, request, response)
  answerWith(fault, { status: answer.status, headers: XML, body: answer.body }, SPOILT, request, response)
}

/** Settlement waits for the answer, unless the fault says otherwise. */
async function beforeAnswer(
  { faults, schedule }: Api,
  { took, settles }: MoneyAnswer,
  fault: RequestFault | null,
  response: ServerResponse,
): Promise<void> {
  if (settles === undefined) return schedule.arm()
  if (faults.takeForWebhook(true)) {
    return schedule.runNow(
      ({ id, work }) => id === settles || (work.kind === 'deliver' && work.told.reference === took),
    )
  }
  // An answer that never leaves holds nothing back.
  const answered = new Promise<void>((resolve) => response.once('close', resolve))
  schedule.holdUntil(settles, fault === 'hang' ? Promise.resolve() : answered)
}

function reply(answer: MoneyAnswer | ReadAnswer | null, request: IncomingMessage, response: ServerResponse): void {
  if (!answer) return bare(response, 404)
  if (!/\bgzip\b/.test(headerOf(request, 'accept-encoding') ?? '')) {
    response.writeHead(answer.status, XML).end(answer.body)
    return
  }
  response.writeHead(answer.status, { ...XML, 'content-encoding': 'gzip' }).end(gzipSync(answer.body))
}

/** As Braintree answers what it does not look into: a blank body. */
function bare(response: ServerResponse, status: number): void {
  response.writeHead(status, XML).end(' ')
}

function parse(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}
