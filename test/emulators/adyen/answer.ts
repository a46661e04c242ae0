import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Faults, RequestFault } from './faults.ts'
import { takeRefund } from './refunds-action.ts'
import type { ApiAnswer, RefundsAction } from './refunds-action.ts'

const HTML_500 = '<html><body><h1>500 Internal Server Error</h1></body></html>'

/** One API call on the wire, with the faults that were asked for. */
export async function answerRefund(
  action: RefundsAction,
  faults: Faults,
  slowMs: number,
  paymentPspReference: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (action.schedule.paused) return cut(request)
  const body = await text(request)
  const fault = faults.takeForRequest()
  if (fault === 'drop_before_accept') return cut(request)
  if (fault === 'html_500_before') return html500(response)
  if (fault === 'http_429') {
    const busy = { status: 429, errorCode: '429', message: 'Too many requests', errorType: 'internal' }
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '5' }).end(JSON.stringify(busy))
    return
  }
  const key = headerOf(request, 'idempotency-key')
  const apiKey = headerOf(request, 'x-api-key')
  const answer = takeRefund(action, { paymentPspReference, apiKey, idempotencyKey: key, body })
  if (answer.decides === undefined) {
    response.writeHead(answer.status, answer.headers).end(answer.body)
    return
  }
  const isInFlight = key !== undefined && fault !== 'hang'
  if (isInFlight) action.inFlight.add(key)
  try {
    await beforeAnswer(action, faults, answer, answer.decides, fault, response)
    if (fault === 'slow') await action.schedule.sleep(slowMs)
  } finally {
    if (isInFlight) action.inFlight.delete(key)
  }
  answerWith(fault, answer, request, response)
}

/** The outcome waits for the answer, unless the fault says otherwise. */
async function beforeAnswer(
  action: RefundsAction,
  faults: Faults,
  { body }: ApiAnswer,
  decides: string,
  fault: RequestFault | null,
  response: ServerResponse,
): Promise<void> {
  if (faults.takeForWebhook(true)) {
    const { pspReference } = JSON.parse(body) as { pspReference: string }
    return action.schedule.runNow(
      ({ id, work }) => id === decides || (work.kind === 'deliver' && work.item.pspReference === pspReference),
    )
  }
  // An answer that never leaves holds nothing back.
  const answered = new Promise<void>((resolve) => response.once('close', resolve))
  action.schedule.holdUntil(decides, fault === 'hang' ? Promise.resolve() : answered)
}

function answerWith(
  fault: RequestFault | null,
  { status, headers, body }: ApiAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault) {
    case 'hang':
      return
    case 'drop_after_accept':
      return cut(request)
    case 'html_500_after':
      return html500(response)
    case 'unreadable_answer':
      response.writeHead(status, headers).end(body.slice(0, body.length / 2))
      return
    case 'empty_answer':
      response.writeHead(status, headers).end()
      return
    case 'answer_without_reference':
      response.writeHead(status, headers).end(body.replace(/"pspReference":"\w+",?/, ''))
      return
    case 'other_amount':
      response
        .writeHead(status, headers)
        .end(body.replace(/"value":(\d+)/, (_, value: string) => `"value":${Number(value) + 1}`))
      return
    default:
      response.writeHead(status, headers).end(body)
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A reset, as a broken line looks: the other side cannot know how far the request came. */
function cut(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

function html500(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'text/html' }).end(HTML_500)
}
