import { ModificationsApi } from '@adyen/api-library/lib/src/services/payment/modificationsApi.js'
import { ModificationResult } from '@adyen/api-library/lib/src/typings/payment/modificationResult.js'
import { z } from 'zod'
import type { Attempt, AttemptBody, GatewayAnswer, RefundInstruction, VoidInstruction } from '../gateway.ts'
import { certainlyOrUnknown, notTaken } from './adyen-answer.ts'
import type { AdyenApi } from './adyen-api.ts'
import { openSdk } from './adyen-client.ts'
import { toAdyenAmount } from './adyen-currency.ts'
import type { AdyenSettings } from './adyen-settings.ts'

const { ResponseEnum } = ModificationResult

/** Strict, because the SDK drops what it does not know: the stored body would go out as another one. */
const wholeBodySchema = z.strictObject({
  merchantAccount: z.string(),
  originalReference: z.string(),
  reference: z.string(),
})
const refundBodySchema = wholeBodySchema.extend({
  modificationAmount: z.strictObject({ value: z.int().positive(), currency: z.string() }),
})
const technicalCancelBodySchema = z.strictObject({
  merchantAccount: z.string(),
  originalMerchantReference: z.string(),
  reference: z.string(),
})

/** The whole of a payment whose pspReference never arrived: the merchant's own reference names it. */
export interface TechnicalCancelInstruction {
  readonly refundId: string
  readonly merchantReference: string
}

/**
 * Classic Payment v68: `/refund`, `/cancel`, `/cancelOrRefund` and `/technicalCancel`. Its answers repeat neither the
 * amount nor the payment, so there is nothing to compare.
 */
export class AdyenClassic implements AdyenApi {
  readonly #account: string
  readonly #modifications: ModificationsApi

  constructor(classicBaseUrl: string, settings: AdyenSettings) {
    this.#account = settings.account
    this.#modifications = new ModificationsApi(openSdk(classicBaseUrl, settings))
  }

  /** Whether a stored body was prepared here, whatever the account is set to by now. */
  static prepared(body: AttemptBody): boolean {
    return 'originalReference' in body || 'originalMerchantReference' in body
  }

  prepareRefund({ refundId, paymentReference, amount }: RefundInstruction): AttemptBody {
    const body: z.input<typeof refundBodySchema> = {
      merchantAccount: this.#account,
      modificationAmount: toAdyenAmount(amount),
      originalReference: paymentReference,
      // Optional, but GrabPay's refunds need it, and webhooks bring it back.
      reference: refundId,
    }
    return body
  }

  prepareWhole({ refundId, paymentReference }: VoidInstruction): AttemptBody {
    const body: z.input<typeof wholeBodySchema> = {
      merchantAccount: this.#account,
      originalReference: paymentReference,
      reference: refundId,
    }
    return body
  }

  prepareTechnicalCancel({ refundId, merchantReference }: TechnicalCancelInstruction): AttemptBody {
    const body: z.input<typeof technicalCancelBodySchema> = {
      merchantAccount: this.#account,
      originalMerchantReference: merchantReference,
      reference: refundId,
    }
    return body
  }

  async submit({ operation, paymentReference, key, body }: Attempt): Promise<GatewayAnswer> {
    const api = this.#modifications
    // A fresh one for every call: the SDK may write into it.
    const options = { idempotencyKey: key }
    if (operation === 'void' && 'originalMerchantReference' in body) {
      const asked = technicalCancelBodySchema.parse(body)
      return read(ResponseEnum.TechnicalCancelReceived, () => api.technicalCancel(asked, options))
    }
    // Another payment's money would go out under this attempt's name.
    if (body['originalReference'] !== paymentReference) throw new Error('the stored body is of another payment')
    switch (operation) {
      case 'refund': {
        const asked = refundBodySchema.parse(body)
        return read(ResponseEnum.RefundReceived, () => api.refund(asked, options))
      }
      case 'void': {
        const asked = wholeBodySchema.parse(body)
        return read(ResponseEnum.CancelReceived, () => api.cancel(asked, options))
      }
      case 'undo': {
        const asked = wholeBodySchema.parse(body)
        return read(ResponseEnum.CancelOrRefundReceived, () => api.cancelOrRefund(asked, options))
      }
      case 'credit':
        throw new Error('a credit is prepared without a payment')
    }
  }
}

/** "Received" is all that Adyen ever answers, in a word of its own for each operation. */
function read(received: ModificationResult.ResponseEnum, ask: () => Promise<unknown>): Promise<GatewayAnswer> {
  const takenSchema = z.object({
    pspReference: z.string().regex(/^[\w-]{1,80}$/),
    response: z.literal(received),
  })
  return certainlyOrUnknown(async () => {
    const parsed = takenSchema.safeParse(await ask())
    return parsed.success ? { kind: 'pending', gatewayReference: parsed.data.pspReference } : notTaken(parsed.error)
  })
}
