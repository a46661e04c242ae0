import type { Database } from '../database/database.ts'
import type { RefusalCode } from '../errors.ts'
import type { Gateway, PaymentFacts } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { lookAtPayment } from './ask-for-refund.ts'
import { claimRisk, dayInWords } from './claim-window.ts'
import type { ClaimRisk } from './claim-window.ts'
import { decideUndo, reasonOf } from './decide-undo.ts'
import type { UndoDecision } from './decide-undo.ts'
import { obstacleOf, tooYoungUntil } from './direct-debit-gate.ts'
import type { DirectDebitRules } from './direct-debit-gate.ts'
import { lineOf } from './line.ts'
import { findBalance } from './refund-store.ts'
import type { DirectDebit, RefundRequest } from './refund-request.ts'
import { takesTurns } from './take-turn.ts'

export type PreviewRequest = Pick<
  RefundRequest,
  'paymentId' | 'gatewayAccount' | 'gatewayReference' | 'captured' | 'amount' | 'directDebit'
>

export interface RefundPreview extends UndoDecision {
  readonly amount: Money
  /** Its place in the line of this payment, when it would have to wait for others. */
  readonly queue: { readonly position: number; readonly inSeconds: number } | null
  readonly directDebit: (ClaimRisk & { readonly tooYoungUntil: string | null }) | null
  readonly obstacle: RefusalCode | null
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
  const facts = await lookAtPayment(database, gateway, request.gatewayReference, true)
  const balance = await findBalance(database, orgId, request.paymentId)
  const decision = decideUndo(gateway, request.captured, balance, request.amount, facts)
  const directDebit = decision.action === 'void' ? null : riskOf(request.directDebit, facts, rules, new Date())
  const tooYoung = directDebit?.tooYoungUntil ?? null
  return {
    ...decision,
    ...(tooYoung !== null && {
      action: 'nothing',
      ...reasonOf('direct_debit_too_young', { date: dayInWords(tooYoung) }),
    }),
    amount: request.amount ?? balance?.refundable ?? request.captured,
    queue: takesTurns(gateway) ? await lineOf(database, orgId, request.paymentId) : null,
    directDebit,
    obstacle: obstacleOf(facts),
  }
}

/** Null for a card. A debit that was not collected yet is voided instead: nothing was taken that could be claimed back. */
function riskOf(
  debit: DirectDebit | null,
  facts: PaymentFacts | null,
  rules: DirectDebitRules,
  today: Date,
): RefundPreview['directDebit'] {
  return (
    debit && {
      ...claimRisk(debit.scheme, facts?.chargedOn ?? debit.collectedOn, today),
      tooYoungUntil: tooYoungUntil(debit, facts, rules, today),
    }
  )
}
