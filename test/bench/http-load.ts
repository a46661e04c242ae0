import { randomUUID } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { SignJWT } from 'jose'
import { ACCOUNT, AGENT, AUDIENCE, ORG } from './bench-world.ts'
import type { BenchWorld } from './bench-world.ts'

/** A request as it goes over the wire. */
export interface PreparedRequest {
  readonly path: string
  readonly bytes: Buffer
}

/** A POST of JSON, made before the clock starts. */
export function prepareRequest(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): PreparedRequest {
  const all = {
    ...headers,
    host: 'bench',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return { path, bytes: Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`) }
}

/** Tokens live two minutes; a load is sent within one. */
const TOKEN_SECONDS = 120
let payments = 0

/** Refunds of payments that nobody has refunded yet, one token signed for each, all made before the clock starts. */
export async function prepareRefunds(
  world: Pick<BenchWorld, 'requestKey'>,
  count: number,
  { user = AGENT, amount = '10.00', token }: { user?: string; amount?: string; token?: string } = {},
): Promise<PreparedRequest[]> {
  const key = createPrivateKey(world.requestKey)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const signed = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(ORG)
        .setSubject(user)
        .setAudience(AUDIENCE)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + TOKEN_SECONDS)
        .sign(key)
      const number = String(++payments).padStart(10, '0')
      const body = {
        ...{
          paymentId: `a00000${number}AA`,
          gateway: 'adyen',
          gatewayAccount: ACCOUNT,
          gatewayReference: `P${number}`,
        },
        ...{ capturedAmount: '25.00', currency: 'EUR', amount, reason: 'returned', note: 'One of two shirts' },
      }
      return prepareRequest('/v1/refunds', JSON.stringify(body), {
        authorization: `Bearer ${token ?? signed}`,
        'idempotency-key': randomUUID(),
      })
    }),
  )
}

interface Answer {
  readonly status: number
  /** Head and body. */
  readonly text: string
}

/**
 * Connections that stay open, one request on each at a time, as many as are asked at once. A client of its own that reads no more of an answer
 * than it must: what the load costs slows down what is measured on the same processors, and undici takes up to three times as much.
 */
export class HttpLoad {
  readonly #address: { readonly host: string; readonly port: number }
  readonly #connections = new Set<Connection>()
  #idle: Connection[] = []

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.#address = { host: hostname, port: Number(port) }
  }

  /** @throws Error when the answer is another one than expected */
  async send(request: PreparedRequest, expected: number): Promise<void> {
    const connection = this.#idle.pop() ?? this.#open()
    const { status, text } = await connection.ask(request.bytes)
    this.#idle.push(connection)
    if (status !== expected) throw new Error(`${request.path} was answered ${status}: ${text}`)
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }

  #open(): Connection {
    const connection = new Connection(connect({ ...this.#address, noDelay: true }), () => {
      this.#connections.delete(connection)
      this.#idle = this.#idle.filter((idle) => idle !== connection)
    })
    this.#connections.add(connection)
    return connection
  }
}

/** The servers of the bench tell how long each answer is. */
const LENGTH = /\r\ncontent-length: *(\d+)\r\n/i

class Connection {
  readonly #socket: Socket
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null
  #read = ''

  constructor(socket: Socket, onClosed: () => void) {
    this.#socket = socket.setEncoding('latin1')
    socket.on('data', (read: string) => this.#take(read))
    socket.once('error', (error) => this.#waiting?.reject(error))
    socket.once('close', () => {
      this.#waiting?.reject(new Error('the connection was closed before the answer'))
      onClosed()
    })
  }

  ask(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(bytes)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(read: string): void {
    this.#read += read
    const head = this.#read.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = LENGTH.exec(this.#read)
    if (!length) return void this.#socket.destroy(new Error(`an answer of unknown length: ${this.#read}`))
    if (this.#read.length < head + 4 + Number(length[1])) return
    const text = this.#read
    const waiting = this.#waiting!
    this.#read = ''
    this.#waiting = null
    waiting.resolve({ status: Number(text.slice(9, 12)), text })
  }
}
