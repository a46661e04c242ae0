import { randomUUID } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { Pool } from 'undici'
import { ACCOUNT, AGENT, AUDIENCE, ORG } from './bench-world.ts'
import type { BenchWorld } from './bench-world.ts'

export interface PreparedRequest {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Tokens live two minutes; a load is sent within one. */
const TOKEN_SECONDS = 120
let payments = 0

/** Refunds of payments that nobody has refunded yet, one token signed for each, all made before the clock starts. */
export async function prepareRefunds(
  world: Pick<BenchWorld, 'requestKey'>,
  count: number,
  { user = AGENT, amount = '10.00' } = {},
): Promise<PreparedRequest[]> {
  const key = createPrivateKey(world.requestKey)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const token = await new SignJWT({ jti: randomUUID() })
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
      return {
        method: 'POST' as const,
        path: '/v1/refunds',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        body: JSON.stringify(body),
      }
    }),
  )
}

/** Connections that stay open, one request on each at a time. */
export class HttpLoad {
  readonly #pool: Pool

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1 })
  }

  /**
   * Without what a caller in earnest would have of the answer: on the same two cores, what the load costs slows down what is measured.
   * @throws Error when the answer is another one than expected
   */
  send(request: PreparedRequest, expected: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let status = 0
      const body: Buffer[] = []
      this.#pool.dispatch(request, {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData(_controller, chunk) {
          body.push(chunk)
        },
        onResponseEnd() {
          if (status === expected) return resolve()
          reject(new Error(`${request.path} was answered ${status}: ${Buffer.concat(body).toString('utf8')}`))
        },
        onResponseError: (_controller, error) => reject(error),
      })
    })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
