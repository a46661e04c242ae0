/** How one refusal is told: to the caller (status), to the agent (sentence, remedy) and in Salesforce (crmCode). */
export interface ErrorEntry {
  /** HTTP status of a request that stored nothing. None: this happens to a stored refund, and the caller gets the refund. */
  readonly httpStatus?: number
  /** Whether the very same request can succeed later. */
  readonly retryable: boolean
  /** What happened, for an agent. `{name}` is filled from the error's details. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
  /** The sanitised code in Refund__c.Error_Code__c. */
  readonly crmCode?: string
}

/** The request is wrong: nothing was stored. Or it cannot be answered now: sent again with the same key, it is the same refund. */
const REQUEST_ERRORS = {
  invalid_json: {
    httpStatus: 400,
    retryable: false,
    sentence: 'The request is not JSON.',
    remedy: 'Send a JSON object with content-type application/json.',
  },
  invalid_field: {
    httpStatus: 422,
    retryable: false,
    sentence: '{field}: {rule}.',
    remedy: 'Correct {field} and send the request again.',
  },
  body_too_large: {
    httpStatus: 413,
    retryable: false,
    sentence: 'The request is larger than {limit}.',
    remedy: 'Send a smaller request.',
  },
  idempotency_key_missing: {
    httpStatus: 400,
    retryable: false,
    sentence: 'The Idempotency-Key header is missing or is not 8 to 64 letters, digits, "-" or "_".',
    remedy: 'Send one key per refund, and the same key when you send that refund again.',
  },
  token_missing: {
    httpStatus: 401,
    retryable: false,
    sentence: 'The request carries no bearer token.',
    remedy: 'Call through the Named Credential Refund_Relay.',
  },
  token_invalid: {
    httpStatus: 401,
    retryable: false,
    sentence: 'The token was not signed by a known org for this middleware.',
    remedy: "Check the org's id, certificate and audience in the configuration.",
  },
  token_expired: {
    httpStatus: 401,
    retryable: true,
    sentence: 'The token has expired.',
    remedy: 'Send the request again with a new token.',
  },
  not_permitted: {
    httpStatus: 403,
    retryable: false,
    sentence: 'You need the Refunds permission set to refund payments.',
    remedy: 'Ask your administrator. A new assignment counts within five minutes.',
  },
  credits_not_permitted: {
    httpStatus: 403,
    retryable: false,
    sentence: 'You need the Refunds_Credits permission set to pay customers without a payment.',
    remedy: 'Ask your administrator. A new assignment counts within five minutes.',
  },
  permission_unverifiable: {
    httpStatus: 503,
    retryable: true,
    sentence: 'Salesforce could not confirm who may refund, so nothing was sent.',
    remedy: 'Try again in a few minutes.',
  },
  account_not_allowed: {
    httpStatus: 403,
    retryable: false,
    sentence: 'The gateway account {gateway} {account} is not connected to this org.',
    remedy: 'Ask your administrator to connect it.',
  },
  live_account_in_sandbox: {
    httpStatus: 403,
    retryable: false,
    sentence: 'A sandbox never refunds through a live gateway account.',
    remedy: 'Use the production org, or a test account.',
  },
  refund_not_found: {
    httpStatus: 404,
    retryable: false,
    sentence: 'There is no such refund.',
    remedy: 'Check the id.',
  },
  payment_not_found: {
    httpStatus: 404,
    retryable: false,
    sentence: 'No refund of this payment was ever requested here.',
    remedy: 'Check the id, or request its first refund.',
  },
  route_not_found: {
    httpStatus: 404,
    retryable: false,
    sentence: 'There is nothing at this address.',
    remedy: 'See /openapi.json for what there is.',
  },
  refund_already_requested: {
    httpStatus: 409,
    retryable: false,
    sentence: 'This form was already used for another refund.',
    remedy: 'Close the form and open it again.',
  },
  amount_exceeds_refundable: {
    httpStatus: 409,
    retryable: false,
    sentence: 'Only {refundable} of this payment can still be refunded.',
    remedy: 'Lower the amount, or open the refunds under way.',
  },
  nothing_refundable: {
    httpStatus: 409,
    retryable: false,
    sentence: 'Nothing of this payment can be refunded any more.',
    remedy: 'Open the refunds of this payment to see where the money went.',
  },
  payment_voided: {
    httpStatus: 409,
    retryable: false,
    sentence: 'This payment was voided, so no money was taken.',
    remedy: 'There is nothing to refund.',
  },
  payment_bound_elsewhere: {
    httpStatus: 409,
    retryable: false,
    sentence: 'Another payment record already refunds {reference}.',
    remedy: 'Refund it there, and ask your administrator to remove the duplicate.',
  },
  payment_changed: {
    httpStatus: 409,
    retryable: false,
    sentence: "The payment's {field} is not what it was at its first refund.",
    remedy: 'Ask your administrator who changed the payment record.',
  },
  amount_not_representable: {
    httpStatus: 422,
    retryable: false,
    sentence: 'amount: {gateway} cannot take this amount of {currency} without rounding.',
    remedy: 'Enter an amount with at most {digits} decimals.',
  },
  card_number_in_text: {
    httpStatus: 422,
    retryable: false,
    sentence: '{field}: it holds what looks like a card number.',
    remedy: 'Remove the number. Card numbers are never stored here.',
  },
  acknowledgement_missing: {
    httpStatus: 422,
    retryable: false,
    sentence: 'The payer can still claim this debit back from the bank, so you could pay twice.',
    remedy: 'Ask the payer not to claim it, tick the box that says so, and refund again.',
  },
  direct_debit_too_young: {
    httpStatus: 409,
    retryable: true,
    sentence: 'This debit may still fail, so it cannot be refunded before {date}.',
    remedy: 'Wait until {date}.',
  },
  payment_exposed: {
    httpStatus: 409,
    retryable: false,
    sentence: 'The customer already has {exposure} of this debit twice.',
    remedy: 'Do not refund it further. Open the exposure of this payment and settle it first.',
  },
  not_possible_now: {
    httpStatus: 409,
    retryable: true,
    sentence: '{why}',
    remedy: '{remedy}',
  },
  undo_with_amount: {
    httpStatus: 422,
    retryable: false,
    sentence: 'amount: an undo always takes the whole payment.',
    remedy: 'Leave the amount out, or refund a part.',
  },
  undo_not_possible: {
    httpStatus: 409,
    retryable: false,
    sentence: 'A part of this payment was already refunded, so it can no longer be undone as a whole.',
    remedy: 'Refund what is left.',
  },
  withdraw_too_late: {
    httpStatus: 409,
    retryable: false,
    sentence: 'This refund is already on its way, so it can no longer be withdrawn.',
    remedy: 'Wait for its outcome.',
  },
  credits_off: {
    httpStatus: 403,
    retryable: false,
    sentence: 'Payments without an original payment are switched off for {gateway} {account}.',
    remedy: 'Refund the original payment, or ask your administrator to switch them on.',
  },
  too_many_requests: {
    httpStatus: 429,
    retryable: true,
    sentence: 'Too many requests at once.',
    remedy: 'Try again in a minute.',
  },
  service_unavailable: {
    httpStatus: 503,
    retryable: true,
    // Not "nothing was stored": a connection lost while committing leaves that open. The key closes it.
    sentence: 'The refund service cannot answer at this moment.',
    remedy: 'Send it again in a minute: it is the same refund, and it cannot go out twice.',
  },
  webhook_not_authentic: {
    httpStatus: 401,
    retryable: false,
    sentence: 'The webhook is not signed with a key of this account.',
    remedy: 'Compare the HMAC key, user name and password with those at the gateway.',
  },
  webhook_unreadable: {
    httpStatus: 400,
    retryable: false,
    sentence: 'The webhook is not of the form that this gateway sends.',
    remedy: "Send the gateway's standard webhook in JSON.",
  },
} as const satisfies Record<string, ErrorEntry>

