import { z } from 'zod'
import type { PaymentBalance, Refund } from '../refunds/refund.ts'
import { stageOf, tellFailure } from '../refunds/refund-view.ts'

const moneyText = z.string().describe("Decimal text in the currency's decimals")

export const refundViewSchema = z.strictObject({
  id: z.uuid(),
  paymentId: z.string(),
  kind: z.enum(['Refund', 'Void']),
  origin: z.enum(['Here', 'Gateway console']),
  stage: z.enum(['Processing', 'Sent to gateway', 'Checking with gateway', 'Refunded', 'Voided', 'Failed', 'Reversed']),
  state: z.enum(['requested', 'submitting', 'pending', 'unknown', 'rejected', 'succeeded', 'failed', 'reversed']),
  version: z.int(),
  amount: moneyText,
  currency: z.string(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
  requestedBy: z.string().nullable().describe('Record id of the user'),
  gateway: z.string(),
  gatewayReference: z.string().nullable(),
  error: z
    .strictObject({ code: z.string(), sentence: z.string(), remedy: z.string(), gatewayMessage: z.string().nullable() })
    .nullable(),
  attention: z.string().nullable(),
  held: z.boolean(),
  requestedAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
  decidedAt: z.iso.datetime().nullable(),
})

export const paymentViewSchema = z.strictObject({
  id: z.string(),
  currency: z.string(),
  captured: moneyText,
  refunded: moneyText,
  underWay: moneyText,
  held: moneyText,
  chargedBack: moneyText,
  refundable: moneyText,
})

export const refundAnswerSchema = z.strictObject({ refund: refundViewSchema, payment: paymentViewSchema })
export const paymentAnswerSchema = z.strictObject({ payment: paymentViewSchema, refunds: z.array(refundViewSchema) })

export function refundView(refund: Refund): z.input<typeof refundViewSchema> {
  return {
    id: refund.id,
    paymentId: refund.paymentId,
    kind: refund.kind === 'void' ? 'Void' : 'Refund',
    origin: refund.origin === 'here' ? 'Here' : 'Gateway console',
    stage: stageOf(refund),
    state: refund.state,
    version: refund.version,
    amount: refund.amount.toDecimal(),
    currency: refund.amount.currency,
    reason: refund.reason,
    note: refund.note,
    requestedBy: refund.requestedBy,
    gateway: refund.gateway,
    gatewayReference: refund.gatewayReference,
    error: tellFailure(refund),
    attention: refund.attention,
    held: refund.heldUntil !== null,
    requestedAt: refund.requestedAt.toISOString(),
    sentAt: refund.sentAt?.toISOString() ?? null,
    decidedAt: refund.decidedAt?.toISOString() ?? null,
  }
}

export function paymentView(id: string, balance: PaymentBalance): z.input<typeof paymentViewSchema> {
  return {
    id,
    currency: balance.captured.currency,
    captured: balance.captured.toDecimal(),
    refunded: balance.refunded.toDecimal(),
    underWay: balance.underWay.toDecimal(),
    held: balance.held.toDecimal(),
    chargedBack: balance.chargedBack.toDecimal(),
    refundable: balance.refundable.toDecimal(),
  }
}
