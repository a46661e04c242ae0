import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestFault } from './gateway-faults.ts'

const HTML_500 = '<html><body><h1>500 Internal Server Error</h1></body></html>'

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How an answer of this gateway looks when it is spoilt. */
export interface Spoilt {
  withoutReference(body: string): string
  otherAmount(body: string): string
}

/** The faults that keep a call from being taken. @returns whether that was it */
export function failsBefore(
  fault: RequestFault | null,
  busy: WireAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (fault === 'drop_before_accept') cut(request)
  else if (fault === 'html_500_before') html500(response)
  else if (fault === 'http_429') response.writeHead(busy.status, busy.headers).end(busy.body)
  else return false
  return true
}

/** The answer of a call that was taken, or what the fault leaves of it. */
export function answerWith(
  fault: RequestFault | null,
  { status, headers, body }: WireAnswer,
  spoilt: Spoilt,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const reply = (text: string | Buffer) => void response.writeHead(status, headers).end(text)
  switch (fault) {
    case 'hang':
      return
    case 'drop_after_accept':
      return cut(request)
    case 'html_500_after':
      return html500(response)
    case 'unreadable_answer':
      return reply(body.slice(0, body.length / 2))
    case 'empty_answer':
      return reply('')
    case 'answer_without_reference':
      return reply(spoilt.withoutReference(body))
    case 'other_amount':
      return reply(spoilt.otherAmount(body))
    default:
      return reply(body)
  }
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A reset, as a broken line looks: the other side cannot know how far the request came. */
export function cut(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

function html500(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'text/html' }).end(HTML_500)
}

/** One attempt to tell the merchant. @returns the HTTP status, or null when no answer came within 10 s */
export async function postWebhook(
  url: string | (() => string),
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number | null> {
  return fetch(typeof url === 'string' ? url : url(), {
    method: 'POST',
    body,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  }).then(
    async (response) => {
      await response.arrayBuffer().catch(() => undefined)
      return response.status
    },
    () => null,
  )
}
