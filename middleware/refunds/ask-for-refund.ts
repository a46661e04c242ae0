import type { Database } from '../database/database.ts'
import { notPossibleNow, RefundError } from '../errors.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { decideUndo } from './decide-undo.ts'
import { guardDirectDebit } from './direct-debit-gate.ts'
import type { DirectDebitRules } from './direct-debit-gate.ts'
import { lookUpPayment } from './look-up-payment.ts'
import type { PaymentLook } from './look-up-payment.ts'
import { findBalance } from './refund-store.ts'
import { guardByWebhooks } from './webhook-evidence.ts'
import { digestOf, replayOf, requestRefund } from './request-refund.ts'
import type { RequestedRefund } from './request-refund.ts'
import type { RefundLimits } from './refund-limits.ts'
import type { RefundPlan, RefundRequest, Requester } from './refund-request.ts'

/**
 * Looks at the payment first where that decides something: an undo, a direct debit, or a payment that was never refunded here and may
 * have been refunded elsewhere. Then reserves and stores.
 * @throws RefundError; then nothing was stored
 */
export async function askForRefund(
  database: Database,
  gateway: Gateway,
  requester: Requester,
  idempotencyKey: string,
  request: RefundRequest,
  rules: DirectDebitRules,
  limits: RefundLimits | null,
): Promise<RequestedRefund> {
  const judged = request.undo || request.directDebit !== null
  if (request.undo && request.amount !== null) throw new RefundError('undo_with_amount', { field: 'amount' })
  if (judged) {
    // The same key is the same refund, whatever has happened to the payment since.
    const replay = await replayOf(database, requester.orgId, idempotencyKey, digestOf(gateway, request))
    if (replay) return replay
  }
  const known = gateway.lookUpPayment ? await findBalance(database, requester.orgId, request.paymentId) : null
  const facts = judged || !known ? await lookAtPayment(database, gateway, request.gatewayReference, judged) : null
  const plan = await planOf(facts)
  // A debit that was not collected yet is cancelled: nothing was taken that could be claimed back.
  if (request.directDebit && plan.kind !== 'void') {
    guardDirectDebit(gateway, request.directDebit, request.payerAsked, facts, rules, new Date())
    if (!gateway.lookUpPayment) await guardByWebhooks(database, gateway, request)
  }
  return requestRefund(database, gateway, requester, idempotencyKey, request, plan, limits)

  async function planOf(facts: PaymentLook | null): Promise<RefundPlan> {
    if (!request.undo) return { kind: 'refund', facts }
    const balance = known ?? (await findBalance(database, requester.orgId, request.paymentId))
    const { action } = decideUndo(gateway, request.captured, balance, null, facts)
    return { kind: action === 'void' ? 'void' : action === 'gateway_decides' ? 'undo' : 'refund', facts }
  }
}

/**
 * The payment as its gateway shows it; null where it cannot be asked, or does not know it and will say so itself.
 * @param needed whether going on without an answer would be a guess
 * @throws RefundError `not_possible_now` when it is needed and the gateway does not answer
 */
export async function lookAtPayment(
  database: Database,
  gateway: Gateway,
  reference: string,
  needed: boolean,
): Promise<PaymentLook | null> {
  const looked = await lookUpPayment(database, gateway, reference)
  if (looked?.kind === 'found') return looked.facts
  if (looked?.kind === 'unavailable' && needed) {
    throw notPossibleNow('gateway_cannot_be_asked', { gateway: gateway.label })
  }
  return null
}
