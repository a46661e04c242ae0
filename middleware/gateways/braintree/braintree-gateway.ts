import { z } from 'zod'
import { RefundError } from '../../errors.ts'
import { Money } from '../../money/money.ts'
import type {
  AccessCheck,
  Attempt,
  AttemptBody,
  CreditInstruction,
  Gateway,
  GatewayAnswer,
  GatewayCapabilities,
} from '../gateway.ts'
import type { GatewayEvent, LookUp, PaymentFacts, RefundFacts, RefundInstruction, RefundQuery } from '../gateway.ts'
import type { LineItem, WebhookDelivery } from '../gateway.ts'
import type { ReportLine, ReportPeriod } from '../report-line.ts'
import { BraintreeCallError, BraintreeClient } from './braintree-client.ts'
import { braintreeLineItemsSchema } from './braintree-line-items.ts'
import { BraintreeLookUp } from './braintree-look-up.ts'
import { readSettlement } from './braintree-report.ts'
import { BraintreeSender } from './braintree-sender.ts'
import type { BraintreeSettings } from './braintree-settings.ts'
import { BraintreeWebhook } from './braintree-webhook.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** `transaction` goes out as it stands; its currency is the merchant account's, and is what the answer is held to. */
const refundBodySchema = z.strictObject({
  currency: z.string(),
  transaction: z.strictObject({
    amount: z.string(),
    orderId: z.string(),
    merchantAccountId: z.string(),
    lineItems: z.array(z.record(z.string(), z.string())).exactOptional(),
  }),
})
const voidBodySchema = z.strictObject({ transaction: z.strictObject({}) })
const creditBodySchema = z.strictObject({
  currency: z.string(),
  transaction: z.strictObject({
    amount: z.string(),
    orderId: z.string(),
    merchantAccountId: z.string(),
    paymentMethodToken: z.string(),
  }),
})

/** Braintree's server API, through its SDK. Outcomes of card refunds are looked up; webhooks tell those of debits. */
export class BraintreeGateway implements Gateway {
  readonly name = 'braintree'
  readonly label = 'Braintree'
  /** Not there while the account has credits switched off. */
  readonly prepareCredit?: (instruction: CreditInstruction) => AttemptBody
  readonly #settings: BraintreeSettings
  readonly #sender: BraintreeSender
  readonly #client: BraintreeClient
  readonly #lookUp: BraintreeLookUp
  readonly #webhook: BraintreeWebhook

  constructor(settings: BraintreeSettings) {
    const client = new BraintreeClient(settings)
    this.#client = client
    this.#settings = settings
    this.#lookUp = new BraintreeLookUp(client, settings.account)
    this.#sender = new BraintreeSender(client, this.#lookUp, settings.idempotencyKeys)
    this.#webhook = new BraintreeWebhook(client, settings.account)
    if (settings.credits) this.prepareCredit = (instruction) => this.#creditBody(instruction)
  }

  get capabilities(): GatewayCapabilities {
    const { spacingMs, pollOutcomeMs, credits } = this.#settings
    return {
      // Keys are kept for 30 days. An account that turned out to refuse them is never sent to blindly again.
      keyRetentionMs: this.#sender.keysWork ? 29 * DAY_MS : 0,
      holdAfterLateFailureMs: 0,
      pollOutcomeMs,
      spacingMs,
      voids: 'whole payment',
      undoes: false,
      credits: credits ? ['stored_method'] : [],
      lineItems: true,
      parts: 'always',
      escrowInFullOnly: true,
      refundsPerPayment: null,
      refundWindowDays: null,
      report: 'api',
    }
  }

  /** @throws RefundError `invalid_field` when a line item is beyond one of Braintree's limits. */
  prepareRefund({ refundId, amount, lineItems }: RefundInstruction): AttemptBody {
    const body: z.input<typeof refundBodySchema> = {
      currency: amount.currency,
      transaction: {
        amount: amount.toDecimal(),
        orderId: refundId,
        merchantAccountId: this.#settings.account,
        ...(lineItems && lineItems.length > 0 && { lineItems: checkLineItems(lineItems) }),
      },
    }
    return body
  }

  prepareVoid(): AttemptBody {
    return { transaction: {} } satisfies z.input<typeof voidBodySchema>
  }

  #creditBody({ refundId, amount, target }: CreditInstruction): AttemptBody {
    if (target.kind !== 'stored_method') {
      throw new RefundError('invalid_field', { field: 'target', rule: 'Braintree pays credits to stored methods only' })
    }
    const body: z.input<typeof creditBodySchema> = {
      currency: amount.currency,
      transaction: {
        amount: amount.toDecimal(),
        orderId: refundId,
        merchantAccountId: this.#settings.account,
        paymentMethodToken: target.token,
      },
    }
    return body
  }

  submit({ operation, paymentReference, key, body }: Attempt): Promise<GatewayAnswer> {
    switch (operation) {
      case 'refund': {
        const { currency, transaction } = refundBodySchema.parse(body)
        const amount = Money.fromDecimal(transaction.amount, currency)
        return this.#sender.refund({ key, paymentReference, amount, refundId: transaction.orderId, transaction })
      }
      case 'void':
        return this.#sender.void({ key, paymentReference, ...voidBodySchema.parse(body) })
      case 'credit': {
        const { currency, transaction } = creditBodySchema.parse(body)
        const amount = Money.fromDecimal(transaction.amount, currency)
        return this.#sender.credit({ key, paymentReference: '', amount, refundId: transaction.orderId, transaction })
      }
      case 'undo':
        throw new Error('Braintree does not decide between void and refund: prepare one of them')
    }
  }

  async checkAccess(): Promise<AccessCheck> {
    try {
      // There is none of this id; that Braintree says so means that it knows us.
      await this.#client.find('refundrelaycheck')
    } catch (error) {
      if (!(error instanceof BraintreeCallError)) throw error
      if (error.type === 'authenticationError' || error.type === 'authorizationError') {
        const remedy = 'create new API keys at Braintree, and check `merchantId` and `environment`'
        return { kind: 'refused', detail: error.type, remedy }
      }
      if (error.type !== 'notFoundError') return { kind: 'unavailable', detail: error.message }
    }
    return {
      kind: 'granted',
      proven: 'the keys are of this merchant and may look transactions up',
      unproven: 'the merchant account and the right to refund: that shows only with a payment',
    }
  }

  readWebhook(delivery: WebhookDelivery): Promise<readonly GatewayEvent[]> {
    return this.#webhook.read(delivery)
  }

  lookUpPayment(paymentReference: string): Promise<LookUp<PaymentFacts>> {
    return this.#lookUp.payment(paymentReference)
  }

  lookUpRefund(query: RefundQuery): Promise<LookUp<RefundFacts>> {
    return this.#lookUp.refund(query)
  }

  reportLines(period: ReportPeriod): AsyncIterable<ReportLine> {
    return readSettlement(this.#client, this.#settings.account, period)
  }
}

function checkLineItems(lineItems: readonly LineItem[]) {
  const checked = braintreeLineItemsSchema.safeParse(lineItems)
  if (checked.success) return checked.data
  const { path, message } = checked.error.issues[0]!
  throw new RefundError('invalid_field', { field: ['lineItems', ...path].join('.'), rule: message })
}
