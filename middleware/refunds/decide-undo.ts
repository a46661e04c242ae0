import { tell } from '../errors.ts'
import type { ErrorCode, ErrorDetails } from '../errors.ts'
import type { Gateway, PaymentFacts } from '../gateways/gateway.ts'
import type { Money } from '../money/money.ts'
import { dayInWords } from './claim-window.ts'
import { WAITS_FOR_FUNDS, obstacleOf } from './direct-debit-gate.ts'
import type { PaymentBalance } from './refund.ts'

/** What would happen to a payment, and why, in a sentence for the agent. */
export interface UndoDecision {
  readonly action: 'void' | 'refund' | 'wait' | 'gateway_decides' | 'nothing'
  readonly sentence: string
  /** Of which the sentence is, where it is one of the table of errors. */
  readonly because: { readonly code: ErrorCode; readonly details: ErrorDetails } | null
  /** ISO 8601 date on which it settles, where that is known and still to come. */
  readonly settlesOn: string | null
}

/**
 * Decides between void, refund and waiting. Never a void for a part.
 * @param balance null when no refund of this payment was ever asked for here
 * @param amount null: the whole payment, as an undo
 * @param facts null where the gateway cannot be asked
 */
export function decideUndo(
  gateway: Gateway,
  captured: Money,
  balance: PaymentBalance | null,
  amount: Money | null,
  facts: PaymentFacts | null,
): UndoDecision {
  const settlesOn = facts?.settlesOn ?? null
  const refundable = balance?.refundable ?? captured
  const untouched = refundable.equals(balance?.captured ?? captured) && (facts?.refunds.length ?? 0) === 0
  const money = (amount ?? refundable).toString()
  const refund = {
    action: 'refund',
    sentence: `${money} goes back to the customer through ${gateway.label}.`,
    because: null,
    settlesOn,
  } as const
  const nothing = (code: ErrorCode) => ({ action: 'nothing', ...reasonOf(code), settlesOn: null }) as const
  if (balance?.voided || facts?.status === 'voided') return nothing('payment_already_voided')
  if (!refundable.isPositive()) return nothing('nothing_refundable')
  const whole = amount === null || amount.equals(captured)
  // What stands in the way of a refund, such as too little money, does not stand in the way of a void.
  if (facts?.status === 'not_settled' && whole && untouched && gateway.capabilities.voids === 'whole payment') {
    const sentence = 'The whole payment is voided; nothing will appear on the statement.'
    return { action: 'void', sentence, because: null, settlesOn }
  }
  if (facts?.status === 'not_settled' && !whole && facts.obstacle === null) {
    const when = settlesOn === null ? '' : `, about ${dayInWords(settlesOn)}`
    const sentence = `A part can be refunded once the payment has settled${when}. It waits in line until then.`
    return { action: 'wait', sentence, because: null, settlesOn }
  }
  const obstacle = obstacleOf(facts)
  if (obstacle) return nothing(obstacle)
  if (facts?.obstacle?.code === WAITS_FOR_FUNDS) {
    return { action: 'wait', ...reasonOf('waits_for_funds'), settlesOn }
  }
  if (facts?.status === 'settling' && amount === null) {
    return { ...refund, sentence: `The payment is already settling, so ${money} is refunded through ${gateway.label}.` }
  }
  if (facts === null && amount === null && untouched && gateway.capabilities.undoes) {
    return {
      action: 'gateway_decides',
      sentence: `${gateway.label} cancels the whole payment if it was not collected yet, and refunds it otherwise.`,
      because: null,
      settlesOn,
    }
  }
  return refund
}

/** A reason of the table of errors, as a decision tells it. */
export function reasonOf(code: ErrorCode, details: ErrorDetails = {}): Pick<UndoDecision, 'sentence' | 'because'> {
  return { sentence: tell(code, details).sentence, because: { code, details } }
}
