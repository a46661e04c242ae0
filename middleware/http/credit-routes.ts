import express, { Router } from 'express'
import { RefundError } from '../errors.ts'
import { waitingOf } from '../refunds/line.ts'
import { findRefund } from '../refunds/refund-store.ts'
import { FINAL_STATES } from '../refunds/refund.ts'
import type { Refund } from '../refunds/refund.ts'
import { requestCredit } from '../refunds/request-credit.ts'
import { creditRequestSchema, refundIdSchema } from './refund-request-schema.ts'
import { creditView } from './refund-response-schema.ts'
import { LARGEST_BODY_BYTES, idempotencyKeyOf, limitsOf, parse, permit, requesterOf } from './route-options.ts'
import type { RouteOptions } from './route-options.ts'
import { submitAtOnce } from './submit-at-once.ts'

/** /v1/credits: money without a payment, under a right of its own. */
export function creditRoutes(options: RouteOptions): Router {
  const { database, accounts, log } = options
  const router = Router()
  router.use(permit(options.permittedUsers, 'credits'))

  router.post('/', express.json({ limit: LARGEST_BODY_BYTES, type: () => true }), async (request, response) => {
    const requester = requesterOf(response)
    const key = idempotencyKeyOf(request.headers['idempotency-key'])
    const body = parse(creditRequestSchema, request.body)
    const { gateway } = accounts.forOrg(requester.orgId, body.gateway, body.gatewayAccount)
    const requested = await requestCredit(database, gateway, requester, key, body, limitsOf(options, requester))
    const requestId = response.locals.requestId as string
    const stored = requested.kind === 'replay' ? requested.refund : requested.job.refund
    if (requested.kind === 'replay') response.set('Idempotent-Replay', 'true')
    else {
      log.info({ refundId: stored.id, requestId, gateway: gateway.name }, 'credit stored')
      await submitAtOnce(options, gateway, requested.job, requestId)
    }
    // It is stored, so whatever happens to the database now the answer is the credit, as it was last seen.
    const credit = await find(requester.orgId, stored.id).catch((error: unknown) => {
      log.error({ refundId: stored.id, requestId, error }, 'answered with what was stored first')
      return stored
    })
    response
      .status(FINAL_STATES.includes(credit.state) ? 201 : 202)
      .location(`/v1/credits/${credit.id}`)
      .json({ credit: creditView(credit, await waitingOf(database, credit)) })
  })

  router.get('/:id', async (request, response) => {
    const id = refundIdSchema.safeParse(request.params.id)
    if (!id.success) throw new RefundError('refund_not_found')
    const credit = await find(requesterOf(response).orgId, id.data)
    response.json({ credit: creditView(credit, await waitingOf(database, credit)) })
  })

  return router

  async function find(orgId: string, id: string): Promise<Refund> {
    const credit = await findRefund(database, orgId, id)
    if (credit?.kind !== 'credit') throw new RefundError('refund_not_found')
    return credit
  }
}
