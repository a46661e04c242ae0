import { notPossibleNow, RefundError } from '../errors.ts'
import type { RefusalCode } from '../errors.ts'
import type { Gateway, PaymentFacts } from '../gateways/gateway.ts'
import { addDays, dayInWords } from './claim-window.ts'
import type { DirectDebit } from './refund-request.ts'

/** Debits younger than this may still fail, unless the configuration says otherwise. */
export interface DirectDebitRules {
  readonly minimumAgeDays: number
  /** By scheme, instead of the general one. */
  readonly minimumAgeDaysByScheme: Readonly<Record<string, number>>
}

export const DEFAULT_RULES: DirectDebitRules = { minimumAgeDays: 7, minimumAgeDaysByScheme: {} }

/** No obstacle: the refund is stored, and goes out when there is enough. */
export const WAITS_FOR_FUNDS: RefusalCode = 'insufficient_gateway_funds'

const STANDS_IN_THE_WAY: Partial<Record<PaymentFacts['status'], RefusalCode>> = {
  charged_back: 'payment_disputed',
  failed: 'payment_debit_failed',
  voided: 'payment_already_voided',
}

/** ISO 8601 date before which this debit is not refunded; null when it is old enough, or nobody knows its age. */
export function tooYoungUntil(
  debit: DirectDebit,
  facts: PaymentFacts | null,
  rules: DirectDebitRules,
  today: Date,
): string | null {
  const chargedOn = facts?.chargedOn ?? debit.collectedOn
  if (chargedOn === null) return null
  const days = (debit.scheme !== null ? rules.minimumAgeDaysByScheme[debit.scheme] : undefined) ?? rules.minimumAgeDays
  const until = addDays(chargedOn, days)
  return today.toISOString().slice(0, 10) < until ? until : null
}

/**
 * Guards a direct debit before it is refunded: the payer was asked, it is old enough, and the gateway, where it can be asked, knows of
 * no dispute, no failure and no obstacle.
 * @throws RefundError `acknowledgement_missing`, `direct_debit_too_young`, `not_possible_now`
 */
export function guardDirectDebit(
  gateway: Gateway,
  debit: DirectDebit,
  payerAsked: boolean,
  facts: PaymentFacts | null,
  rules: DirectDebitRules,
  today: Date,
): void {
  if (!payerAsked) throw new RefundError('acknowledgement_missing', { field: 'acknowledged' })
  const date = tooYoungUntil(debit, facts, rules, today)
  if (date !== null) throw new RefundError('direct_debit_too_young', { date: dayInWords(date) })
  // Without a date the age is not known, and a look-up that could have told it found none.
  if (debit.collectedOn === null && (facts?.chargedOn ?? null) === null) {
    throw notPossibleNow('collection_date_unknown', { gateway: gateway.label })
  }
  const obstacle = obstacleOf(facts)
  if (obstacle) throw notPossibleNow(obstacle)
}

/** What stands in the way of any refund of a payment, by the gateway's own word. */
export function obstacleOf(facts: PaymentFacts | null): RefusalCode | null {
  const code = (facts && STANDS_IN_THE_WAY[facts.status]) ?? facts?.obstacle?.code
  return code === undefined || code === WAITS_FOR_FUNDS ? null : code
}
