import type { z } from 'zod'
import { CalloutError, type ApexContext } from './apex-runtime.ts'
import {
  creditAnswerSchema,
  paymentAnswerSchema,
  problemSchema,
  refundAnswerSchema,
  undoPreviewSchema,
  type CreditAnswer,
  type PaymentAnswer,
  type RefundAnswer,
  type UndoPreview,
} from './middleware-views.ts'
import type { PaymentRecord } from './payment-record.ts'
import { refusalWords } from './refusal-words.ts'

const TIMEOUT_MS = 20_000

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

/** What an agent asked for: RefundRequest.cls. */
export interface RefundRequest {
  readonly amount: string | null
  readonly reason: string | null
  readonly note: string | null
  readonly acknowledged: boolean
  readonly undo: boolean
  readonly idempotencyKey: string | null
}

/** A body of POST /v1/credits and its key: CreditRequest.cls. */
export interface CreditRequest {
  readonly body: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string | null
}

/** Stand-in of RefundMiddleware.cls: the only callout. */
export class RefundMiddleware {
  readonly #apex: ApexContext
  /** Label of what an agent is told when nobody answers. */
  #silence = 'Refund_No_Answer'

  constructor(apex: ApexContext) {
    this.#apex = apex
  }

  /** @throws RefundException when nothing was stored, or nobody answered */
  requestRefund(payment: PaymentRecord, asked: RefundRequest): Promise<RefundAnswer> {
    const body = {
      ...payment.facts(),
      ...(asked.amount === null ? {} : { amount: asked.amount }),
      ...(asked.reason?.trim() ? { reason: asked.reason } : {}),
      ...(asked.note?.trim() ? { note: asked.note } : {}),
      ...(asked.acknowledged ? { acknowledged: true } : {}),
      ...(asked.undo ? { undo: true } : {}),
    }
    return this.#send('POST', '/v1/refunds', refundAnswerSchema, posted(body, asked.idempotencyKey))
  }

  /** @throws RefundException when it is refused, or nobody answered */
  async previewRefund(payment: PaymentRecord, amount: string | null): Promise<UndoPreview> {
    this.#silence = 'Refund_Preview_No_Answer'
    const body = { ...payment.facts(), ...(amount === null ? {} : { amount }) }
    const path = `/v1/payments/${payment.row.Id}/undo-preview`
    const { because, obstacle, ...preview } = await this.#send('POST', path, undoPreviewSchema, posted(body))
    const sentence = refusalWords(this.#apex, 'Sentence', because?.code, preview.sentence, because?.details ?? {})
    return { ...preview, sentence, because: null, obstacle: obstacle && this.#inWordsOfTheOrg(obstacle) }
  }

  /** @throws RefundException when it is too late for that, or nobody answered */
  withdrawRefund(refundId: string): Promise<RefundAnswer> {
    this.#silence = 'Refund_Withdraw_No_Answer'
    return this.#send('POST', `/v1/refunds/${encodeURIComponent(refundId)}/withdraw`, refundAnswerSchema)
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

  /** @throws RefundException when nothing was stored, or nobody answered */
  requestCredit({ body, idempotencyKey }: CreditRequest): Promise<CreditAnswer> {
    this.#silence = 'Credit_No_Answer'
    return this.#send('POST', '/v1/credits', creditAnswerSchema, posted(body, idempotencyKey))
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
    throw new RefundException(this.#told(problem), problem.code, problem.retryable)
  }

  #inWordsOfTheOrg({ code, sentence, remedy }: NonNullable<UndoPreview['obstacle']>): UndoPreview['obstacle'] {
    return {
      code,
      sentence: refusalWords(this.#apex, 'Sentence', code, sentence),
      remedy: refusalWords(this.#apex, 'Remedy', code, remedy),
    }
  }

  #told({ code, title, remedy, detail, details }: z.output<typeof problemSchema>): string {
    if (title === null || remedy === null) return detail
    const known = details ?? {}
    const sentence = refusalWords(this.#apex, 'Sentence', code, title, known)
    return `${sentence} ${refusalWords(this.#apex, 'Remedy', code, remedy, known)}`
  }

  #read<Answer>(body: string, schema: z.ZodType<Answer>): Answer {
    try {
      return schema.parse(JSON.parse(body))
    } catch {
      throw this.#noAnswer()
    }
  }

  #noAnswer(): RefundException {
    return new RefundException(this.#apex.label(this.#silence), null, true)
  }
}

function posted(body: object, idempotencyKey?: string | null): { headers: Record<string, string>; body: string } {
  const headers = {
    'content-type': 'application/json',
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': encodeURIComponent(idempotencyKey ?? '') }),
  }
  return { headers, body: JSON.stringify(body) }
}
