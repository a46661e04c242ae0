import { z } from 'zod'
import { CalloutError, type ApexContext } from './apex-runtime.ts'
import type { PaymentRecord } from './payment-record.ts'

const TIMEOUT_MS = 20_000
const PROBLEM_TYPE = 'urn:refund-relay:problem:'

// As JSON.deserialize reads into Apex classes: members that are not declared are passed over, absent ones are null.
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null)

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
  error: z
    .object({ code: z.string(), sentence: z.string(), remedy: z.string(), gatewayMessage: optionalText })
    .nullish()
    .transform((value) => value ?? null),
  attention: optionalText,
  requestedAt: z.iso.datetime(),
  decidedAt: z.iso
    .datetime()
    .nullish()
    .transform((value) => value ?? null),
})

const balanceSchema = z.object({
  captured: z.string(),
  refunded: z.string(),
  underWay: z.string(),
  held: z.string(),
  chargedBack: z.string(),
  refundable: z.string(),
})

const refundAnswerSchema = z.object({ refund: refundSchema, payment: balanceSchema })
const paymentAnswerSchema = z.object({ payment: balanceSchema, refunds: z.array(refundSchema) })
const problemSchema = z.object({
  type: z.string().startsWith(PROBLEM_TYPE),
  detail: z.string().min(1),
  code: z.string(),
  retryable: z.boolean(),
})

export type RefundView = z.infer<typeof refundSchema>
export type RefundAnswer = z.infer<typeof refundAnswerSchema>
export type PaymentAnswer = z.infer<typeof paymentAnswerSchema>

/** The middleware said no (`code` of middleware/errors.ts), or did not answer (`code` null). */
export class RefundException extends Error {
  readonly code: string | null
  readonly retryable: boolean

  constructor(message: string, code: string | null, retryable: boolean) {
    super(message)
    this.code = code
    this.retryable = retryable
  }
}

/** Stand-in of RefundMiddleware.cls: the only callout. */
export class RefundMiddleware {
  readonly #apex: ApexContext

  constructor(apex: ApexContext) {
    this.#apex = apex
  }

  /** @throws RefundException when nothing was stored, or nobody answered */
  async requestRefund(
    payment: PaymentRecord,
    asked: { amount: string | null; reason: string | null; note: string | null; idempotencyKey: string | null },
  ): Promise<RefundAnswer> {
    const { row } = payment
    const body = {
      paymentId: row.Id,
      gateway: row.Gateway__c,
      gatewayAccount: row.Gateway_Account__c,
      gatewayReference: row.Gateway_Reference__c,
      capturedAmount: payment.text(row.Amount__c),
      currency: row.Currency__c,
      ...(asked.amount === null ? {} : { amount: asked.amount }),
      ...(asked.reason?.trim() ? { reason: asked.reason } : {}),
      ...(asked.note?.trim() ? { note: asked.note } : {}),
    }
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': encodeURIComponent(asked.idempotencyKey ?? ''),
    }
    return this.#send('POST', '/v1/refunds', refundAnswerSchema, { headers, body: JSON.stringify(body) })
  }

  /** @returns null when no refund of this payment was ever requested */
  async findPayment(paymentId: string): Promise<PaymentAnswer | null> {
    try {
      return await this.#send('GET', `/v1/payments/${paymentId}`, paymentAnswerSchema)
    } catch (refusal) {
      if (refusal instanceof RefundException && refusal.code === 'payment_not_found') return null
      throw refusal
    }
  }

  async #send<Answer>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodType<Answer>,
    more: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    let response: { status: number; body: string }
    try {
      response = await this.#apex.send({ method, path, timeoutMs: TIMEOUT_MS, ...more })
    } catch (lost) {
      if (lost instanceof CalloutError) throw this.#noAnswer()
      throw lost
    }
    if (response.status >= 200 && response.status < 300) return this.#read(response.body, schema)
    const problem = this.#read(response.body, problemSchema)
    throw new RefundException(problem.detail, problem.code, problem.retryable)
  }

  #read<Answer>(body: string, schema: z.ZodType<Answer>): Answer {
    try {
      return schema.parse(JSON.parse(body))
    } catch {
      throw this.#noAnswer()
    }
  }

  #noAnswer(): RefundException {
    return new RefundException(this.#apex.label('Refund_No_Answer'), null, true)
  }
}
