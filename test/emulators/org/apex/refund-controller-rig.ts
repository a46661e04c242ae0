import { AVA_AGENT } from '../local-people.ts'
import { insertPayment, startOrg } from '../org-rig.ts'
import type { LocalOrg } from '../server.ts'
import { readExamples, startMiddlewareDouble, type Example, type MiddlewareDouble } from './middleware-double.ts'

/** What the middleware says of a payment that it has never refunded. */
export const NEVER_REFUNDED: Example = {
  status: 404,
  body: {
    type: 'urn:refund-relay:problem:payment_not_found',
    title: 'x',
    status: 404,
    detail: 'No refund of this payment was ever requested here.',
    code: 'payment_not_found',
    remedy: 'x',
    retryable: false,
    requestId: 'r',
  },
}

/** A local org whose RefundController speaks to a double of the middleware. */
export interface ControllerRig {
  readonly org: LocalOrg
  readonly middleware: MiddlewareDouble
  /** Of RefundMiddlewareExamples.json. */
  example(name: string): Example
  /** A payment of which the middleware knows nothing yet, and has heard nothing. */
  newPayment(): Promise<string>
  call(method: string, params: object, userId?: string): Promise<{ status: number; body: unknown }>
  close(): Promise<void>
}

export async function startControllerRig(): Promise<ControllerRig> {
  const examples = readExamples()
  const middleware = await startMiddlewareDouble()
  const org = await startOrg({ middlewareUrl: () => middleware.url })
  return {
    org,
    middleware,
    example(name) {
      const found = examples[name]
      if (!found) throw new Error(`RefundMiddlewareExamples.json has no example ${name}.`)
      return found
    },
    newPayment() {
      middleware.answers = { GET: NEVER_REFUNDED, POST: null }
      middleware.received.length = 0
      return insertPayment(org)
    },
    async call(method, params, userId = AVA_AGENT) {
      const answer = await fetch(`${org.url}/ui/apex/RefundController.${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `user=${userId}` },
        body: JSON.stringify(params),
      })
      return { status: answer.status, body: await answer.json() }
    },
    async close() {
      await org.close()
      await middleware.close()
    },
  }
}
