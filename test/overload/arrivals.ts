// Requests that arrive whether or not the earlier ones are answered; in a process of its own, so that it measures nobody else's work.
import { randomUUID } from 'node:crypto'
import { Agent } from 'undici'

/** What the parent orders. Times in milliseconds. */
export interface Order {
  readonly url: string
  readonly token: string
  /** Bodies of POST /v1/refunds, taken in turn. */
  readonly bodies: readonly object[]
  readonly perSecond: number
  readonly forMs: number
}

/** What became of one request. */
export interface Arrival {
  readonly key: string
  /** Place of its body in the order. */
  readonly body: number
  /** Null when no answer came. */
  readonly status: number | null
  readonly code: string | null
  readonly refundId: string | null
  readonly saysWhen: boolean
  /** From when it should have been sent to its answer. */
  readonly ms: number
}

const PATIENCE_MS = 20_000
const TICK_MS = 10
/** Beyond so many open connections a request waits, which counts as its own time. */
const CONNECTIONS = 1_024

process.once('message', (order: Order) => {
  void arrive(order).then((arrivals) => process.send!(arrivals, () => process.disconnect()))
})

async function arrive({ url, token, bodies, perSecond, forMs }: Order): Promise<Arrival[]> {
  const dispatcher = new Agent({ connections: CONNECTIONS, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS })
  const asked: Promise<Arrival>[] = []
  const started = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passed = Math.min(performance.now() - started, forMs)
      const due = Math.floor((passed / 1_000) * perSecond)
      while (asked.length < due) asked.push(ask(asked.length, started + (asked.length / perSecond) * 1_000))
      if (passed < forMs) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
  const arrivals = await Promise.all(asked)
  await dispatcher.close()
  return arrivals

  async function ask(place: number, dueAt: number): Promise<Arrival> {
    const key = randomUUID()
    const body = place % bodies.length
    const unanswered = { key, body, status: null, code: null, refundId: null, saysWhen: false }
    try {
      const response = await dispatcher.request({
        origin: url,
        path: '/v1/refunds',
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(bodies[body]),
      })
      const told = (await response.body.json()) as { code?: string; refund?: { id: string } }
      return {
        ...unanswered,
        status: response.statusCode,
        code: told.code ?? null,
        refundId: told.refund?.id ?? null,
        saysWhen: response.headers['retry-after'] !== undefined,
        ms: performance.now() - dueAt,
      }
    } catch {
      return { ...unanswered, ms: performance.now() - dueAt }
    }
  }
}
