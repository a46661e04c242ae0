import type { ErrorEntry } from './error-entry.ts'

/** Why a refund is not possible now, found before anything is stored or sent: reasons of `not_possible_now` and of previews. */
export const OBSTACLES = {
  gateway_cannot_be_asked: {
    retryable: true,
    sentence: '{gateway} does not answer at this moment, and without it nobody knows what may be done.',
    remedy: 'Try again in a few minutes.',
    crmCode: 'GATEWAY_CANNOT_BE_ASKED',
  },
  collection_not_reported: {
    retryable: true,
    sentence: '{gateway} has not reported yet that this debit was collected.',
    remedy: 'Wait for its report, then refund it.',
    crmCode: 'COLLECTION_NOT_REPORTED',
  },
  collection_date_unknown: {
    retryable: true,
    sentence: 'It is not known when this debit was collected.',
    remedy: 'Enter the payment date on the payment, or check it at {gateway}.',
    crmCode: 'COLLECTION_DATE_UNKNOWN',
  },
  waits_for_funds: {
    retryable: true,
    sentence: 'Your balance at the gateway is too low to pay this out today. It waits in line until there is enough.',
    remedy: 'Top up the balance or wait for new payments.',
    crmCode: 'WAITS_FOR_FUNDS',
  },
} as const satisfies Record<string, ErrorEntry>
