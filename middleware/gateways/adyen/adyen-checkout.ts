import { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js'
import { PaymentRefundRequest } from '@adyen/api-library/lib/src/typings/checkout/paymentRefundRequest.js'
import { z } from 'zod'
import type { Attempt, AttemptBody, GatewayAnswer, RefundInstruction, RefundReason } from '../gateway.ts'
import type { VoidInstruction } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { certainlyOrUnknown, notTaken } from './adyen-answer.ts'
import type { AdyenApi } from './adyen-api.ts'
import { openSdk } from './adyen-client.ts'
import { toAdyenAmount } from './adyen-currency.ts'
import type { AdyenAmount } from './adyen-currency.ts'
import type { AdyenSettings } from './adyen-settings.ts'

const { MerchantRefundReasonEnum } = PaymentRefundRequest
const REASONS: Readonly<Record<RefundReason, PaymentRefundRequest.MerchantRefundReasonEnum>> = {
  duplicate: MerchantRefundReasonEnum.Duplicate,
  fraud: MerchantRefundReasonEnum.Fraud,
  requested_by_customer: MerchantRefundReasonEnum.CustomerRequest,
  returned: MerchantRefundReasonEnum.Return,
  other: MerchantRefundReasonEnum.Other,
}

/** Strict, because the SDK drops what it does not know: the stored body would go out as another one. */
const wholeBodySchema = z.strictObject({ merchantAccount: z.string(), reference: z.string() })
const refundBodySchema = z.strictObject({
  merchantAccount: z.string(),
  amount: z.strictObject({ value: z.int().positive(), currency: z.string() }),
  reference: z.string(),
  merchantRefundReason: z.enum(MerchantRefundReasonEnum).exactOptional(),
})

const takenSchema = z.object({
  pspReference: z.string().regex(/^[\w-]{1,80}$/),
  status: z.literal('received'),
  paymentPspReference: z.string(),
})
const refundTakenSchema = takenSchema.extend({ amount: z.object({ value: z.int(), currency: z.string() }) })

/** Checkout v72: `POST /payments/{pspReference}/refunds`, `/cancels` and `/reversals`. */
export class AdyenCheckout implements AdyenApi {
  readonly #account: string
  readonly #modifications: ModificationsApi

  constructor(settings: AdyenSettings) {
    this.#account = settings.account
    this.#modifications = new ModificationsApi(openSdk(settings.baseUrl, settings))
  }

  prepareRefund({ refundId, amount, reason }: RefundInstruction): AttemptBody {
    const body: z.input<typeof refundBodySchema> = {
      merchantAccount: this.#account,
      amount: toAdyenAmount(amount),
      reference: refundId,
      ...(reason && { merchantRefundReason: REASONS[reason] }),
    }
    return body
  }

  prepareWhole({ refundId }: VoidInstruction): AttemptBody {
    return { merchantAccount: this.#account, reference: refundId } satisfies z.input<typeof wholeBodySchema>
  }

  async submit({ operation, paymentReference, key, body }: Attempt): Promise<GatewayAnswer> {
    // A fresh one for every call: the SDK may write into it.
    const options = { idempotencyKey: key }
    switch (operation) {
      case 'refund': {
        const asked = refundBodySchema.parse(body)
        return certainlyOrUnknown(async () => {
          const answer = await this.#modifications.refundCapturedPayment(paymentReference, asked, options)
          return readTaken(refundTakenSchema, answer, paymentReference, asked.amount)
        })
      }
      case 'void': {
        const asked = wholeBodySchema.parse(body)
        return certainlyOrUnknown(async () => {
          const api = this.#modifications
          const answer = await api.cancelAuthorisedPaymentByPspReference(paymentReference, asked, options)
          return readTaken(takenSchema, answer, paymentReference)
        })
      }
      case 'undo': {
        const asked = wholeBodySchema.parse(body)
        return certainlyOrUnknown(async () => {
          const answer = await this.#modifications.refundOrCancelPayment(paymentReference, asked, options)
          return readTaken(takenSchema, answer, paymentReference)
        })
      }
      case 'credit':
        throw new Error('Checkout pays nothing out without a payment')
    }
  }
}

type Taken = z.output<typeof takenSchema> & { readonly amount?: AdyenAmount }

/** "Received" is all that Adyen ever answers; what became of it comes by webhook. */
function readTaken(
  schema: z.ZodType<Taken>,
  answer: unknown,
  paymentReference: string,
  asked?: AdyenAmount,
): GatewayAnswer {
  const parsed = schema.safeParse(answer)
  if (!parsed.success) return notTaken(parsed.error)
  const { pspReference, amount, paymentPspReference } = parsed.data
  if (asked && (amount?.value !== asked.value || amount.currency !== asked.currency)) {
    const [was, is] = [asked, amount].map((some) => `${some?.value} ${some?.currency}`)
    const detail = `asked for ${was} in minor units, Adyen took ${is} as ${pspReference}`
    return { kind: 'unknown', detail, answersForAnother: true }
  }
  if (paymentPspReference !== paymentReference) {
    const detail = gatewayMessage(`asked for payment ${paymentReference}, Adyen answered for ${paymentPspReference}`)
    return { kind: 'unknown', detail, answersForAnother: true }
  }
  return { kind: 'pending', gatewayReference: pspReference }
}
