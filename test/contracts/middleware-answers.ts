import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../../middleware/errors.ts'
import { Money } from '../../middleware/money/money.ts'

// What the org was promised, with schemas of their own: what the middleware accepts from itself is no proof of that.

const amount = z.string().regex(/^\d{1,13}(\.\d{1,3})?$/)
const currency = z.string().regex(/^[A-Z]{3}$/)
const recordId = z.string().regex(/^[a-zA-Z0-9]{18}$/)
const instant = z.iso.datetime({ precision: 3 })

const STAGES = {
  requested: 'Processing',
  submitting: 'Processing',
  pending: 'Sent to gateway',
  unknown: 'Checking with gateway',
  rejected: 'Failed',
  succeeded: 'Refunded',
  failed: 'Failed',
  reversed: 'Reversed',
} as const
export type State = keyof typeof STAGES
const STATES = Object.keys(STAGES) as [State, ...State[]]
const WITH_ERROR: readonly State[] = ['unknown', 'rejected', 'failed', 'reversed']
const FINAL: readonly State[] = ['rejected', 'succeeded', 'failed', 'reversed']

const KINDS = ['Refund', 'Void', 'Undo'] as const
const SUCCEEDED = { Refund: 'Refunded', Void: 'Voided', Undo: 'Cancelled or refunded', Credit: 'Refunded' } as const
type Kind = keyof typeof SUCCEEDED

const code = z.string().regex(/^[A-Z_]{1,80}$/)

const waiting = z.strictObject({
  code,
  sentence: z.string().min(1).max(255),
  position: z.int().positive(),
  inSeconds: z.int().nonnegative().nullable(),
})

const outgoing = {
  id: z.uuidv7(),
  origin: z.enum(['Here', 'Gateway console']),
  stage: z.enum([...Object.values(STAGES), ...Object.values(SUCCEEDED)]),
  state: z.enum(STATES),
  version: z.int().positive(),
  amount,
  currency,
  reason: z.enum(['duplicate', 'fraud', 'requested_by_customer', 'returned', 'other']).nullable(),
  note: z.string().max(255).nullable(),
  requestedBy: recordId.nullable(),
  payerAsked: z.boolean(),
  gateway: z.enum(['adyen', 'braintree', 'gocardless']),
  gatewayReference: z.string().max(80).nullable(),
  error: z
    .strictObject({
      code,
      sentence: z.string().min(1).max(255),
      remedy: z.string().min(1).max(255),
      gatewayMessage: z.string().max(255).nullable(),
    })
    .nullable(),
  waiting: waiting.nullable(),
  attention: z.string().max(255).nullable(),
  held: z.boolean(),
  requestedAt: instant,
  sentAt: instant.nullable(),
  decidedAt: instant.nullable(),
}

interface Outgoing {
  readonly kind: Kind
  readonly stage: string
  readonly state: State
  readonly amount: string
  readonly currency: string
  readonly error: object | null
  readonly waiting: object | null
  readonly decidedAt: string | null
}

/** What holds for a refund holds for a credit too. */
function told<View extends z.ZodType<Outgoing>>(view: View): View {
  return view
    .refine(
      ({ kind, state, stage }) => stage === (state === 'succeeded' ? SUCCEEDED[kind] : STAGES[state]),
      'the stage is the state in words',
    )
    .refine(
      ({ state, error }) => WITH_ERROR.includes(state) === (error !== null),
      'an error exactly where there is one',
    )
    .refine(({ state, waiting }) => waiting === null || state === 'requested', 'only what was not sent waits')
    .refine(({ state, decidedAt }) => FINAL.includes(state) === (decidedAt !== null), 'decided exactly when final')
    .refine(
      ({ amount, currency }) => Money.fromDecimal(amount, currency).toDecimal() === amount,
      'all decimals, no more',
    )
}

const refundView = told(z.strictObject({ ...outgoing, paymentId: recordId, kind: z.enum(KINDS) }))
const creditView = told(z.strictObject({ ...outgoing, kind: z.literal('Credit') }))

const paymentView = z.strictObject({
  id: recordId,
  currency,
  captured: amount,
  refunded: amount,
  underWay: amount,
  held: amount,
  chargedBack: amount,
  refundable: amount,
  exposure: amount,
})

