import { hash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { violatedConstraint } from '../database/database.ts'
import type { Database, Queryable, Transaction } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { AttemptBody, Gateway } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { bindPayment, reserveSlot } from './bind-payment.ts'
import { findRequested, insertRefund, keyIsKnown } from './insert-refund.ts'
import type { NewRefund } from './insert-refund.ts'
import { reserveAtOnce } from './reserve-at-once.ts'
import type { RefundJob } from './refund-rows.ts'
import type { RefundLimits } from './refund-limits.ts'
import type { RefundPlan, RefundRequest, Requester } from './refund-request.ts'
import type { PaymentBalance, Refund } from './refund.ts'
import { takesTurns } from './take-turn.ts'
import { countForUser, limitInTheWay, takeUserTurn } from './within-limits.ts'
import { trace } from '../trace.ts'

export type RequestedRefund =
  /** New: leased to this process, so somebody must submit it, or waiting for its turn. */
  | {
      readonly kind: 'new'
      readonly job: RefundJob
      /** With this refund in it. */
      readonly balance: () => PaymentBalance
      readonly waits: boolean
    }
  /** The same key and body came before. */
  | Replay

export interface Replay {
  readonly kind: 'replay'
  readonly refund: Refund
}

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
  plan: RefundPlan = { kind: 'refund', facts: null },
  limits: RefundLimits | null = null,
): Promise<RequestedRefund> {
  const digest = digestOf(gateway, request)
  const facts = { orgId: requester.orgId, gateway: gateway.name, account: request.gatewayAccount }
  const attempt = () =>
    trace('reserve', facts, async () => (await reserveOnSight()) ?? (await database.transaction((tx) => reserve(tx))))
  try {
    return await attempt().catch((error: unknown) => {
      // Two first refunds of one payment at the same instant: one of them may meet the other's row by its gateway reference before it
      // meets it by its id, and looks like a stranger. The second look tells.
      if (error instanceof RefundError && error.code === 'payment_bound_elsewhere') return attempt()
      throw error
    })
  } catch (error) {
    if (!keyIsKnown(error)) throw error
    return (await replayOf(database, requester.orgId, idempotencyKey, digest))!
  }

  /** Where nothing but what is left of the payment decides, one statement does; else null, and nothing was stored. */
  async function reserveOnSight(): Promise<RequestedRefund | null> {
    const { amount } = request
    const isPlain = plan.kind === 'refund' && !plan.facts && !limits && !request.directDebit && !request.undo
    if (amount === null || !amount.isPositive() || !isPlain || !storesAsSent(gateway)) return null
    // Where refunds of one payment may overtake one another, no body can name the sum of those before.
    const nothing = Money.zero(amount.currency)
    const refund = newRefund(amount, { refunded: nothing, underWay: nothing }, 0)
    const stored = await reserveAtOnce(database, { refund, captured: request.captured }).catch((error: unknown) => {
      if (violatedConstraint(error) === 'payment_reference_bound') return null
      throw error
    })
    return stored && { kind: 'new', job: stored.job, balance: () => reserved(stored.balance(), amount), waits: false }
  }

  async function reserve(tx: Transaction): Promise<RequestedRefund> {
    if (limits) await takeUserTurn(tx, limits, requester)
    const { balance, nextSendInMs } = await bindPayment(tx, gateway, requester.orgId, request, plan.facts)
    const amount = request.amount ?? balance.refundable
    const asked = { paymentId: request.paymentId, amount }
    const refused =
      whyNot(balance, amount, request, plan) ?? (limits && (await limitInTheWay(tx, limits, requester, asked)))
    if (refused) return (await replayOf(tx, requester.orgId, idempotencyKey, digest)) ?? raise(refused)
    await reserveSlot(tx, gateway, requester.orgId, request.paymentId)
    const refund = newRefund(amount, balance, nextSendInMs)
    if (limits) await countForUser(tx, limits, requester, refund.asked.id)
    const job = await insertRefund({ query: tx.last }, refund)
    return { kind: 'new', job, balance: () => reserved(balance, amount), waits: nextSendInMs > 0 }
  }

  function newRefund(amount: Money, before: Before, waitMs: number): NewRefund {
    const id = uuidv7()
    return {
      asked: {
        id,
        orgId: requester.orgId,
        paymentId: request.paymentId,
        paymentReference: request.gatewayReference,
        gateway: gateway.name,
        gatewayAccount: request.gatewayAccount,
        kind: plan.kind,
        undo: request.undo,
        target: null,
        amount,
        reason: request.reason,
        note: request.note,
        lineItems: request.lineItems,
        requestedBy: requester.userId,
        payerAsked: request.payerAsked,
        directDebit: request.directDebit !== null,
      },
      idempotencyKey,
      requestDigest: digest,
      body: bodyOf(gateway, plan.kind, { id, request, amount, before }),
      waitMs,
      storedAsSent: waitMs === 0 && storesAsSent(gateway),
    }
  }
}

