import { setTimeout as wait } from 'node:timers/promises'
import express, { Router } from 'express'
import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { GatewayAccounts } from '../refunds/gateway-accounts.ts'
import type { PermittedUsers } from '../refunds/permitted-users.ts'
import { FINAL_STATES } from '../refunds/refund.ts'
import type { PaymentBalance, Refund } from '../refunds/refund.ts'
import { findBalance, findRefund, refundsOfPayment } from '../refunds/refund-store.ts'
import { requestRefund } from '../refunds/request-refund.ts'
import type { Requester } from '../refunds/request-refund.ts'
import { submitRefund } from '../refunds/submit-refund.ts'
import { invalidInput } from './problem.ts'
import { recordIdSchema, refundIdSchema, refundRequestSchema } from './refund-request-schema.ts'
import { paymentView, refundView } from './refund-response-schema.ts'

export interface RefundRoutesOptions {
  readonly database: Database
  readonly accounts: GatewayAccounts
  readonly permittedUsers: PermittedUsers
  readonly authenticate: RequestHandler
  readonly log: Log
  /** Something is due: a worker may look at once. */
  readonly onWork: () => void
  /** Milliseconds that an agent waits for the gateway before hearing what is known so far. */
  readonly answerWithinMs: number
}

const LARGEST_BODY_BYTES = 16_384
const idempotencyKeySchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

export function refundRoutes(options: RefundRoutesOptions): Router {
  const { database, accounts, permittedUsers, log } = options
  const router = Router()

  const permit: RequestHandler = async (_request, response, next) => {
    const { orgId, userId } = response.locals.requester as Requester
    await permittedUsers.check(orgId, userId)
    next()
  }
  router.use(options.authenticate, permit)

  // The permission comes before the body: a stranger's bytes are not even parsed.
  router.post('/refunds', express.json({ limit: LARGEST_BODY_BYTES, type: () => true }), async (request, response) => {
    const requester = response.locals.requester as Requester
    const key = idempotencyKeySchema.safeParse(request.headers['idempotency-key'])
    if (!key.success) throw new RefundError('idempotency_key_missing')
    const body = parse(refundRequestSchema, request.body)
    const { gateway } = accounts.forOrg(requester.orgId, body.gateway, body.gatewayAccount)
    const requested = await requestRefund(database, gateway, requester, key.data, body)
    const requestId = response.locals.requestId as string
    if (requested.kind === 'replay') {
      response.set('Idempotent-Replay', 'true')
      return answer(response, await read(requester.orgId, requested.refund.id))
    }
    const { job, balance } = requested
    log.info({ refundId: job.refund.id, requestId, gateway: gateway.name }, 'refund stored')
    const submitted = submitRefund(database, gateway, job)
      // The refund is stored and leased; a worker takes it up when the lease ends, and the agent hears what is known.
      .catch((error: unknown) => log.error({ refundId: job.refund.id, requestId, error }, 'not submitted at once'))
      .finally(options.onWork)
    await withinDeadline(submitted, options.answerWithinMs)
    // It is stored, so whatever happens to the database now the answer is the refund, as it was last seen.
    const known = await read(requester.orgId, job.refund.id).catch((error: unknown) => {
      log.error({ refundId: job.refund.id, requestId, error }, 'answered with what was stored first')
      return { refund: job.refund, balance }
    })
    answer(response, known)
  })

  router.get('/refunds/:id', async (request, response) => {
    const id = refundIdSchema.safeParse(request.params.id)
    if (!id.success) throw new RefundError('refund_not_found')
    const { refund, balance } = await read((response.locals.requester as Requester).orgId, id.data)
    response.json(refundAnswer({ refund, balance }))
  })

  router.get('/payments/:paymentId', async (request, response) => {
    const { orgId } = response.locals.requester as Requester
    const id = recordIdSchema.safeParse(request.params.paymentId)
    if (!id.success) throw new RefundError('payment_not_found')
    const balance = await findBalance(database, orgId, id.data)
    if (!balance) throw new RefundError('payment_not_found')
    const refunds = await refundsOfPayment(database, orgId, id.data)
    response.json({ payment: paymentView(id.data, balance), refunds: refunds.map(refundView) })
  })

  return router

  async function read(orgId: string, refundId: string): Promise<KnownRefund> {
    const refund = await findRefund(database, orgId, refundId)
    if (!refund) throw new RefundError('refund_not_found')
    // A refund without its payment cannot be: the database refuses it.
    return { refund, balance: (await findBalance(database, orgId, refund.paymentId))! }
  }
}

interface KnownRefund {
  readonly refund: Refund
  readonly balance: PaymentBalance
}

function refundAnswer({ refund, balance }: KnownRefund) {
  return { refund: refundView(refund), payment: paymentView(refund.paymentId, balance) }
}

/** 201 when it is final, 202 while it is under way or being checked. */
function answer(response: Response, known: KnownRefund): void {
  response
    .status(FINAL_STATES.includes(known.refund.state) ? 201 : 202)
    .location(`/v1/refunds/${known.refund.id}`)
    .json(refundAnswer(known))
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw invalidInput(parsed.error)
  return parsed.data
}

/** The work goes on when the deadline passes; only the waiting ends. */
async function withinDeadline(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const deadline = new AbortController()
  await Promise.race([work, wait(milliseconds, undefined, { signal: deadline.signal }).catch(() => {})])
  deadline.abort()
}