const chargebackView = z.strictObject({
  reference: z.string().min(1).max(80),
  amount,
  open: z.boolean(),
  occurredAt: instant.nullable(),
})

/** What is left when every part is taken off. */
function leftOf({ currency, captured, ...parts }: z.infer<typeof paymentView>): string {
  return [parts.refunded, parts.underWay, parts.held, parts.chargedBack]
    .reduce((rest, part) => rest.minus(Money.fromDecimal(part, currency)), Money.fromDecimal(captured, currency))
    .toDecimal()
}

/** A void, or an undo that the gateway decided, uses the whole payment up and belongs to none of its parts. */
const usesItUp = ({ kind, state }: { kind: Kind; state: State }): boolean => kind !== 'Refund' && state === 'succeeded'

const refundAnswerOf = (status: z.ZodType<number>) =>
  z
    .strictObject({ status, body: z.strictObject({ refund: refundView, payment: paymentView }) })
    .refine(({ body }) => body.refund.paymentId === body.payment.id, 'one payment')
    .refine(
      ({ body }) => body.payment.refundable === (usesItUp(body.refund) ? '0.00' : leftOf(body.payment)),
      'the parts add up',
    )
export const refundAnswer = refundAnswerOf(z.union([z.literal(201), z.literal(202)])).refine(
  ({ status, body }) => FINAL.includes(body.refund.state) === (status === 201),
  '201 when final, else 202',
)
export const withdrawAnswer = refundAnswerOf(z.literal(200))

export const creditAnswer = z.strictObject({ status: z.literal(202), body: z.strictObject({ credit: creditView }) })

export const preview = z.strictObject({
  status: z.literal(200),
  body: z
    .strictObject({
      action: z.enum(['void', 'refund', 'wait', 'gateway_decides', 'nothing']),
      amount,
      sentence: z.string().min(1).max(255),
      because: z.strictObject({ code, details: z.record(z.string(), z.string()) }).nullable(),
      settlesOn: z.iso.date().nullable(),
      queue: waiting.omit({ code: true, sentence: true }).nullable(),
      directDebit: z
        .strictObject({
          scheme: z.string().nullable(),
          schemeLabel: z.string().min(1),
          claimUntil: z.iso.date().nullable(),
          sentence: z.string().min(1).max(255),
          mustAcknowledge: z.literal(true),
          tooYoungUntil: z.iso.date().nullable(),
        })
        .nullable(),
      obstacle: z.strictObject({ code, sentence: z.string().min(1), remedy: z.string().min(1) }).nullable(),
    })
    .refine(({ action, obstacle }) => obstacle === null || action === 'nothing', 'an obstacle lets nothing happen'),
})

export const paymentAnswer = z
  .strictObject({
    status: z.literal(200),
    body: z.strictObject({
      payment: paymentView,
      refunds: z.array(refundView).min(1),
      chargebacks: z.array(chargebackView),
    }),
  })
  .refine(({ body }) => body.payment.refundable === leftOf(body.payment), 'the parts add up')
  .refine(({ body: { payment, chargebacks } }) => {
    const taken = chargebacks
      .filter(({ open }) => open)
      .reduce(
        (sum, chargeback) => sum.plus(Money.fromDecimal(chargeback.amount, payment.currency)),
        Money.zero(payment.currency),
      )
    return taken.toDecimal() === payment.chargedBack
  }, 'what the bank has is what its disputes took')
  .refine(({ body }) => body.refunds.every((refund) => refund.paymentId === body.payment.id), 'one payment')
  .refine(({ body }) => {
    const times = body.refunds.map((refund) => refund.requestedAt)
    return times.join() === times.toSorted().toReversed().join()
  }, 'newest first')

export const problem = z
  .strictObject({
    status: z.int(),
    body: z.strictObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
      remedy: z.string(),
      retryable: z.boolean(),
      field: z.string().optional(),
      details: z.record(z.string(), z.string()),
      requestId: z.string().min(1),
    }),
  })
  .refine(({ status, body }) => status === body.status, 'one status')
  .refine(({ body }) => body.type === `urn:refund-relay:problem:${body.code}`, 'the type ends in the code')
  .refine(({ body }) => body.detail === `${body.title} ${body.remedy}`, 'the detail is sentence and remedy')
