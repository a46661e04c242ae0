import { hash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Queryable, Transaction } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { CreditInstruction, Gateway, RefundReason } from '../gateways/gateway.ts'
import type { Money } from '../money/money.ts'
import { insertRefund, keyIsKnown } from './insert-refund.ts'
import type { NewRefund } from './insert-refund.ts'
import type { RefundJob } from './refund-rows.ts'
import { replayOf } from './request-refund.ts'
import type { Replay } from './request-refund.ts'
import type { RefundLimits } from './refund-limits.ts'
import type { Requester } from './refund-request.ts'
import { countForUser, limitInTheWay, takeUserTurn } from './within-limits.ts'
import { trace } from '../trace.ts'

/** Money for a customer without a payment that it goes back on. */
export interface CreditRequest {
  readonly gatewayAccount: string
  readonly amount: Money
  readonly target: CreditInstruction['target']
  readonly reason: RefundReason | null
  readonly note: string | null
}

export type RequestedCredit = { readonly kind: 'new'; readonly job: RefundJob } | Replay

/**
 * Stores a credit, its key and the exact body for the gateway; no gateway is called.
 * @throws RefundError `credits_off` unless this account was switched on for this target, or a limit; then nothing was stored
 */
export async function requestCredit(
  database: Database,
  gateway: Gateway,
  requester: Requester,
  idempotencyKey: string,
  request: CreditRequest,
  limits: RefundLimits | null,
): Promise<RequestedCredit> {
  const { amount, target } = request
  if (!gateway.prepareCredit || !gateway.capabilities.credits?.includes(target.kind)) {
    throw new RefundError('credits_off', { gateway: gateway.label, account: request.gatewayAccount })
  }
  const facts = [gateway.name, request.gatewayAccount, amount.toString(), target, request.reason, request.note]
  const requestDigest = hash('sha256', JSON.stringify(facts))
  const id = uuidv7()
  const credit: NewRefund = {
    asked: {
      id,
      orgId: requester.orgId,
      paymentId: null,
      paymentReference: null,
      gateway: gateway.name,
      gatewayAccount: request.gatewayAccount,
      kind: 'credit',
      undo: false,
      target: target.kind,
      amount,
      reason: request.reason,
      note: request.note,
      lineItems: null,
      requestedBy: requester.userId,
      payerAsked: false,
      directDebit: false,
    },
    idempotencyKey,
    requestDigest,
    body: gateway.prepareCredit({ refundId: id, amount, target }),
    waitMs: 0,
    storedAsSent: false,
  }
  const where = { orgId: requester.orgId, gateway: gateway.name, account: request.gatewayAccount }
  try {
    return await trace('reserve', where, () =>
      limits ? database.transaction((tx) => reserveWithin(tx, limits)) : store(database),
    )
  } catch (error) {
    if (!keyIsKnown(error)) throw error
    return (await replayOf(database, requester.orgId, idempotencyKey, requestDigest))!
  }

  async function store(tx: Queryable): Promise<RequestedCredit> {
    return { kind: 'new', job: await insertRefund(tx, credit) }
  }

  async function reserveWithin(tx: Transaction, limits: RefundLimits): Promise<RequestedCredit> {
    await takeUserTurn(tx, limits, requester)
    const refused = await limitInTheWay(tx, limits, requester, { paymentId: null, amount })
    if (refused) {
      const replay = await replayOf(tx, requester.orgId, idempotencyKey, requestDigest)
      if (replay) return replay
      throw refused
    }
    await countForUser(tx, limits, requester, id)
    return store({ query: tx.last })
  }
}