/** What went out of the payment before. */
type Before = Pick<PaymentBalance, 'refunded' | 'underWay'>

/** Nothing is looked at between storing it and sending it, and its key answers should this process die there. */
function storesAsSent(gateway: Gateway): boolean {
  return !takesTurns(gateway) && gateway.capabilities.keyRetentionMs > 0
}

function reserved(before: PaymentBalance, amount: Money): PaymentBalance {
  return { ...before, underWay: before.underWay.plus(amount), refundable: before.refundable.minus(amount) }
}

/**
 * The refund that this key already made.
 * @throws RefundError `refund_already_requested` when it came with another body
 */
export async function replayOf(
  database: Queryable,
  orgId: string,
  idempotencyKey: string,
  digest: string,
): Promise<Replay | null> {
  const known = await findRequested(database, orgId, idempotencyKey)
  if (!known) return null
  if (known.digest !== digest) throw new RefundError('refund_already_requested')
  return { kind: 'replay', refund: known.refund }
}

/** The body of one way to send the money back. */
export function bodyOf(
  gateway: Gateway,
  kind: RefundPlan['kind'],
  what: {
    id: string
    request: Pick<RefundRequest, 'gatewayReference' | 'reason' | 'lineItems'>
    amount: Money
    before: Before
  },
): AttemptBody {
  const whole = { refundId: what.id, paymentReference: what.request.gatewayReference }
  if (kind === 'void') return gateway.prepareVoid!(whole)
  if (kind === 'undo') return gateway.prepareUndo!(whole)
  return gateway.prepareRefund({
    ...whole,
    amount: what.amount,
    alreadyRefunded: what.before.refunded.plus(what.before.underWay),
    reason: what.request.reason,
    lineItems: what.request.lineItems,
  })
}

/** Why this amount of this payment cannot be refunded now, or null. */
function whyNot(balance: PaymentBalance, amount: Money, request: RefundRequest, plan: RefundPlan): RefundError | null {
  if (balance.voided) return new RefundError('payment_voided')
  if (request.directDebit && balance.exposure.isPositive()) {
    return new RefundError('payment_exposed', { exposure: balance.exposure.toString() })
  }
  if (!balance.refundable.isPositive()) return new RefundError('nothing_refundable')
  if (plan.kind !== 'refund' && !balance.refundable.equals(balance.captured))
    return new RefundError('undo_not_possible')
  if (!amount.isPositive() || amount.isGreaterThan(balance.refundable)) {
    return new RefundError('amount_exceeds_refundable', { refundable: balance.refundable.toString(), field: 'amount' })
  }
  return null
}

function raise(error: RefundError): never {
  throw error
}

/** What makes two requests the same one: all of it, in the order of the names. Digests are kept, so their text stays as it is. */
export function digestOf(gateway: Gateway, request: RefundRequest): string {
  const told: Readonly<Record<keyof RefundRequest | 'gateway', unknown>> = {
    amount: request.amount?.toString() ?? null,
    captured: request.captured.toString(),
    directDebit: request.directDebit,
    gateway: gateway.name,
    gatewayAccount: request.gatewayAccount,
    gatewayReference: request.gatewayReference,
    lineItems: request.lineItems,
    note: request.note,
    payerAsked: request.payerAsked,
    paymentId: request.paymentId,
    reason: request.reason,
    undo: request.undo,
  }
  return hash('sha256', JSON.stringify(Object.entries(told)))
}
