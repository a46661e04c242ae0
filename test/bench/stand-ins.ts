import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { signedDelivery, webhookItem } from '../emulators/adyen/webhook-item.ts'
import { Tally } from './stand-in-tally.ts'
import type { StandInOrder, StandInReport } from './stand-in-tally.ts'

/**
 * A process of its own that answers as Adyen's Checkout API and as a Salesforce org do, and as fast as Node can: the local gateways and
 * the local org keep ledgers, rules and roll-ups, and would be measured instead of the middleware. Both stand in one process, so that one
 * clock times a webhook and the row that comes of it.
 */
const tally = new Tally()
let number = 0
let webhooks: Extract<StandInOrder, { kind: 'webhooks' }> | null = null
let salesforceAway = false
const ORG = '00D000000000001EAA'
const AGENT = '005000000000001AAA'
const MOST_SENDS = 10
const AGAIN_AFTER_MS = 500

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error))
  })
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = request.method === 'POST' ? await text(request) : ''
  const url = request.url!
  const refund = /^\/v\d+\/payments\/([^/]+)\/refunds$/.exec(url)
  if (refund) return json(response, 201, takeRefund(refund[1]!, JSON.parse(body) as AskedRefund))
  if (url === '/services/oauth2/token') {
    const origin = `http://${request.headers.host}`
    return json(response, 200, { access_token: 'bench', instance_url: origin, id: `${origin}/id/${ORG}/${AGENT}` })
  }
  if (!url.startsWith('/services/data/')) return json(response, 404, {})
  if (salesforceAway) return json(response, 503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'away' }])
  tally.calls++
  if (url.endsWith('/describe')) return json(response, 200, { fields: [] })
  const { compositeRequest } = JSON.parse(body) as { compositeRequest: Part[] }
  json(response, 200, { compositeResponse: compositeRequest.map(answerPart) })
}

interface AskedRefund {
  merchantAccount: string
  reference: string
  amount: { value: number; currency: string }
}

/** POST /payments/{paymentPspReference}/refunds */
function takeRefund(paymentPspReference: string, asked: AskedRefund) {
  const pspReference = `R${process.pid}X${++number}`
  if (webhooks) setTimeout(tell, webhooks.afterMs, webhooks, { ...asked, pspReference, paymentPspReference })
  return { ...asked, pspReference, paymentPspReference, status: 'received' }
}

function tell(
  to: NonNullable<typeof webhooks>,
  refund: AskedRefund & { pspReference: string; paymentPspReference: string },
) {
  const told = {
    account: refund.merchantAccount,
    amount: refund.amount,
    pspReference: refund.pspReference,
    originalReference: refund.paymentPspReference,
    reference: refund.reference,
    reason: '',
    paymentMethod: 'visa',
  }
  tally.told(refund.reference)
  const body = signedDelivery(webhookItem(told, 'REFUND', true, Date.now()), to.hmacKey)
  deliver(to, body).catch((error: Error) => tally.fail(`a webhook was not taken: ${error.message}`))
}

/** Again, as every gateway does, where there are too many at once for the middleware. */
async function deliver(to: NonNullable<typeof webhooks>, body: string): Promise<void> {
  for (let sends = 1; ; sends++) {
    const { ok, status } = await fetch(to.url, { method: 'POST', headers: { authorization: to.authorization }, body })
    if (ok) return
    if (status !== 503 || sends === MOST_SENDS) return tally.fail(`a webhook was answered with ${status}`)
    await pause(AGAIN_AFTER_MS)
  }
}

interface Part {
  method: string
  url: string
  body?: { records: Record<string, unknown>[] }
}

/** A query, or the upsert of up to 200 rows. */
function answerPart({ method, url, body }: Part) {
  if (method === 'PATCH') {
    for (const row of body!.records) tally.written(String(row['Refund_Key__c']), String(row['Stage__c']))
    return {
      httpStatusCode: 200,
      body: body!.records.map((_, place) => ({ success: true, id: `a0${place}`, errors: [] })),
    }
  }
  const holdsRefunds = decodeURIComponent(url).includes('SELECT AssigneeId, PermissionSet.Name')
  const records = holdsRefunds ? [{ AssigneeId: AGENT, PermissionSet: { Name: 'Refunds', NamespacePrefix: null } }] : []
  return { httpStatusCode: 200, body: { done: true, totalSize: records.length, records } }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  // The load reads no answers but those of a known length.
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

process.on('message', (order: StandInOrder) => {
  if (order.kind === 'webhooks') webhooks = order
  if (order.kind === 'salesforce') salesforceAway = order.away
  if (order.kind === 'report') process.send!(tally.report() satisfies StandInReport)
})
process.on('disconnect', () => process.exit(0))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
