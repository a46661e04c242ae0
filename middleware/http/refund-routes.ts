import express, { Router } from 'express'
import type { Request, Response } from 'express'
import { RefundError } from '../errors.ts'
import { askForRefund } from '../refunds/ask-for-refund.ts'
import { waitingOf, withdrawRefund } from '../refunds/line.ts'
import type { Waiting } from '../refunds/line.ts'
import { findRefundAndBalance } from '../refunds/refund-store.ts'
import { FINAL_STATES } from '../refunds/refund.ts'
import type { PaymentBalance, Refund } from '../refunds/refund.ts'
import { refundIdSchema, refundRequestSchema } from './refund-request-schema.ts'
import { paymentView, refundView } from './refund-response-schema.ts'
import { LARGEST_BODY_BYTES, idempotencyKeyOf, limitsOf, parse, permit, requesterOf } from './route-options.ts'
import type { RouteOptions } from './route-options.ts'
import { submitAtOnce } from './submit-at-once.ts'
import { trace } from '../trace.ts'

/** /v1/refunds */
export function refundRoutes(options: RouteOptions): Router {
  const { database, accounts, log } = options
  const router = Router()
  router.use(permit(options.permittedUsers, 'refunds'))

  router.post('/', express.json({ limit: LARGEST_BODY_BYTES, type: () => true }), async (request, response) =>
    trace('request', { requestId: response.locals.requestId as string }, () => takeRequest(request, response)),
  )

  router.get('/:id', async (request, response) => {
    const known = await read(requesterOf(response).orgId, idOf(request.params.id))
    response.json(await refundAnswer(known))
  })

  router.post('/:id/withdraw', async (request, response) => {
    const { orgId, userId } = requesterOf(response)
    const { refund } = await read(orgId, idOf(request.params.id))
    if (!(await withdrawRefund(database, refund, userId))) throw new RefundError('withdraw_too_late')
    response.json(await refundAnswer(await read(orgId, refund.id)))
  })

  return router

  async function takeRequest(request: Request, response: Response): Promise<void> {
    const requester = requesterOf(response)
    const key = idempotencyKeyOf(request.headers['idempotency-key'])
    const body = parse(refundRequestSchema, request.body)
    const { gateway } = accounts.forOrg(requester.orgId, body.gateway, body.gatewayAccount)
    const limits = limitsOf(options, requester)
    const requested = await askForRefund(database, gateway, requester, key, body, options.directDebit, limits)
    const requestId = response.locals.requestId as string
    if (requested.kind === 'replay') {
      response.set('Idempotent-Replay', 'true')
      return answer(response, await read(requester.orgId, requested.refund.id))
    }
    const { job, balance } = requested
    log.info({ refundId: job.refund.id, requestId, gateway: gateway.name }, 'refund stored')
    const submitted = requested.waits ? null : await submitAtOnce(options, gateway, job, requestId)
    const settled = submitted && { refund: submitted.refund, balance: submitted.balance()! }
    // What is out twice marks the refund as well, right after its row was told.
    if (settled && !settled.balance.exposure.isPositive()) return answer(response, settled)
    // It is stored, so whatever happens to the database now the answer is the refund, as it was last seen.
    const known = await read(requester.orgId, job.refund.id).catch((error: unknown) => {
      log.error({ refundId: job.refund.id, requestId, error }, 'answered with what was stored first')
      return { refund: job.refund, balance: balance() }
    })
    await answer(response, known)
  }

  async function read(orgId: string, refundId: string): Promise<KnownRefund> {
    const known = await findRefundAndBalance(database, orgId, refundId)
    if (!known) throw new RefundError('refund_not_found')
    return known
  }

  async function refundAnswer({ refund, balance }: KnownRefund) {
    return bodyOf({ refund, balance }, await waitingOf(database, refund))
  }

  /** 201 when it is final, 202 while it is under way or being checked. */
  async function answer(response: Response, known: KnownRefund): Promise<void> {
    const { refund } = known
    // Stored is stored: when its place in the line cannot be read, it is told without.
    const waiting = await waitingOf(database, refund).catch((error: unknown) => {
      log.error({ refundId: refund.id, error }, 'answered without the place in the line')
      return null
    })
    const body = bodyOf(known, waiting)
    await trace('answer', { refundId: refund.id, state: refund.state }, async () => {
      response
        .status(FINAL_STATES.includes(refund.state) ? 201 : 202)
        .location(`/v1/refunds/${refund.id}`)
        .json(body)
    })
  }
}

interface KnownRefund {
  readonly refund: Refund
  readonly balance: PaymentBalance
}

function bodyOf({ refund, balance }: KnownRefund, waiting: Waiting | null) {
  return { refund: refundView(refund, waiting), payment: paymentView(refund.paymentId!, balance) }
}

function idOf(text: string | undefined): string {
  const id = refundIdSchema.safeParse(text)
  if (!id.success) throw new RefundError('refund_not_found')
  return id.data
}
