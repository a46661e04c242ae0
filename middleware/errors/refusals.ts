import type { ErrorEntry } from './error-entry.ts'

/** The gateway, or a person, said no to a stored refund. Raw codes that lead here stand in each gateway's folder. */
export const REFUSALS = {
  gateway_refused: {
    retryable: false,
    sentence: 'The gateway refused this request.',
    remedy: "Read the gateway's message, or ask your administrator.",
    crmCode: 'REFUND_DECLINED_BY_GATEWAY',
  },
  refund_exceeds_gateway_balance: {
    retryable: false,
    sentence: 'The gateway says that less than this amount is left of the payment.',
    remedy: 'Look for refunds made in the gateway itself, then refund what is left.',
    crmCode: 'REFUND_AMOUNT_TOO_HIGH',
  },
  already_refunded: {
    retryable: false,
    sentence: 'The gateway says that this payment was already refunded in full.',
    remedy: 'Look for refunds made in the gateway itself.',
    crmCode: 'DECLINED_PAYMENT_REFUNDED',
  },
  payment_disputed: {
    retryable: false,
    sentence: "The customer's bank has already taken this payment back.",
    remedy: 'Do not refund. Answer the dispute at the gateway.',
    crmCode: 'DECLINED_PAYMENT_DISPUTED',
  },
  insufficient_gateway_funds: {
    retryable: true,
    sentence: 'Your balance at the gateway is too low to pay this out today.',
    remedy: 'Top up the balance or wait for new payments, then try again.',
    crmCode: 'DECLINED_INSUFFICIENT_FUNDS',
  },
  payment_not_captured: {
    retryable: false,
    sentence: 'This payment has not been collected yet, so there is nothing to refund.',
    remedy: 'Wait until it is collected, or have it cancelled at the gateway.',
    crmCode: 'DECLINED_PAYMENT_NOT_CAPTURED',
  },
  refund_period_over: {
    retryable: false,
    sentence: 'The time in which this payment can be refunded or voided is over.',
    remedy: 'If money was taken, pay the customer another way.',
    crmCode: 'DECLINED_PERIOD_EXPIRED',
  },
  refunds_not_enabled: {
    retryable: false,
    sentence: 'Your gateway account does not allow refunds yet.',
    remedy: 'Ask your administrator to switch refunds on with the gateway.',
    crmCode: 'REFUNDS_NOT_ENABLED',
  },
  gateway_account_suspended: {
    retryable: false,
    sentence: 'Your account at the gateway is suspended or not approved yet, so no money moved.',
    remedy: 'Ask your administrator to settle that with the gateway.',
    crmCode: 'GATEWAY_ACCOUNT_SUSPENDED',
  },
  gateway_credentials_refused: {
    retryable: false,
    sentence: "The gateway did not accept the middleware's credentials, so no money moved.",
    remedy: 'Ask your administrator to check the API key and its roles at the gateway.',
    crmCode: 'GATEWAY_CREDENTIALS_REFUSED',
  },
  gateway_account_wrong: {
    retryable: false,
    sentence: 'The gateway says that this belongs to another account or environment.',
    remedy: 'Ask your administrator to check the gateway account.',
    crmCode: 'GATEWAY_ACCOUNT_WRONG',
  },
  original_payment_not_found: {
    retryable: false,
    sentence: 'The gateway does not know this payment.',
    remedy: 'Ask your administrator to check the gateway reference of this payment.',
    crmCode: 'DECLINED_PAYMENT_NOT_FOUND',
  },
  request_refused_by_gateway: {
    retryable: false,
    sentence: 'The gateway could not read this request, so no money moved.',
    remedy: "Send the gateway's message to your administrator.",
    crmCode: 'REFUND_REQUEST_INVALID',
  },
  currency_not_supported: {
    retryable: false,
    sentence: 'The gateway does not pay out in this currency.',
    remedy: 'Ask your administrator to check the currency.',
    crmCode: 'CURRENCY_NOT_SUPPORTED',
  },
  bank_returned_refund: {
    retryable: false,
    sentence: "The customer's bank sent this money back after it had been accepted.",
    remedy: 'Ask the customer for another way to be paid.',
    crmCode: 'REFUND_FAILED_AT_BANK',
  },
  refund_came_back: {
    retryable: false,
    sentence: 'The money came back: it is with you again.',
    remedy: 'Ask the customer for new account details, then send it again if it is still owed.',
    crmCode: 'REFUND_REVERSED',
  },
  payment_not_settled: {
    retryable: true,
    sentence: 'This payment has not settled yet, so a part of it cannot be refunded.',
    remedy: 'Wait until it has settled, or void the whole payment.',
    crmCode: 'DECLINED_PAYMENT_NOT_SETTLED',
  },
  void_too_late: {
    retryable: false,
    sentence: 'This payment is already settling, so it can no longer be voided.',
    remedy: 'Refund it instead.',
    crmCode: 'VOID_TOO_LATE',
  },
  payment_already_voided: {
    retryable: false,
    sentence: 'This payment was already voided, so no money was taken.',
    remedy: 'There is nothing to refund.',
    crmCode: 'DECLINED_PAYMENT_VOIDED',
  },
  escrow_in_full_only: {
    retryable: false,
    sentence: 'This payment is held in escrow and can only be refunded in full.',
    remedy: 'Refund the whole payment.',
    crmCode: 'DECLINED_ESCROW_PARTIAL',
  },
  too_many_refunds: {
    retryable: false,
    sentence: 'The gateway takes no more refunds of this payment.',
    remedy: 'Pay the customer another way.',
    crmCode: 'DECLINED_TOO_MANY_REFUNDS',
  },
  bank_declined_hard: {
    retryable: false,
    sentence: "The customer's bank refused this.",
    remedy: 'Ask the customer for another way to be paid.',
    crmCode: 'REFUND_DECLINED_BY_BANK',
  },
  bank_declined_soft: {
    retryable: true,
    sentence: "The customer's bank did not take this now.",
    remedy: 'Try again later, or ask the customer for another way to be paid.',
    crmCode: 'REFUND_NOT_TAKEN_BY_BANK',
  },
  settlement_declined: {
    retryable: false,
    sentence: 'It was accepted, then declined when it was to be settled.',
    remedy: "Read the gateway's message, then try again or pay the customer another way.",
    crmCode: 'REFUND_SETTLEMENT_DECLINED',
  },
  payment_debit_failed: {
    retryable: false,
    sentence: 'The debit itself failed, so there is nothing to refund.',
    remedy: 'Do not refund. The money was never there.',
    crmCode: 'DECLINED_PAYMENT_FAILED',
  },
  mandate_disputed: {
    retryable: false,
    sentence: 'The payer disputes the mandate with the bank and may take this debit back.',
    remedy: 'Do not refund before the dispute is settled.',
    crmCode: 'DECLINED_MANDATE_DISPUTED',
  },
  credits_not_enabled: {
    retryable: false,
    sentence: 'Your gateway account does not allow payments to customers without an original payment.',
    remedy: 'Ask your administrator to have them switched on with the gateway.',
    crmCode: 'CREDITS_NOT_ENABLED',
  },
  key_refused_by_gateway: {
    retryable: false,
    sentence: 'The gateway knows the key of this request with another content, so it was not sent.',
    remedy: 'Send this to your administrator: it must never happen.',
    crmCode: 'REFUND_KEY_CONFLICT',
  },
  another_refund_first: {
    retryable: true,
    sentence: 'Another refund of this payment is under way, and this gateway takes them one at a time.',
    remedy: 'It goes out by itself. Withdraw it if it is no longer owed.',
    crmCode: 'WAITING_FOR_ANOTHER_REFUND',
  },
  withdrawn: {
    retryable: false,
    sentence: 'It was withdrawn before it was sent.',
    remedy: 'Request it again if it is still owed.',
    crmCode: 'REFUND_WITHDRAWN',
  },
  settled_by_hand: {
    retryable: false,
    sentence: 'A person found out at the gateway that this money did not reach the customer.',
    remedy: 'Ask who settled it. Send it again if it is still owed.',
    crmCode: 'SETTLED_BY_HAND',
  },
} as const satisfies Record<string, ErrorEntry>

/** Nobody knows yet: the refund is stored and is being checked. */
export const UNKNOWN_OUTCOMES = {
  outcome_unknown: {
    retryable: false,
    sentence: 'The gateway did not answer, so it is being asked what became of this.',
    remedy: 'Nothing is lost and nothing is sent twice. Do not send it again.',
    crmCode: 'REFUND_BEING_CHECKED',
  },
} as const satisfies Record<string, ErrorEntry>
