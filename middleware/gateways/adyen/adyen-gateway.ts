import adyenClient from '@adyen/api-library/lib/src/client.js'
import adyenConfig from '@adyen/api-library/lib/src/config.js'
import { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js'
import { PaymentRefundRequest } from '@adyen/api-library/lib/src/typings/checkout/paymentRefundRequest.js'
import { z } from 'zod'
import { RefundError } from '../../errors.ts'
import type { Money } from '../../money/money.ts'
import type { Attempt, AttemptBody, Gateway, GatewayAnswer, GatewayEvent } from '../gateway.ts'
import type { GatewayCapabilities, RefundInstruction, RefundReason, WebhookDelivery } from '../gateway.ts'
import { GatewayCallError } from '../gateway-http.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { AdyenClient } from './adyen-client.ts'
import { adyenDigits } from './adyen-currency.ts'
import { readFailure } from './adyen-errors.ts'
import type { AdyenSettings } from './adyen-settings.ts'
import { AdyenWebhook } from './adyen-webhook.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const { MerchantRefundReasonEnum } = PaymentRefundRequest
const REASONS: Readonly<Record<RefundReason, PaymentRefundRequest.MerchantRefundReasonEnum>> = {
  duplicate: MerchantRefundReasonEnum.Duplicate,
  fraud: MerchantRefundReasonEnum.Fraud,
  requested_by_customer: MerchantRefundReasonEnum.CustomerRequest,
  returned: MerchantRefundReasonEnum.Return,
  other: MerchantRefundReasonEnum.Other,
}

/** Strict, because the SDK drops what it does not know: the stored body would go out as another one. */
const refundBodySchema = z.strictObject({
  merchantAccount: z.string(),
  amount: z.strictObject({ value: z.int().positive(), currency: z.string() }),
  reference: z.string(),
  merchantRefundReason: z.enum(MerchantRefundReasonEnum).exactOptional(),
})
type RefundBody = z.output<typeof refundBodySchema>

const takenSchema = z.object({
  pspReference: z.string().regex(/^[\w-]{1,80}$/),
  status: z.literal('received'),
  paymentPspReference: z.string(),
  amount: z.object({ value: z.int(), currency: z.string() }),
})

/**
 * Checkout v72: refunds of captured payments by `POST /payments/{pspReference}/refunds`, outcomes by standard
 * webhooks.
 */
export class AdyenGateway implements Gateway {
  readonly name = 'adyen'
  readonly label = 'Adyen'
  readonly capabilities: GatewayCapabilities = {
    // Adyen keeps keys "at least 7 days" (docs.adyen.com/development-resources/api-idempotency).
    keyRetentionMs: 6 * DAY_MS,
    // "Most of the time Adyen can fix the issue", within about 10 days.
    holdAfterLateFailureMs: 10 * DAY_MS,
  }
  readonly #account: string
  readonly #modifications: ModificationsApi
  readonly #webhook: AdyenWebhook

  constructor(settings: AdyenSettings) {
    this.#account = settings.account
    this.#webhook = new AdyenWebhook(settings)
    // The SDK's environment only chooses a host, which AdyenClient replaces by the configured one.
    const config = new adyenConfig.default({ apiKey: settings.apiKey, environment: adyenConfig.EnvironmentEnum.TEST })
    this.#modifications = new ModificationsApi(new adyenClient.default(config, new AdyenClient(settings)))
  }

  prepareRefund({ refundId, amount, reason }: RefundInstruction): AttemptBody {
    const body: RefundBody = {
      merchantAccount: this.#account,
      amount: { value: minorUnits(amount), currency: amount.currency },
      reference: refundId,
      ...(reason && { merchantRefundReason: REASONS[reason] }),
    }
    return body
  }

  async submit({ paymentReference, key, body }: Attempt): Promise<GatewayAnswer> {
    const asked = refundBodySchema.parse(body)
    try {
      const answer = await this.#modifications.refundCapturedPayment(paymentReference, asked, { idempotencyKey: key })
      return readTaken(answer, asked, paymentReference)
    } catch (error) {
      if (error instanceof GatewayCallError) return readFailure(error)
      // The answer came and the SDK could not read it.
      return { kind: 'unknown', detail: gatewayMessage('unreadable answer:', (error as Error).message) }
    }
  }

  readWebhook(delivery: WebhookDelivery): readonly GatewayEvent[] {
    return this.#webhook.read(delivery)
  }
}

function minorUnits(amount: Money): number {
  let digits = 0
  try {
    digits = adyenDigits(amount.currency)
    return amount.toMinorUnits(digits)
  } catch (cause) {
    const details = { gateway: 'Adyen', currency: amount.currency, digits: String(digits) }
    throw new RefundError('amount_not_representable', details, { cause })
  }
}

/** "Received" is all that Adyen ever answers; whether it paid comes by webhook. */
function readTaken(answer: unknown, asked: RefundBody, paymentReference: string): GatewayAnswer {
  const parsed = takenSchema.safeParse(answer)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ')
    return { kind: 'unknown', detail: `Adyen answered 2xx, but not that it received the refund: ${wrong}` }
  }
  const { pspReference, amount, paymentPspReference } = parsed.data
  if (amount.value !== asked.amount.value || amount.currency !== asked.amount.currency) {
    const [was, is] = [asked.amount, amount].map(({ value, currency }) => `${value} ${currency}`)
    return { kind: 'unknown', detail: `asked for ${was} in minor units, Adyen took ${is} as ${pspReference}` }
  }
  if (paymentPspReference !== paymentReference) {
    const detail = gatewayMessage(`asked for payment ${paymentReference}, Adyen answered for ${paymentPspReference}`)
    return { kind: 'unknown', detail }
  }
  return { kind: 'pending', gatewayReference: pspReference }
}
