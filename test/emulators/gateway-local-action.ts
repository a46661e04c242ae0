import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Situation } from './gateway-step.ts'

export type Fields = Record<string, unknown>

/** What the buttons of every local gateway do. */
export interface LocalGateway {
  advanceClock(ms: number): void
  setDown(down: boolean): void
  /** @throws RangeError when no fault is called so */
  fault(name: string): void
  now(): number
  isDown(): boolean
  /** What `GET /_local/ledger` shows, besides the clock. */
  ledger(): object
  /** A payment and what came of it, as they stand; none where the gateway never heard of the payment. */
  situations(payment: string): readonly Situation[]
  /** Actions of its own by path, e.g. `/_local/fail`. */
  readonly actions: Readonly<Record<string, (fields: Fields) => void>>
}

// The local org's panel is another origin on this machine.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'content-type',
}

/**
 * `GET /_local/ledger`, `GET /_local/payments/{reference}` with the steps that are open, and the actions: JSON in and out, or a form of the page, which is led back to it. Not part of
 * any gateway.
 */
export async function answerLocal(
  gateway: LocalGateway,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, body: unknown) =>
    void response.writeHead(status, { ...CORS, 'content-type': 'application/json' }).end(JSON.stringify(body))
  const clock = () => ({ now: new Date(gateway.now()).toISOString(), down: gateway.isDown() })
  if (request.method === 'OPTIONS') {
    response.writeHead(204, CORS).end()
    return
  }
  if (path === '/_local/ledger' && request.method === 'GET') return reply(200, { ...clock(), ...gateway.ledger() })
  const [, payment] = /^\/_local\/payments\/([^/]+)$/.exec(path) ?? []
  if (payment !== undefined && request.method === 'GET')
    return reply(200, gateway.situations(decodeURIComponent(payment)))
  const act = request.method === 'POST' ? actionOf(gateway, path) : undefined
  if (!act) return reply(404, { error: `there is no ${request.method} ${path}` })
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  try {
    const body = await text(request)
    act(isForm ? Object.fromEntries(new URLSearchParams(body)) : (JSON.parse(body || '{}') as Fields))
  } catch (error) {
    return reply(422, { error: (error as Error).message })
  }
  if (isForm) response.writeHead(303, { location: '/' }).end()
  else reply(200, clock())
}

function actionOf(gateway: LocalGateway, path: string): ((fields: Fields) => void) | undefined {
  switch (path) {
    case '/_local/clock':
      return ({ advanceMs }) => {
        const ms = Number(advanceMs)
        if (!Number.isSafeInteger(ms) || ms <= 0) throw new RangeError('advanceMs must be whole milliseconds above 0')
        gateway.advanceClock(ms)
      }
    case '/_local/down':
      return ({ down }) => gateway.setDown(down === true || down === 'true')
    case '/_local/fault':
      return ({ name }) => gateway.fault(String(name))
    default:
      return gateway.actions[path]
  }
}
