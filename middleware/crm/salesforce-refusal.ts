import { z } from 'zod'
import { CrmError, type WriteResult } from './crm.ts'
import { NEWER_VERSION_WORDS } from './record-fields.ts'

/** One error of a row or of a whole request, in either of the two spellings that the API has for it. */
export const faultSchema = z
  .object({
    errorCode: z.string().optional(),
    statusCode: z.string().optional(),
    message: z.string().default(''),
    fields: z.array(z.string()).nullish(),
  })
  .transform(({ errorCode, statusCode, message, fields }) => ({
    code: errorCode ?? statusCode ?? 'UNKNOWN',
    message,
    fields: fields ?? [],
  }))

export type Fault = z.output<typeof faultSchema>

/** What passes by itself: locks, limits of the moment, the org's own failures. Source: SOAP API, StatusCode; REST API, Status Codes. */
const PASSING = new Set([
  'UNABLE_TO_LOCK_ROW',
  'DUPLICATE_VALUE', // two upserts of one new key met: the next one finds it
  'REQUEST_LIMIT_EXCEEDED',
  'LIMIT_EXCEEDED',
  'SERVER_UNAVAILABLE',
  'API_CURRENTLY_DISABLED',
  'ORG_LOCKED',
  'ORG_IN_READ_ONLY_MODE',
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'UNKNOWN_EXCEPTION',
  'PROCESSING_HALTED',
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'INVALID_SESSION_ID',
])

/** A trigger or flow of the org wraps a lock into an error of its own. */
export function passesByItself(fault: Fault): boolean {
  return PASSING.has(fault.code) || fault.message.includes('UNABLE_TO_LOCK_ROW')
}

/** What became of a row that was refused for these reasons. */
export function refusedRow(id: string, faults: readonly Fault[]): WriteResult {
  if (faults.some(saysNewer)) return { id, outcome: 'newer' }
  const detail = faults.map(describeFault).join('; ') || 'refused without a reason'
  return { id, outcome: faults.length > 0 && faults.every(passesByItself) ? 'retry' : 'person', detail }
}

/**
 * What a refused request as a whole means.
 * @param status HTTP status, null when there was no answer
 */
export function wholeCallError(fault: Fault, status: number | null, cause?: unknown): CrmError {
  const message = `Salesforce: ${describeFault(fault)}`
  // "TotalRequests Limit exceeded" is the day's allocation; the other limits are those of the moment.
  if (fault.code === 'REQUEST_LIMIT_EXCEEDED' && /TotalRequests/i.test(fault.message)) {
    return new CrmError('limit', message, { cause })
  }
  // A session that has just been given: the user or the app may not use the API.
  if (fault.code === 'INVALID_SESSION_ID') return new CrmError('refused', message, { cause })
  if (status === null || status >= 500 || status === 408 || status === 429 || passesByItself(fault)) {
    return new CrmError('unavailable', message, { cause })
  }
  return new CrmError('refused', message, { cause })
}

/** The first error of a refused part of a composite request. */
export function readFault(status: number, body: unknown): Fault {
  const faults = z.array(faultSchema).min(1).safeParse(body)
  return faults.success ? faults.data[0]! : { code: `HTTP_${status}`, message: 'no reason given', fields: [] }
}

export function unreadable(): CrmError {
  return new CrmError('unavailable', 'Salesforce answered in a form that nobody knows; what it did is not known.')
}

export function describeFault({ code, message, fields }: Fault): string {
  // An HTML error page is no sentence.
  const words = message.trimStart().startsWith('<') ? 'an HTML page' : message.slice(0, 300)
  return [`${code}: ${words}`, fields.length > 0 ? `(${fields.join(', ')})` : ''].join(' ').trim()
}

function saysNewer({ code, message }: Fault): boolean {
  return code === 'FIELD_CUSTOM_VALIDATION_EXCEPTION' && message.includes(NEWER_VERSION_WORDS)
}
