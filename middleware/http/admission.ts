import type { RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import { z } from 'zod'
import { RefundError } from '../errors.ts'
import { requesterOf } from './route-options.ts'

/** What one process takes in before it refuses, so that what it has taken still ends well. */
export const limitsSchema = z.strictObject({
  requestsAtOnce: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Requests of orgs that one process works on at the same time.'),
  webhooksAtOnce: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe(
      'The same for webhooks, counted apart, so that neither starves the other; gateways send again what is refused.',
    ),
  requestsPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .describe('Requests of one user in a minute, at one process. An open panel asks every two seconds.'),
})

export type Limits = z.output<typeof limitsSchema>

const MINUTE_MS = 60_000

/** Refuses a request, before anything of it is read, while so many others are under way. */
export function atMostAtOnce(limit: number): RequestHandler {
  let underWay = 0
  return (_request, response, next) => {
    if (underWay >= limit) throw new RefundError('overloaded')
    underWay++
    response.once('close', () => underWay--)
    next()
  }
}

/** Refuses what one user asks beyond the limit; it comes after the token and before the body. */
export function perMinute(limit: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit,
    keyGenerator: (_request, response) => {
      const { orgId, userId } = requesterOf(response)
      return `${orgId} ${userId}`
    },
    // It says in Retry-After when the minute is over.
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: () => {
      throw new RefundError('too_many_requests')
    },
  })
}
