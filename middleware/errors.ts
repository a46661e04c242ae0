import { OBSTACLES } from './errors/obstacles.ts'
import { REFUSALS, UNKNOWN_OUTCOMES } from './errors/refusals.ts'
import { REQUEST_ERRORS } from './errors/request-errors.ts'

import type { ErrorEntry } from './errors/error-entry.ts'

export type { ErrorEntry } from './errors/error-entry.ts'

/** Every code there is. Source: the product's own table; gateways map their raw codes onto it in their folders. */
export const ERRORS = { ...REQUEST_ERRORS, ...REFUSALS, ...OBSTACLES, ...UNKNOWN_OUTCOMES } as const

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

/** The code as Salesforce knows it, one for each: its own label stands under it, in the agent's language. */
export function crmCodeOf(code: ErrorCode): string {
  const entry: ErrorEntry = ERRORS[code]
  return entry.crmCode ?? code.toUpperCase()
}

/** `not_possible_now`, for this reason. */
export function notPossibleNow(because: RefusalCode | keyof typeof OBSTACLES, details: ErrorDetails = {}): RefundError {
  const { sentence, remedy } = tell(because, details)
  return new RefundError('not_possible_now', { ...details, why: sentence, remedy, because: crmCodeOf(because) })
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
