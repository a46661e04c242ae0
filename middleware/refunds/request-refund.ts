import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { violatedConstraint } from '../database/database.ts'
import type { Database, Queryable } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { Gateway, RefundReason } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { PAYMENT_COLUMNS, toBalance } from './refund-rows.ts'
import type { PaymentRow, RefundJob } from './refund-rows.ts'
import type { PaymentBalance, Refund } from './refund.ts'
import { findRequested, insertRefund } from './refund-store.ts'

/** What the org knows of the payment, and what it asks for. */
export interface RefundRequest {
  readonly paymentId: string
  readonly gatewayAccount: string
  readonly gatewayReference: string
  readonly captured: Money
  /** null: everything that is left. */
  readonly amount: Money | null
  readonly reason: RefundReason | null
  readonly note: string | null
}

export interface Requester {
  readonly orgId: string
  readonly userId: string
}

export type RequestedRefund =
  /** New, and leased to this process: somebody must submit it. */
  | { readonly kind: 'new'; readonly job: RefundJob; readonly balance: PaymentBalance }
  /** The same key and body came before. */
  | { readonly kind: 'replay'; readonly refund: Refund }

/**
 * Reserves the amount and stores refund, key and the exact body for the gateway, all or nothing; no gateway is called.
 * @throws RefundError; then nothing was stored
 */
export async function requestRefund(
  database: Database,
  gateway: Gateway,
  requester: Requester,
  idempotencyKey: string,
  request: RefundRequest,
): Promise<RequestedRefund> {
  const digest = digestOf(gateway, request)
  const attempt = () => database.transaction((tx) => reserve(tx))
  // Two first refunds of one payment at the same instant: one of them may meet the other's row by its gateway reference before it
  // meets it by its id, and looks like a stranger. The second look tells.
  return attempt().catch((error: unknown) => {
    if (error instanceof RefundError && error.code === 'payment_bound_elsewhere') return attempt()
    throw error
  })

  async function reserve(tx: Queryable): Promise<RequestedRefund> {
    const replayed = async (): Promise<RequestedRefund | null> => {
      const known = await findRequested(tx, requester.orgId, idempotencyKey)
      if (!known) return null
      if (known.digest !== digest) throw new RefundError('refund_already_requested')
      return { kind: 'replay', refund: known.refund }
    }
    const balance = await bindPayment(tx, gateway, requester.orgId, request)
    const amount = request.amount ?? balance.refundable
    if (!amount.isPositive() || amount.isGreaterThan(balance.refundable)) {
      return (await replayed()) ?? refuseAmount(balance)
    }
    const id = uuidv7()
    const body = gateway.prepareRefund({
      refundId: id,
      paymentReference: request.gatewayReference,
      amount,
      alreadyRefunded: balance.refunded.plus(balance.underWay),
      reason: request.reason,
    })
    const job = await insertRefund(tx, {
      id,
      orgId: requester.orgId,
      paymentId: request.paymentId,
      amount: amount.toDecimal(),
      reason: request.reason,
      note: request.note,
      requestedBy: requester.userId,
      idempotencyKey,
      requestDigest: digest,
      attempt: { id: uuidv7(), key: uuidv7(), body },
    })
    if (job) {
      const underWay = balance.underWay.plus(amount)
      return { kind: 'new', job, balance: { ...balance, underWay, refundable: balance.refundable.minus(amount) } }
    }
    // Nothing was inserted, so the key is there: the row that held it is committed.
    return (await replayed())!
  }
}

type Balance = PaymentBalance & { readonly voided: boolean }

/** Locks the payment, or writes it down at its first refund. A later snapshot may lower what was captured, never raise it. */
async function bindPayment(tx: Queryable, gateway: Gateway, orgId: string, request: RefundRequest): Promise<Balance> {
  const rows = await tx
    .query<PaymentRow & { gateway: string; gateway_account: string; gateway_reference: string }>(
      `INSERT INTO payments AS p (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (org_id, payment_id) DO UPDATE SET captured = least(p.captured, excluded.captured)
       RETURNING p.gateway, p.gateway_account, p.gateway_reference, ${PAYMENT_COLUMNS}`,
      [
        orgId,
        request.paymentId,
        gateway.name,
        request.gatewayAccount,
        request.gatewayReference,
        request.captured.currency,
        request.captured.toDecimal(),
      ],
    )
    .catch((cause: unknown) => {
      if (violatedConstraint(cause) !== 'payment_reference_bound') throw cause
      throw new RefundError('payment_bound_elsewhere', { reference: request.gatewayReference }, { cause })
    })
  const row = rows[0]!
  const changed =
    (row.gateway !== gateway.name && 'gateway') ||
    (row.gateway_account !== request.gatewayAccount && 'gateway account') ||
    (row.gateway_reference !== request.gatewayReference && 'gateway reference') ||
    (row.currency !== request.captured.currency && 'currency')
  if (changed) throw new RefundError('payment_changed', { field: changed })
  return toBalance(row)
}

function refuseAmount(balance: Balance): never {
  if (balance.voided) throw new RefundError('payment_voided')
  if (!balance.refundable.isPositive()) throw new RefundError('nothing_refundable')
  throw new RefundError('amount_exceeds_refundable', { refundable: balance.refundable.toString(), field: 'amount' })
}

/** What makes two requests the same one. */
function digestOf(gateway: Gateway, request: RefundRequest): string {
  const facts = [
    request.paymentId,
    gateway.name,
    request.gatewayAccount,
    request.gatewayReference,
    request.captured.toString(),
    request.amount?.toString() ?? null,
    request.reason,
    request.note,
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
