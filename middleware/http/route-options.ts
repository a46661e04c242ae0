import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { DirectDebitRules } from '../refunds/direct-debit-gate.ts'
import type { GatewayAccounts } from '../refunds/gateway-accounts.ts'
import type { RefundLimits } from '../refunds/refund-limits.ts'
import type { PermittedUserIds, PermittedUsers } from '../refunds/permitted-users.ts'
import type { Requester } from '../refunds/refund-request.ts'
import { holdsCardData } from './card-data.ts'
import { invalidInput } from './problem.ts'

/** What the routes under /v1 work with. */
export interface RouteOptions {
  readonly database: Database
  readonly accounts: GatewayAccounts
  readonly permittedUsers: PermittedUsers
  readonly directDebit: DirectDebitRules
  /** By org; one without limits is not there. */
  readonly refundLimits: ReadonlyMap<string, RefundLimits>
  readonly log: Log
  /** Something is due: a worker may look at once. */
  readonly onWork: () => void
  /** Work that may outlast its request: whoever stops the process waits for it. */
  readonly onBegun: (work: Promise<unknown>) => void
  /** Milliseconds that an agent waits for the gateway before hearing what is known so far. */
  readonly answerWithinMs: number
}

export const LARGEST_BODY_BYTES = 131_072
const idempotencyKeySchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

/** Lets a request through whose user holds the right. It comes before the body: a stranger's bytes are not even parsed. */
export function permit(permittedUsers: PermittedUsers, right: keyof PermittedUserIds): RequestHandler {
  return async (_request, response, next) => {
    const { orgId, userId } = requesterOf(response)
    await permittedUsers.check(orgId, userId, right)
    next()
  }
}

export function requesterOf(response: Response): Requester {
  return response.locals.requester as Requester
}

/** The limits of whoever asks, or null: most orgs have none. */
export function limitsOf({ refundLimits }: RouteOptions, { orgId }: Requester): RefundLimits | null {
  return refundLimits.get(orgId) ?? null
}

/** @throws RefundError `idempotency_key_missing` */
export function idempotencyKeyOf(header: string | string[] | undefined): string {
  const key = idempotencyKeySchema.safeParse(header)
  if (!key.success) throw new RefundError('idempotency_key_missing')
  return key.data
}

/** @throws RefundError that names the field, the rule and the remedy */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw holdsCardData(input) ? new RefundError('card_data_refused') : invalidInput(parsed.error)
  return parsed.data
}
