import { randomUUID } from 'node:crypto'
import { GoCardlessGateway } from '../../../../middleware/gateways/gocardless/gocardless-gateway.ts'
import type { Attempt, GatewayAnswer, RefundInstruction } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { goCardlessSettings } from '../../../contracts/gateway-rig-gocardless.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ReceivedRequest } from '../scripted-server.ts'

export const REFUND_ID = '0195f2a0-0000-7000-8000-000000000001'
export const euros = (amount: string) => Money.fromDecimal(amount, 'EUR')

export function instruction(changes: Partial<RefundInstruction> = {}): RefundInstruction {
  return {
    refundId: REFUND_ID,
    paymentReference: 'PM1',
    amount: euros('12.30'),
    alreadyRefunded: euros('5.00'),
    reason: null,
    ...changes,
  }
}

/** As it comes back from the database: the same content, not the same object. */
export function attempt(changes: Partial<RefundInstruction> = {}, key: string = randomUUID()): Attempt {
  const asked = instruction(changes)
  const body = new GoCardlessGateway(goCardlessSettings()).prepareRefund(asked)
  const stored = JSON.parse(JSON.stringify(body)) as Attempt['body']
  return { operation: 'refund', paymentReference: asked.paymentReference, key, body: stored }
}

/** The refund of `attempt()` as GoCardless would show it. */
export const TAKEN = {
  id: 'RF1',
  amount: 1230,
  currency: 'EUR',
  status: 'created',
  created_at: '2026-11-01T10:00:00.000Z',
  metadata: { refund: REFUND_ID },
  reference: null,
  links: { payment: 'PM1' },
}

export const PAYMENT = {
  id: 'PM1',
  amount: 10000,
  amount_refunded: 500,
  currency: 'EUR',
  status: 'paid_out',
  charge_date: '2026-10-20',
  links: { creditor: 'CR000RELAY', mandate: 'MD1' },
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** GoCardless's form of an error. */
export function error(status: number, type: string, ...errors: object[]): Reply {
  return { status, body: { error: { message: 'Something is wrong', type, code: status, errors } } }
}

export const list = (name: string, items: unknown[], after: string | null = null): Reply => ({
  body: { [name]: items, meta: { cursors: { before: null, after }, limit: 250 } },
})

/** What a server says to `METHOD /path`, the query left out; anything else is 500. */
export type Script = Readonly<Record<string, Reply | ((request: ReceivedRequest) => Reply)>>

/** A gateway whose server says what a test says. */
export async function withScript<Value>(
  script: Script,
  ask: (gateway: GoCardlessGateway, requests: readonly ReceivedRequest[]) => Promise<Value>,
): Promise<Value> {
  const server = await startScriptedServer((response, request) => {
    const found = script[`${request.method} ${request.path?.split('?')[0]}`] ?? { status: 500, body: 'not scripted' }
    const { status = 200, headers = {}, body } = typeof found === 'function' ? found(request) : found
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  try {
    return await ask(new GoCardlessGateway(goCardlessSettings({ baseUrl: server.url })), server.requests)
  } finally {
    await server.close()
  }
}

/** What `attempt()` comes to when the refund call and the reads after it are answered so. */
export function answerTo(refund: Reply, reads: Script = {}): Promise<GatewayAnswer> {
  return withScript({ 'POST /refunds': refund, ...reads }, (gateway) => gateway.submit(attempt()))
}
