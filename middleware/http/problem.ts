import type { ErrorRequestHandler, Response } from 'express'
import { z } from 'zod'
import { ERRORS, RefundError, tell } from '../errors.ts'
import type { ErrorEntry } from '../errors.ts'
import type { Log } from '../log.ts'

/** RFC 9457. Nothing was stored. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('Sentence and remedy, for the agent'),
  code: z.string(),
  remedy: z.string(),
  retryable: z.boolean(),
  field: z.string().optional(),
  details: z.record(z.string(), z.string()).describe('What fills the sentence and remedy of the code'),
  requestId: z.string(),
})

/** Errors of body-parser and of the URL decoder, by the `type` or status that they carry. */
function asRefundError(error: unknown): RefundError | null {
  if (error instanceof RefundError) return error
  const { type, status, limit } = error as { type?: string; status?: number; limit?: number }
  if (type === 'entity.too.large')
    return new RefundError('body_too_large', { limit: `${limit} bytes` }, { cause: error })
  if (
    type?.startsWith('entity.') ||
    type === 'encoding.unsupported' ||
    type === 'charset.unsupported' ||
    type === 'request.aborted'
  )
    return new RefundError('invalid_json', {}, { cause: error })
  if (status === 400) return new RefundError('invalid_json', {}, { cause: error })
  return null
}

/** RefundError → status and body; anything else is ours, is logged, and is a 503 without a word about its inside. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = asRefundError(error)
    if (!known) log.error({ requestId: response.locals.requestId, method: request.method, error }, 'a request failed')
    if (response.headersSent) return next(error)
    sendProblem(response, known ?? new RefundError('service_unavailable', {}, { cause: error }))
  }
}

export function sendProblem(response: Response, error: RefundError): void {
  const entry: ErrorEntry = ERRORS[error.code]
  const { sentence, remedy } = tell(error.code, error.details)
  const status = entry.httpStatus ?? 500
  if (status === 401) response.set('WWW-Authenticate', 'Bearer')
  if ((status === 429 || status === 503) && !response.hasHeader('Retry-After')) response.set('Retry-After', '10')
  response.locals.code = error.code
  const problem: z.input<typeof problemSchema> = {
    type: `urn:refund-relay:problem:${error.code}`,
    title: sentence,
    status,
    detail: `${sentence} ${remedy}`,
    code: error.code,
    remedy,
    retryable: entry.retryable,
    ...(error.details.field !== undefined && { field: error.details.field }),
    details: { ...error.details },
    requestId: response.locals.requestId,
  }
  response.status(status).type('application/problem+json').send(JSON.stringify(problem))
}

/** The first thing that is wrong with an input, as the error that names it. */
export function invalidInput(error: z.ZodError): RefundError {
  const issue = error.issues[0]!
  const field = issue.path.join('.') || 'body'
  if (issue.code === 'custom' && issue.params?.code === 'card_number_in_text')
    return new RefundError('card_number_in_text', { field })
  if (issue.code === 'unrecognized_keys') {
    return new RefundError('invalid_field', { field: nameable(issue.keys[0]!), rule: 'there is no such field' })
  }
  return new RefundError('invalid_field', { field, rule: issue.message.replace(/\.$/, '') })
}

/** A name that the caller made up is echoed only when it is a name. */
function nameable(key: string): string {
  return /^\w{1,40}$/.test(key) ? key : 'body'
}
