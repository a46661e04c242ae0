import { z } from 'zod'

const PROBLEM_TYPE = 'urn:refund-relay:problem:'

// Stand-ins of MiddlewareViews.cls.
// As JSON.deserialize reads into Apex classes: members that are not declared are passed over, absent ones are null.
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null)
const optionalText = optional(z.string())
const details = optional(z.record(z.string(), z.string()))

const refundSchema = z.object({
  id: z.string(),
  kind: z.string(),
  origin: z.string(),
  stage: z.string(),
  state: z.string(),
  version: z.int(),
  amount: z.string(),
  reason: optionalText,
  note: optionalText,
  requestedBy: optionalText,
  gatewayReference: optionalText,
  error: optional(
    z.object({ code: z.string(), sentence: z.string(), remedy: z.string(), gatewayMessage: optionalText }),
  ),
  waiting: optional(
    z.object({ code: optionalText, sentence: z.string(), position: z.int(), inSeconds: optional(z.int()) }),
  ),
  held: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
  attention: optionalText,
  requestedAt: z.iso.datetime(),
  decidedAt: optional(z.iso.datetime()),
})

const chargebackSchema = z.object({
  reference: z.string(),
  amount: z.string(),
  open: z.boolean(),
  occurredAt: optional(z.iso.datetime()),
})

const balanceSchema = z.object({
  captured: z.string(),
  refunded: z.string(),
  underWay: z.string(),
  held: z.string(),
  chargedBack: z.string(),
  refundable: z.string(),
  exposure: z.string(),
})

export const refundAnswerSchema = z.object({ refund: refundSchema, payment: balanceSchema })
export const paymentAnswerSchema = z.object({
  payment: balanceSchema,
  refunds: z.array(refundSchema),
  chargebacks: z
    .array(chargebackSchema)
    .nullish()
    .transform((value) => value ?? []),
})
export const creditAnswerSchema = z.object({ credit: refundSchema })
/** Stand-in of UndoPreview.cls. */
export const undoPreviewSchema = z.object({
  action: z.string(),
  amount: optionalText,
  sentence: optionalText,
  settlesOn: optional(z.iso.date()),
  queue: optional(z.object({ position: optional(z.int()), inSeconds: optional(z.int()) })),
  directDebit: optional(
    z.object({
      scheme: optionalText,
      schemeLabel: optionalText,
      claimUntil: optional(z.iso.date()),
      sentence: optionalText,
      mustAcknowledge: optional(z.boolean()),
      tooYoungUntil: optional(z.iso.date()),
    }),
  ),
  obstacle: optional(z.object({ code: optionalText, sentence: optionalText, remedy: optionalText })),
  because: optional(z.object({ code: z.string(), details })),
})
export const problemSchema = z.object({
  type: z.string().startsWith(PROBLEM_TYPE),
  detail: z.string().min(1),
  code: z.string(),
  retryable: z.boolean(),
  title: optionalText,
  remedy: optionalText,
  details,
})

export type RefundView = z.infer<typeof refundSchema>
export type RefundAnswer = z.infer<typeof refundAnswerSchema>
export type PaymentAnswer = z.infer<typeof paymentAnswerSchema>
export type CreditAnswer = z.infer<typeof creditAnswerSchema>
export type UndoPreview = z.infer<typeof undoPreviewSchema>
