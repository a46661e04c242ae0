import type { ErrorEntry } from './error-entry.ts'

/** A limit of the org is reached: nothing was stored. The limits are settings of the org, in refunds/refund-limits.ts. */
export const LIMIT_ERRORS = {
  amount_exceeds_limit: {
    httpStatus: 409,
    retryable: false,
    sentence: 'At most {limit} may go out at once.',
    remedy: 'Lower the amount, or ask your administrator.',
  },
  user_amount_at_limit: {
    httpStatus: 409,
    retryable: true,
    sentence: 'One user may send out {limit} in 24 hours, and you have {left} of it left.',
    remedy: 'Lower the amount, or wait {hours} h {minutes} min.',
  },
  user_refunds_at_limit: {
    httpStatus: 409,
    retryable: true,
    sentence: 'You have asked for as many refunds as one user may in 24 hours: {limit}.',
    remedy: 'The next is possible in {hours} h {minutes} min. If it cannot wait, ask your administrator.',
  },
  payment_refunds_at_limit: {
    httpStatus: 409,
    retryable: true,
    sentence: 'This payment has had as many refunds as one payment may in 24 hours: {limit}.',
    remedy: 'The next is possible in {hours} h {minutes} min.',
  },
} as const satisfies Record<string, ErrorEntry>
