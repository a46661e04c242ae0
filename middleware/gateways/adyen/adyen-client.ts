import type { IncomingHttpHeaders } from 'node:http'
import type clientInterface from '@adyen/api-library/lib/src/httpClient/clientInterface.js'
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import { publicLookup } from '../public-lookup.ts'
import type { AdyenSettings } from './adyen-settings.ts'

/** Adyen's answers to a modification have a few hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024

/** The SDK writes its test host into every address; ours takes its place. */
const SDK_ORIGIN = 'https://checkout-test.adyen.com'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A call that brought no readable 2xx: why, and whether anything of it may have reached Adyen. */
export class AdyenCallError extends Error {
  /** The whole answer, where one came. */
  readonly answer: HttpAnswer | null
  /** False only when it is certain that not a byte of the request was written. */
  readonly sent: boolean

  constructor(message: string, sent: boolean, answer: HttpAnswer | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AdyenCallError'
    this.sent = sent
    this.answer = answer
  }
}

/**
 * The HTTP client under Adyen's SDK. Unlike the SDK's own it keeps connections alive, has one deadline for the whole
 * call, follows no redirect, never sends a key of another call, and takes an answer that is no JSON object for what
 * it is.
 */
export class AdyenClient implements clientInterface.default {
  readonly #agent: Agent
  readonly #baseUrl: URL
  readonly #apiKey: string
  readonly #timeoutMs: number

  constructor({ baseUrl, apiKey, timeoutMs }: Pick<AdyenSettings, 'baseUrl' | 'apiKey' | 'timeoutMs'>) {
    this.#baseUrl = new URL(baseUrl)
    this.#apiKey = apiKey
    this.#timeoutMs = timeoutMs
    this.#agent = new Agent({
      connections: 64,
      // Our own deadline covers the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: Math.min(timeoutMs, 10_000), lookup: publicLookup },
    })
  }

  /** @throws AdyenCallError */
  async request(
    endpoint: string,
    json: string | Buffer,
    _config: unknown,
    _isApiKeyRequired: boolean,
    options?: { idempotencyKey?: string },
  ): Promise<string> {
    const key = options?.idempotencyKey
    // Without a key a second sending would be a second refund.
    if (!key) throw new Error('a call to Adyen needs its idempotency key')
    const answer = await this.#post(endpoint.replace(SDK_ORIGIN, ''), json, key)
    if (answer.status < 200 || answer.status > 299) {
      throw new AdyenCallError(`Adyen answered HTTP ${answer.status}`, true, answer)
    }
    if (!isJsonObject(answer.body)) {
      throw new AdyenCallError(`Adyen answered HTTP ${answer.status} without a readable body`, true, answer)
    }
    return answer.body
  }

  #post(path: string, body: string | Buffer, key: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#timeoutMs, resolve, reject)
      this.#agent.dispatch(
        {
          origin: this.#baseUrl.origin,
          path: this.#baseUrl.pathname.replace(/\/$/, '') + path,
          method: 'POST',
          body,
          headers: {
            'x-api-key': this.#apiKey,
            'idempotency-key': key,
            'content-type': 'application/json',
            accept: 'application/json',
            'user-agent': 'refund-relay',
          },
        },
        exchange,
      )
    })
  }
}

/**
 * One request on the wire. It knows whether anything was written, which is all the difference between "send again"
 * and "unknown".
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void
  readonly #reject: (error: AdyenCallError) => void
  readonly #deadline: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | null = null
  #head: Omit<HttpAnswer, 'body'> = { status: 0, headers: {} }
  #bytes = 0
  #over = false

  constructor(timeoutMs: number, resolve: (answer: HttpAnswer) => void, reject: (error: AdyenCallError) => void) {
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
    if (this.#bytes > MAX_ANSWER_BYTES) this.#fail(`an answer of more than ${MAX_ANSWER_BYTES} bytes`)
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
    this.#reject(new AdyenCallError(why, this.#controller !== null, null, { cause }))
    this.#controller?.abort(new Error(why))
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#deadline)
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