/** The gateway, or a person, said no to a stored refund. Raw codes that lead here stand in each gateway's folder. */
const REFUSALS = {
  gateway_refused: {
    retryable: false,
    sentence: 'The gateway refused this refund.',
    remedy: "Read the gateway's message, or ask your administrator.",
    crmCode: 'REFUND_DECLINED_BY_GATEWAY',
  },
  refund_exceeds_gateway_balance: {
    retryable: false,
    sentence: 'The gateway says that less than this amount is left of the payment.',
    remedy: 'Look for refunds made in the gateway itself, then lower the amount.',
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
    sentence: 'Your balance at the gateway is too low for this refund today.',
    remedy: 'Top up the balance or wait for new payments, then refund again.',
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
    sentence: 'The time in which this payment can be refunded is over.',
    remedy: 'Pay the customer another way.',
    crmCode: 'DECLINED_PERIOD_EXPIRED',
  },
  refunds_not_enabled: {
    retryable: false,
    sentence: 'Your gateway account does not allow refunds yet.',
    remedy: 'Ask your administrator to switch refunds on with the gateway.',
    crmCode: 'REFUNDS_NOT_ENABLED',
  },
  gateway_credentials_refused: {
    retryable: false,
    sentence: "The gateway did not accept the middleware's credentials, so no money moved.",
    remedy: 'Ask your administrator to check the API key and its roles at the gateway.',
    crmCode: 'GATEWAY_CONFIGURATION',
  },
  gateway_account_wrong: {
    retryable: false,
    sentence: 'The gateway says that this payment belongs to another account or environment.',
    remedy: 'Ask your administrator to check the gateway account of this payment.',
    crmCode: 'GATEWAY_CONFIGURATION',
  },
  original_payment_not_found: {
    retryable: false,
    sentence: 'The gateway does not know this payment.',
    remedy: 'Ask your administrator to check the gateway reference of this payment.',
    crmCode: 'DECLINED_PAYMENT_NOT_FOUND',
  },
  request_refused_by_gateway: {
    retryable: false,
    sentence: 'The gateway could not read this refund, so no money moved.',
    remedy: "Send the gateway's message to your administrator.",
    crmCode: 'REFUND_REQUEST_INVALID',
  },
  currency_not_supported: {
    retryable: false,
    sentence: 'The gateway does not refund in this currency.',
    remedy: 'Ask your administrator to check the currency of this payment.',
    crmCode: 'REFUND_REQUEST_INVALID',
  },
  bank_returned_refund: {
    retryable: false,
    sentence: "The customer's bank sent this refund back after it had been accepted.",
    remedy: 'Ask the customer for another way to be paid. The amount is held while the gateway may still repair it.',
    crmCode: 'REFUND_FAILED_AT_BANK',
  },
  refund_came_back: {
    retryable: false,
    sentence: 'This refund came back: the money is with you again.',
    remedy: "Ask the customer for new account details, then refund again if it's still owed.",
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
  partial_not_possible: {
    retryable: false,
    sentence: 'This way of paying can only be refunded in full.',
    remedy: 'Refund the whole payment, or pay the customer another way.',
    crmCode: 'DECLINED_PARTIAL_REFUND',
  },
  too_many_refunds: {
    retryable: false,
    sentence: 'The gateway takes no more refunds of this payment.',
    remedy: 'Pay the customer another way.',
    crmCode: 'DECLINED_TOO_MANY_REFUNDS',
  },
  bank_declined_hard: {
    retryable: false,
    sentence: "The customer's bank refused the refund.",
    remedy: 'Ask the customer for another way to be paid.',
    crmCode: 'REFUND_DECLINED_BY_BANK',
  },
  bank_declined_soft: {
    retryable: true,
    sentence: "The customer's bank did not take the refund this time.",
    remedy: 'Refund again later, or ask the customer for another way to be paid.',
    crmCode: 'REFUND_DECLINED_BY_BANK',
  },
  settlement_declined: {
    retryable: false,
    sentence: 'The refund was accepted, then declined when it was to be settled.',
    remedy: "Read the gateway's message, then refund again or pay the customer another way.",
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
    sentence: 'The gateway met the key of this refund with another request, so it was not sent.',
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
    sentence: 'This refund was withdrawn before it was sent.',
    remedy: 'Request it again if it is still owed.',
    crmCode: 'REFUND_WITHDRAWN',
  },
} as const satisfies Record<string, ErrorEntry>

/** Nobody knows yet: the refund is stored and is being checked. */
const UNKNOWN_OUTCOMES = {
  outcome_unknown: {
    retryable: false,
    sentence: 'The gateway did not answer, so the refund is being checked with it.',
    remedy: 'Nothing is lost and nothing is sent twice. Do not refund it again.',
    crmCode: 'REFUND_BEING_CHECKED',
  },
} as const satisfies Record<string, ErrorEntry>

/** Every code there is. Source: the product's own table; gateways map their raw codes onto it in their folders. */
export const ERRORS = { ...REQUEST_ERRORS, ...REFUSALS, ...UNKNOWN_OUTCOMES } as const

export type RequestErrorCode = keyof typeof REQUEST_ERRORS
export type RefusalCode = keyof typeof REFUSALS
export type ErrorCode = keyof typeof ERRORS

/** Facts that fill a sentence. Never a card, bank or customer fact. */
export type ErrorDetails = Readonly<Record<string, string>>

/** The sentence and remedy of a code, filled in. */
export function tell(code: ErrorCode, details: ErrorDetails = {}): { sentence: string; remedy: string } {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (gap, name: string) => details[name] ?? gap)
  return { sentence: fill(ERRORS[code].sentence), remedy: fill(ERRORS[code].remedy) }
}

/** A request that is refused; nothing was stored. */
export class RefundError extends Error {
  readonly code: RequestErrorCode
  readonly details: ErrorDetails

  constructor(code: RequestErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(tell(code, details).sentence, options)
    this.name = 'RefundError'
    this.code = code
    this.details = details
  }
}
