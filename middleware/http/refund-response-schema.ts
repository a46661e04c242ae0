import { z } from 'zod'
import { crmCodeOf, tell } from '../errors.ts'
import type { PaymentBalance, Refund } from '../refunds/refund.ts'
import type { Chargeback } from '../refunds/chargebacks.ts'
import type { Waiting } from '../refunds/line.ts'
import type { RefundPreview } from '../refunds/preview-refund.ts'
import { tellAttention } from '../refunds/attention.ts'
import { kindOf, stageOf, tellFailure } from '../refunds/refund-view.ts'

const moneyText = z.string().describe("Decimal text in the currency's decimals")

export const refundViewSchema = z.strictObject({
  id: z.uuid(),
  paymentId: z.string(),
  kind: z.enum(['Refund', 'Void', 'Undo']),
  origin: z.enum(['Here', 'Gateway console']),
  stage: z.enum([
    'Processing',
    'Sent to gateway',
    'Checking with gateway',
    'Refunded',
    'Voided',
    'Cancelled or refunded',
    'Failed',
    'Reversed',
  ]),
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
  payerAsked: z.boolean(),
  waiting: z
    .strictObject({ code: z.string(), sentence: z.string(), position: z.int(), inSeconds: z.int().nullable() })
    .nullable()
    .describe('Why it is not sent yet, and its place in the line of this payment'),
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
  exposure: moneyText.describe('What is out twice'),
})

export const chargebackViewSchema = z.strictObject({
  reference: z.string().describe("The dispute's id at the gateway; the payment's, where the gateway names no dispute"),
  amount: moneyText,
  open: z.boolean().describe('Whether the bank has the money'),
  occurredAt: z.iso.datetime().nullable().describe('Of the present word on it'),
})

export const creditViewSchema = refundViewSchema
  .omit({ paymentId: true, kind: true, held: true, payerAsked: true })
  .extend({
    kind: z.literal('Credit'),
    target: z.enum(['stored_method', 'bank_account']).nullable(),
  })

export const previewSchema = z.strictObject({
  action: z.enum(['void', 'refund', 'wait', 'gateway_decides', 'nothing']),
  amount: moneyText,
  sentence: z.string(),
  because: z
    .strictObject({ code: z.string(), details: z.record(z.string(), z.string()) })
    .nullable()
    .describe('The code that the sentence belongs to, and what fills it'),
  settlesOn: z.string().nullable(),
  queue: z.strictObject({ position: z.int(), inSeconds: z.int() }).nullable(),
  directDebit: z
    .strictObject({
      scheme: z.string().nullable(),
      schemeLabel: z.string(),
      claimUntil: z.string().nullable(),
      sentence: z.string(),
      mustAcknowledge: z.literal(true),
      tooYoungUntil: z.string().nullable(),
    })
    .nullable(),
  obstacle: z.strictObject({ code: z.string(), sentence: z.string(), remedy: z.string() }).nullable(),
})

export const refundAnswerSchema = z.strictObject({ refund: refundViewSchema, payment: paymentViewSchema })
export const creditAnswerSchema = z.strictObject({ credit: creditViewSchema })
export const paymentAnswerSchema = z.strictObject({
  payment: paymentViewSchema,
  refunds: z.array(refundViewSchema),
  chargebacks: z.array(chargebackViewSchema).describe('Disputes that took money: those that the bank still has first'),
})

export const settlementAnswerSchema = refundViewSchema.pick({ id: true, stage: true, state: true, version: true })

export function settlementView(refund: Refund): z.input<typeof settlementAnswerSchema> {
  return { id: refund.id, stage: stageOf(refund), state: refund.state, version: refund.version }
}

function outgoingView(refund: Refund, waiting: Waiting | null) {
  return {
    id: refund.id,
    origin: refund.origin === 'here' ? ('Here' as const) : ('Gateway console' as const),
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
    attention: refund.attention && tellAttention(refund.attention),
    waiting,
    requestedAt: refund.requestedAt.toISOString(),
    sentAt: refund.sentAt?.toISOString() ?? null,
    decidedAt: refund.decidedAt?.toISOString() ?? null,
  }
}

/** @param waiting why it is not sent yet, from line.ts */
export function refundView(refund: Refund, waiting: Waiting | null): z.input<typeof refundViewSchema> {
  return {
    ...outgoingView(refund, waiting),
    // Only credits have none, and they have a view of their own.
    paymentId: refund.paymentId!,
    kind: kindOf(refund),
    held: refund.heldUntil !== null,
    payerAsked: refund.payerAsked,
  }
}

export function chargebackView({ reference, amount, open, at }: Chargeback): z.input<typeof chargebackViewSchema> {
  return { reference, amount, open, occurredAt: at?.toISOString() ?? null }
}

export function creditView(credit: Refund, waiting: Waiting | null): z.input<typeof creditViewSchema> {
  return { ...outgoingView(credit, waiting), kind: 'Credit', target: credit.target }
}

export function previewView(preview: RefundPreview, scheme: string | null): z.input<typeof previewSchema> {
  const { action, amount, sentence, because, settlesOn, queue, directDebit, obstacle } = preview
  return {
    action,
    amount: amount.toDecimal(),
    sentence,
    because: because && { code: crmCodeOf(because.code), details: { ...because.details } },
    settlesOn,
    queue,
    directDebit: directDebit && { ...directDebit, scheme, mustAcknowledge: true },
    obstacle: obstacle && { code: crmCodeOf(obstacle), ...tell(obstacle) },
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
    exposure: balance.exposure.toDecimal(),
  }
}
