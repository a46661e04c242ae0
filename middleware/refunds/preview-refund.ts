import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { lookAtPayment } from './ask-for-refund.ts'
import { claimRisk } from './claim-window.ts'
import type { ClaimRisk } from './claim-window.ts'
import { decideUndo } from './decide-undo.ts'
import type { UndoDecision } from './decide-undo.ts'
import { obstacleOf, tooYoungUntil } from './direct-debit-gate.ts'
import type { DirectDebitRules } from './direct-debit-gate.ts'
import { lineOf } from './line.ts'
import { findBalance } from './refund-store.ts'
import type { RefundRequest } from './refund-request.ts'

export type PreviewRequest = Pick<
  RefundRequest,
  'paymentId' | 'gatewayAccount' | 'gatewayReference' | 'captured' | 'amount' | 'directDebit'
>

export interface RefundPreview extends UndoDecision {
  readonly amount: Money
  /** Its place in the line of this payment, when it would have to wait for others. */
  readonly queue: { readonly position: number; readonly inSeconds: number } | null
  readonly directDebit: (ClaimRisk & { readonly tooYoungUntil: string | null }) | null
  readonly obstacle: { readonly why: string; readonly remedy: string } | null
}

/**
 * What would happen now, and why; nothing is stored.
 * @throws RefundError `not_possible_now` when the gateway is needed and does not answer
 */
export async function previewRefund(
  database: Database,
  gateway: Gateway,
  orgId: string,
  request: PreviewRequest,
  rules: DirectDebitRules,
): Promise<RefundPreview> {
  const facts = await lookAtPayment(gateway, request.gatewayReference, true)
  const balance = await findBalance(database, orgId, request.paymentId)
  const decision = decideUndo(gateway, request.captured, balance, request.amount, facts)
  const today = new Date()
  const debit = request.directDebit
  return {
    ...decision,
    amount: request.amount ?? balance?.refundable ?? request.captured,
    queue: (gateway.capabilities.spacingMs ?? 0) > 0 ? await lineOf(database, orgId, request.paymentId) : null,
    // A debit that was not collected yet is cancelled: nothing was taken that could be claimed back.
    directDebit:
      decision.action === 'void'
        ? null
        : debit && {
            ...claimRisk(debit.scheme, facts?.chargedOn ?? debit.collectedOn, today),
            tooYoungUntil: tooYoungUntil(debit, facts, rules, today),
          },
    obstacle: obstacleOf(facts),
  }
}
