import { randomUUID } from 'node:crypto'
import type { Database } from '../../middleware/database/database.ts'
import { RefundError } from '../../middleware/errors.ts'
import type { Gateway } from '../../middleware/gateways/gateway.ts'
import { Money } from '../../middleware/money/money.ts'
import { requestRefund } from '../../middleware/refunds/request-refund.ts'
import { submitRefund } from '../../middleware/refunds/submit-refund.ts'
import { ORG } from './bench-world.ts'

/** Takes the refund of a payment, or finds that there is nothing left of it. */
export type Flow = (payment: string) => Promise<boolean>

/** A gateway without a network: it has paid before anybody could wait for it. */
export const AT_ONCE: Gateway = {
  name: 'adyen',
  label: 'At once',
  capabilities: { keyRetentionMs: 86_400_000, holdAfterLateFailureMs: 0 },
  prepareRefund: ({ refundId, amount }) => ({ reference: refundId, amount: amount.toMinorUnits() }),
  submit: ({ key }) => Promise.resolve({ kind: 'succeeded', gatewayReference: key }),
  readWebhook: () => [],
  checkAccess: () => Promise.reject(new Error('nobody asks')),
}

const REQUESTER = { orgId: ORG, userId: '005000000000001AAA' }
const TEN = Money.fromDecimal('10.00', 'EUR')

/** The product's own steps: reserve and store, call, settle; audit rows and books by its triggers. */
export function productFlow(database: Database, captured = '25.00', gateway = AT_ONCE): Flow {
  const capturedAmount = Money.fromDecimal(captured, 'EUR')
  return async (payment) => {
    const request = {
      ...{ paymentId: payment, gatewayAccount: 'BenchECOM', gatewayReference: `P${payment}`, captured: capturedAmount },
      ...{ amount: TEN, reason: 'returned' as const, note: null, lineItems: null, directDebit: null },
      ...{ payerAsked: false, undo: false },
    }
    try {
      const requested = await requestRefund(database, gateway, REQUESTER, randomUUID(), request)
      if (requested.kind !== 'new') throw new Error('a key came twice')
      await submitRefund(database, gateway, requested.job)
      return true
    } catch (error) {
      if (error instanceof RefundError && /refundable/.test(error.code)) return false
      throw error
    }
  }
}

/**
 * The least that a refund can be: one statement reserves and stores the intent, one settles it. No audit, no lease, no rules. The payment
 * is new to it, as it is to the product: the request brings what was captured.
 */
export async function bareFlow(database: Database, captured = '25.00'): Promise<Flow> {
  await database.query(`CREATE TABLE IF NOT EXISTS bare_payments (
    id text PRIMARY KEY, captured numeric(19, 3) NOT NULL, refunded numeric(19, 3) NOT NULL DEFAULT 0,
    under_way numeric(19, 3) NOT NULL DEFAULT 0)`)
  await database.query(`CREATE TABLE IF NOT EXISTS bare_refunds (
    id uuid PRIMARY KEY, payment_id text NOT NULL REFERENCES bare_payments, amount numeric(19, 3) NOT NULL,
    key text NOT NULL UNIQUE, state text NOT NULL, reference text)`)
  return async (payment) => {
    const [id, key] = [randomUUID(), randomUUID()]
    const reserved = await database.query(
      `WITH p AS (
         INSERT INTO bare_payments AS p (id, captured, under_way) VALUES ($1, $5, $2)
         ON CONFLICT (id) DO UPDATE SET under_way = p.under_way + $2 WHERE p.captured - p.refunded - p.under_way >= $2
         RETURNING id
       ) INSERT INTO bare_refunds (id, payment_id, amount, key, state) SELECT $3, p.id, $2, $4, 'requested' FROM p RETURNING id`,
      [payment, '10.00', id, key, captured],
    )
    if (reserved.length === 0) return false
    const answer = await AT_ONCE.submit({ operation: 'refund', paymentReference: payment, key, body: {} })
    await database.query(
      `WITH r AS (
         UPDATE bare_refunds SET state = 'succeeded', reference = $2 WHERE id = $1 AND state = 'requested' RETURNING payment_id, amount
       ) UPDATE bare_payments p SET under_way = under_way - r.amount, refunded = refunded + r.amount FROM r WHERE p.id = r.payment_id`,
      [id, 'gatewayReference' in answer ? answer.gatewayReference : null],
    )
    return true
  }
}

let payments = 0

/** Record ids that no other payment of this run has. */
export function newPayments(count: number): string[] {
  return Array.from({ length: count }, () => `a01000${String(++payments).padStart(10, '0')}AA`)
}
