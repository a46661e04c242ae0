import type { IncomingHttpHeaders } from 'node:http'
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import { publicLookup } from './public-lookup.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** From the base address on, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A call that brought no readable 2xx: why, and whether anything of it may have reached the gateway. */
export class GatewayCallError extends Error {
  /** The whole answer, where one came. */
  readonly answer: HttpAnswer | null
  /** False only when it is certain that not a byte of the request was written. */
  readonly sent: boolean

  constructor(message: string, sent: boolean, answer: HttpAnswer | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GatewayCallError'
    this.sent = sent
    this.answer = answer
  }
}

export interface GatewayHttpOptions {
  readonly baseUrl: string
  /** For the whole call. */
  readonly timeoutMs: number
  /** Longer answers are not read. */
  readonly maxAnswerBytes: number
}

/**
 * Calls one gateway. Connections are kept alive, there is one deadline for the whole call, no redirect is followed,
 * and nothing is sent twice.
 */
export class GatewayHttp {
  readonly #agent: Agent
  readonly #baseUrl: URL
  readonly #timeoutMs: number
  readonly #maxAnswerBytes: number

  constructor({ baseUrl, timeoutMs, maxAnswerBytes }: GatewayHttpOptions) {
    this.#baseUrl = new URL(baseUrl)
    this.#timeoutMs = timeoutMs
    this.#maxAnswerBytes = maxAnswerBytes
    this.#agent = new Agent({
      connections: 64,
      // Our own deadline covers the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: Math.min(timeoutMs, 10_000), lookup: publicLookup },
    })
  }

  /**
   * The answer, whatever its status.
   * @throws GatewayCallError when no whole answer came
   */
  call({ path, ...request }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#timeoutMs, this.#maxAnswerBytes, resolve, reject)
      const whole = this.#baseUrl.pathname.replace(/\/$/, '') + path
      this.#agent.dispatch({ ...request, origin: this.#baseUrl.origin, path: whole }, exchange)
    })
  }
}

/**
 * One request on the wire. It knows whether anything was written, which is all the difference between "send again"
 * and "unknown".
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #maxAnswerBytes: number
  readonly #resolve: (answer: HttpAnswer) => void
  readonly #reject: (error: GatewayCallError) => void
  readonly #deadline: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | null = null
  #head: Omit<HttpAnswer, 'body'> = { status: 0, headers: {} }
  #bytes = 0
  #over = false

  constructor(
    timeoutMs: number,
    maxAnswerBytes: number,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: GatewayCallError) => void,
  ) {
    this.#maxAnswerBytes = maxAnswerBytes
    this.#resolve = resolve
    this.#reject = reject
    this.#deadline = setTimeout(() => this.#fail(`no whole answer within ${timeoutMs} ms`), timeoutMs)
  }

  /** A connection is there and the request is about to be written; aborting here still keeps it from being written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) controller.abort(new Error('given up before it was sent'))
    else this.#controller = controller
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 1xx only announces the answer.
    if (status >= 200) this.#head = { status, headers }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxAnswerBytes) this.#fail(`an answer of more than ${this.#maxAnswerBytes} bytes`)
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#finish()
    this.#resolve({ ...this.#head, body: Buffer.concat(this.#chunks).toString('utf8') })
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: Error): void {
    this.#fail('code' in cause ? `${String(cause.code)} ${cause.message}` : cause.message, cause)
  }

  #fail(why: string, cause?: Error): void {
    if (this.#over) return
    this.#finish()
    this.#reject(new GatewayCallError(why, this.#controller !== null, null, { cause }))
    this.#controller?.abort(new Error(why))
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#deadline)
  }
}

/** The object that a body in JSON holds, or null when it holds none. */
export function jsonObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** Seconds, as Retry-After gives them; a date there, or more than an hour, is left to our own back-off. */
export function retryAfter(header: string | string[] | undefined): { retryAfterMs?: number } {
  const seconds = typeof header === 'string' && /^\d{1,4}$/.test(header) ? Number(header) : 0
  return seconds > 0 && seconds <= 3600 ? { retryAfterMs: seconds * 1000 } : {}
}

/** Whether only a server that did not process the request sends this status, so that it is a no even without a readable body. */
export function isRefusedUnread(status: number): boolean {
  return [400, 404, 405, 406, 411, 413, 414, 415, 417, 422, 431].includes(status)
}
