import express, { Router } from 'express'
import { RefundError } from '../errors.ts'
import { chargebacksOfPayment } from '../refunds/chargebacks.ts'
import { waitingOf } from '../refunds/line.ts'
import { previewRefund } from '../refunds/preview-refund.ts'
import { findBalance, refundsOfPayment } from '../refunds/refund-store.ts'
import { recordIdSchema } from '../record-id.ts'
import { previewRequestSchema } from './refund-request-schema.ts'
import { chargebackView, paymentView, previewView, refundView } from './refund-response-schema.ts'
import { LARGEST_BODY_BYTES, parse, permit, requesterOf } from './route-options.ts'
import type { RouteOptions } from './route-options.ts'

/** /v1/payments */
export function paymentRoutes(options: RouteOptions): Router {
  const { database, accounts } = options
  const router = Router()
  router.use(permit(options.permittedUsers, 'refunds'))

  router.get('/:paymentId', async (request, response) => {
    const { orgId } = requesterOf(response)
    const paymentId = idOf(request.params.paymentId)
    const balance = await findBalance(database, orgId, paymentId)
    if (!balance) throw new RefundError('payment_not_found')
    const refunds = await refundsOfPayment(database, orgId, paymentId)
    const views = await Promise.all(
      refunds.map(async (refund) => refundView(refund, await waitingOf(database, refund))),
    )
    const chargebacks = await chargebacksOfPayment(database, orgId, paymentId)
    response.json({
      payment: paymentView(paymentId, balance),
      refunds: views,
      chargebacks: chargebacks.map(chargebackView),
    })
  })

  router.post(
    '/:paymentId/undo-preview',
    express.json({ limit: LARGEST_BODY_BYTES, type: () => true }),
    async (request, response) => {
      const { orgId } = requesterOf(response)
      const body = parse(previewRequestSchema, request.body)
      if (body.paymentId !== idOf(request.params.paymentId)) {
        throw new RefundError('invalid_field', { field: 'paymentId', rule: 'must be the payment of the address' })
      }
      const { gateway } = accounts.forOrg(orgId, body.gateway, body.gatewayAccount)
      const preview = await previewRefund(database, gateway, orgId, body, options.directDebit)
      response.json(previewView(preview, body.directDebit?.scheme ?? null))
    },
  )

  return router
}

function idOf(text: string | undefined): string {
  const id = recordIdSchema.safeParse(text)
  if (!id.success) throw new RefundError('payment_not_found')
  return id.data
}
