import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ERRORS, type ErrorCode, type ErrorEntry } from '../../middleware/errors.ts'
import { Money } from '../../middleware/money/money.ts'

// The examples that Apex, the stand-ins and the middleware agree on. Schemas of their own: what the middleware
// accepts from itself is no proof of what the org was promised.

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
type State = keyof typeof STAGES
const STATES = Object.keys(STAGES) as [State, ...State[]]
const WITH_ERROR: readonly State[] = ['unknown', 'rejected', 'failed', 'reversed']
const FINAL: readonly State[] = ['rejected', 'succeeded', 'failed', 'reversed']

const refundView = z
  .strictObject({
    id: z.uuidv7(),
    paymentId: recordId,
    kind: z.enum(['Refund', 'Void']),
    origin: z.enum(['Here', 'Gateway console']),
    stage: z.enum([...Object.values(STAGES), 'Voided']),
    state: z.enum(STATES),
    version: z.int().positive(),
    amount,
    currency,
    reason: z.enum(['duplicate', 'fraud', 'requested_by_customer', 'returned', 'other']).nullable(),
    note: z.string().max(255).nullable(),
    requestedBy: recordId.nullable(),
    gateway: z.enum(['adyen', 'braintree', 'gocardless']),
    gatewayReference: z.string().max(80).nullable(),
    error: z
      .strictObject({
        code: z.string().regex(/^[A-Z_]{1,80}$/),
        sentence: z.string().min(1).max(255),
        remedy: z.string().min(1).max(255),
        gatewayMessage: z.string().max(255).nullable(),
      })
      .nullable(),
    attention: z.string().max(255).nullable(),
    held: z.boolean(),
    requestedAt: instant,
    sentAt: instant.nullable(),
    decidedAt: instant.nullable(),
  })
  .refine(({ kind, state, stage }) => kind === 'Void' || stage === STAGES[state], 'the stage is the state in words')
  .refine(({ state, error }) => WITH_ERROR.includes(state) === (error !== null), 'an error exactly where there is one')
  .refine(({ state, decidedAt }) => FINAL.includes(state) === (decidedAt !== null), 'decided exactly when final')
  .refine(({ amount, currency }) => Money.fromDecimal(amount, currency).toDecimal() === amount, 'all decimals, no more')

const paymentView = z
  .strictObject({
    id: recordId,
    currency,
    captured: amount,
    refunded: amount,
    underWay: amount,
    held: amount,
    chargedBack: amount,
    refundable: amount,
  })
  .refine(({ currency, refundable, captured, refunded, underWay, held, chargedBack }) => {
    const gone = [refunded, underWay, held, chargedBack].map((part) => Money.fromDecimal(part, currency))
    const left = gone.reduce((rest, part) => rest.minus(part), Money.fromDecimal(captured, currency))
    return left.toDecimal() === refundable
  }, 'the parts add up')

const refundAnswer = z
  .strictObject({
    status: z.union([z.literal(201), z.literal(202)]),
    body: z.strictObject({ refund: refundView, payment: paymentView }),
  })
  .refine(({ status, body }) => FINAL.includes(body.refund.state) === (status === 201), '201 when final, else 202')
  .refine(({ body }) => body.refund.paymentId === body.payment.id, 'one payment')

const paymentAnswer = z
  .strictObject({
    status: z.literal(200),
    body: z.strictObject({ payment: paymentView, refunds: z.array(refundView).min(1) }),
  })
  .refine(({ body }) => body.refunds.every((refund) => refund.paymentId === body.payment.id), 'one payment')
  .refine(({ body }) => {
    const times = body.refunds.map((refund) => refund.requestedAt)
    return times.join() === times.toSorted().toReversed().join()
  }, 'newest first')

const problem = z
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
      requestId: z.string().min(1),
    }),
  })
  .refine(({ status, body }) => status === body.status, 'one status')
  .refine(({ body }) => body.type === `urn:refund-relay:problem:${body.code}`, 'the type ends in the code')
  .refine(({ body }) => body.detail === `${body.title} ${body.remedy}`, 'the detail is sentence and remedy')

const REFUND_EXAMPLES = ['pending', 'succeeded', 'rejected', 'failed', 'unknown'] as const
const PROBLEM_EXAMPLES = ['amount_exceeds_refundable', 'not_permitted', 'service_unavailable'] as const

const examples = z
  .record(z.string(), z.unknown())
  .parse(
    JSON.parse(
      await readFile(
        new URL('../../force-app/main/default/staticresources/RefundMiddlewareExamples.json', import.meta.url),
        'utf8',
      ),
    ),
  )

/** Whether a sentence of errors.ts, its gaps filled with anything, reads like this. */
function isFilled(template: string, text: string): boolean {
  const pattern = template
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+')
  return new RegExp(`^${pattern}$`).test(text)
}

describe('the examples of the middleware', () => {
  it('are those that were agreed, no more and no fewer', () => {
    expect(Object.keys(examples)).toEqual([...REFUND_EXAMPLES, 'payment', ...PROBLEM_EXAMPLES])
  })

  it.each(REFUND_EXAMPLES)('%s is a refund in that state, with the balance that it leaves', (name) => {
    const { body } = refundAnswer.parse(examples[name])
    expect(body.refund.state).toBe(name)
  })

  it('payment lists its refunds newest first, and its balance is made of them', () => {
    const { body } = paymentAnswer.parse(examples['payment'])
    const sum = (states: readonly State[]) =>
      body.refunds
        .filter((refund) => states.includes(refund.state))
        .reduce((total, refund) => total.plus(Money.fromDecimal(refund.amount, 'EUR')), Money.zero('EUR'))
        .toDecimal()
    expect(body.payment.refunded).toBe(sum(['succeeded']))
    expect(body.payment.underWay).toBe(sum(['requested', 'submitting', 'pending', 'unknown']))
  })

  it.each(PROBLEM_EXAMPLES)('%s says what the table of errors says', (name) => {
    const { body } = problem.parse(examples[name])
    const entry: ErrorEntry = ERRORS[name]
    expect(body).toMatchObject({ code: name, status: entry.httpStatus, retryable: entry.retryable })
    expect(isFilled(entry.sentence, body.title)).toBe(true)
    expect(isFilled(entry.remedy, body.remedy)).toBe(true)
  })

  it.each(['rejected', 'failed', 'unknown'] as const)('%s carries a code of the table, in its words', (name) => {
    const { error } = refundAnswer.parse(examples[name]).body.refund
    const entries: ErrorEntry[] = Object.values(ERRORS)
    const told = entries.filter(
      (entry) => entry.crmCode === error?.code && isFilled(entry.sentence, error?.sentence ?? ''),
    )
    expect(told.map(({ remedy }) => remedy)).toEqual([error?.remedy])
  })
})
