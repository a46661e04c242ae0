import type { WireAnswer } from '../gateway-wire.ts'

export interface ApiError {
  readonly reason?: string
  readonly field?: string
  readonly request_pointer?: string
  readonly message: string
  readonly links?: Readonly<Record<string, string>>
}

export type ErrorType = 'validation_failed' | 'invalid_state' | 'invalid_api_usage' | 'gocardless'

/** JSON as GoCardless sends it. */
export function ok(status: number, body: object): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** An error of GoCardless's one form. Source: developer.gocardless.com, "Errors". */
export function refused(status: number, type: ErrorType, message: string, ...errors: ApiError[]): WireAnswer {
  const request_id = '0aa4750d-3c9d-4b6e-a3d0-000000000000'
  const documentation_url = `https://developer.gocardless.com/api-reference#${errors[0]?.reason ?? type}`
  return ok(status, { error: { message, documentation_url, type, request_id, errors, code: status } })
}

export function usage(status: number, reason: string, message: string): WireAnswer {
  return refused(status, 'invalid_api_usage', message, { reason, message })
}

export function state(reason: string, message: string): WireAnswer {
  return refused(422, 'invalid_state', message, { reason, message })
}

/** @param pointer the place in the request, e.g. `/refunds/amount` */
export function invalid(pointer: string, message: string): WireAnswer {
  const field = pointer.split('/').at(-1)!
  return refused(422, 'validation_failed', 'Validation failed', { field, request_pointer: pointer, message })
}

export function conflict(resource: string): WireAnswer {
  const message = 'A resource has already been created with this idempotency key'
  const links = { conflicting_resource_id: resource }
  return refused(409, 'invalid_state', message, { reason: 'idempotent_creation_conflict', message, links })
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
