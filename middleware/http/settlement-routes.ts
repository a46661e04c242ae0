import express, { Router } from 'express'
import { RefundError } from '../errors.ts'
import { findRefund } from '../refunds/refund-store.ts'
import { settleByHand } from '../refunds/settle-by-hand.ts'
import { settlementRequestSchema } from './refund-request-schema.ts'
import { settlementView } from './refund-response-schema.ts'
import { LARGEST_BODY_BYTES, parse, permit, requesterOf } from './route-options.ts'
import type { RouteOptions } from './route-options.ts'

/** /v1/settlements: what a person found out where no gateway tells any more, under a right of its own. */
export function settlementRoutes(options: RouteOptions): Router {
  const { database, onWork } = options
  const router = Router()
  router.use(permit(options.permittedUsers, 'settlements'))

  router.post('/', express.json({ limit: LARGEST_BODY_BYTES, type: () => true }), async (request, response) => {
    const { orgId, userId } = requesterOf(response)
    const { refundId, outcome, reason, gatewayReference } = parse(settlementRequestSchema, request.body)
    // Another org's refund is none.
    if (!(await findRefund(database, orgId, refundId))) throw new RefundError('refund_not_found')
    const refund = await settleByHand(database, refundId, {
      outcome,
      reason,
      by: userId,
      gatewayReference: gatewayReference ?? null,
    })
    onWork()
    response.json(settlementView(refund))
  })

  return router
}
