import { AsyncLocalStorage } from 'node:async_hooks'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { publicLookup } from '../public-lookup.ts'
import { braintree } from './braintree-sdk.ts'
import type { SdkAnswer } from './braintree-sdk.ts'
import type { BraintreeSettings } from './braintree-settings.ts'

/** Ids beyond these are left out of a search without a word. Source: developer.paypal.com/braintree, "Searching", 50,000 transactions. */
const MOST_FOUND = 49_999

/** A call that brought no readable answer: why, and whether anything of it may have reached Braintree. */
export class BraintreeCallError extends Error {
  /** The SDK's own word, e.g. notFoundError. */
  readonly type: string
  /** False only when it is certain that not a byte of the request was written. */
  readonly sent: boolean

  constructor(type: string, message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BraintreeCallError'
    this.type = type
    this.sent = sent
  }
}

/** What is known of one call while it is on its way. */
interface Call {
  connected: boolean
  socket: Duplex | null
}

// The SDK tells "nobody is there" and "the line broke" by the same error. Its connections are opened by agents of ours,
// inside the call that they belong to, so that the two can be told apart.
const calls = new AsyncLocalStorage<Call>()

type Connect = HttpAgent['createConnection']

function watched(connect: Connect, ready: 'connect' | 'secureConnect'): Connect {
  return (options, done) => {
    const socket = connect({ ...options, lookup: publicLookup } as Parameters<Connect>[0], done)
    const call = calls.getStore()
    if (call && socket) {
      call.socket = socket
      socket.once(ready, () => (call.connected = true))
    }
    return socket
  }
}

/** One connection per call: a kept one that the other side has closed would make every such call an unknown outcome. */
function openAgent(ssl: boolean): HttpAgent {
  const agent = ssl ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  agent.createConnection = watched(agent.createConnection.bind(agent), ssl ? 'secureConnect' : 'connect')
  return agent
}

/** The vendor's SDK, with one deadline for the whole call and errors that say whether the request was sent. */
export class BraintreeClient {
  readonly #sdk: braintree.BraintreeGateway
  readonly #timeoutMs: number

  constructor({ merchantId, publicKey, privateKey, environment, timeoutMs }: BraintreeSettings) {
    const customHttpAgent = openAgent(typeof environment === 'string')
    this.#sdk = new braintree.BraintreeGateway({
      environment: environmentOf(environment),
      merchantId,
      publicKey,
      privateKey,
      customHttpAgent,
    })
    // Of the socket's silence only; the deadline of the whole call is below.
    ;(this.#sdk.config as { timeout: number }).timeout = timeoutMs
    this.#timeoutMs = timeoutMs
  }

  /** @throws BraintreeCallError, as all below */
  refund(transactionId: string, request: object): Promise<SdkAnswer> {
    return this.#call(() => this.#sdk.transaction.refund(transactionId, request))
  }

  void(transactionId: string, request: object): Promise<SdkAnswer> {
    return this.#call(() => this.#sdk.transaction.void(transactionId, request))
  }

  credit(request: object): Promise<SdkAnswer> {
    // A copy: the SDK writes into what it is given.
    return this.#call(() => this.#sdk.transaction.credit({ ...request }))
  }

  find(transactionId: string): Promise<unknown> {
    return this.#call(() => this.#sdk.transaction.find(transactionId))
  }

  /** Ids of credits with this order id. The index behind it may lag, so that "none" proves nothing. */
  searchCredits(orderId: string): Promise<unknown> {
    const criteria: braintree.TransactionSearchFn = (search) => {
      search.orderId().is(orderId)
      search.type().is('credit')
    }
    return this.#call(
      () =>
        new Promise((resolve, reject) => {
          this.#sdk.transaction.search(criteria, (error, found) => (error ? reject(error) : resolve(found)))
        }),
    )
  }

  /** Credits of a merchant account that were settled between two instants, a page of 50 at a time as they are asked for. */
  creditsSettled(merchantAccount: string, since: Date, until: Date): AsyncGenerator<unknown> {
    return this.#found((search) => {
      search.type().in(['credit'])
      search.merchantAccountId().in([merchantAccount])
      search.settledAt().between(since, until)
    })
  }

  /** Payments of a merchant account that were disputed on the days of two instants. */
  paymentsDisputed(merchantAccount: string, since: Date, until: Date): AsyncGenerator<unknown> {
    return this.#found((search) => {
      search.type().in(['sale'])
      search.merchantAccountId().in([merchantAccount])
      search.disputeDate().between(since, until)
    })
  }

  /**
   * What a search finds. The SDK gets all ids at once and then, through its stream, one page after the other.
   * @throws BraintreeCallError, also where there is more than the search tells
   */
  async *#found(criteria: braintree.TransactionSearchFn): AsyncGenerator<unknown> {
    const found = this.#sdk.transaction.search(criteria)
    const items = found[Symbol.asyncIterator]()
    try {
      for (let count = 0; ; count++) {
        // Each page has the deadline of a call.
        const next = await this.#call(() => items.next())
        if (next.done) return
        if (count === MOST_FOUND) throw new BraintreeCallError('tooMany', `more than ${MOST_FOUND} in one search`, true)
        yield next.value
      }
    } finally {
      found.destroy()
    }
  }

  /** @throws the SDK's invalidSignatureError, or whatever its XML parser throws for a genuine payload without sense */
  parseWebhook(signature: string, payload: string): Promise<unknown> {
    return this.#sdk.webhookNotification.parse(signature, payload)
  }

  async #call<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    const call: Call = { connected: false, socket: null }
    let deadline: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => {
        reject(new Error(`no whole answer within ${this.#timeoutMs} ms`))
        call.socket?.destroy()
      }, this.#timeoutMs)
    })
    try {
      return await Promise.race([calls.run(call, send), tooLate])
    } catch (cause) {
      const { type = 'unreadable', message } = cause as Error & { type?: string }
      throw new BraintreeCallError(type, message, call.connected, { cause })
    } finally {
      clearTimeout(deadline)
    }
  }
}

function environmentOf(environment: BraintreeSettings['environment']): braintree.Environment {
  if (environment === 'production') return braintree.Environment.Production
  if (environment === 'sandbox') return braintree.Environment.Sandbox
  const { hostname, port } = new URL(environment.baseUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new braintree.Environment(host, port || '80', environment.baseUrl, false, host, port || '80')
}
