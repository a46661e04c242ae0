import { z } from 'zod'
import { GatewayCallError } from '../gateway-http.ts'
import type {
  AccessCheck,
  Attempt,
  AttemptBody,
  Gateway,
  GatewayAnswer,
  GatewayCapabilities,
  GatewayEvent,
} from '../gateway.ts'
import type { LookUp, PaymentFacts, RefundFacts, RefundInstruction, RefundQuery, WebhookDelivery } from '../gateway.ts'
import type { ReportLine, ReportPeriod } from '../report-line.ts'
import { GoCardlessClient } from './gocardless-client.ts'
import { toMinorUnits } from './gocardless-currency.ts'
import { creditorSchema } from './gocardless-resources.ts'
import { readEvent } from './gocardless-event.ts'
import { lookUpPayment, lookUpRefund } from './gocardless-look-up.ts'
import { readPayouts } from './gocardless-report.ts'
import type { GoCardlessSettings } from './gocardless-settings.ts'
import { submitCancel, submitRefund } from './gocardless-submit.ts'
import type { CancelBody, RefundBody } from './gocardless-submit.ts'
import { GoCardlessWebhook } from './gocardless-webhook.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Direct debits: refunds of collected payments, cancellation of those that are not at the banks yet. */
export class GoCardlessGateway implements Gateway {
  readonly name = 'gocardless'
  readonly label = 'GoCardless'
  readonly capabilities: GatewayCapabilities = {
    // How long keys are kept is not documented. A re-send after that still fails on the confirmed sum, and the refund
    // is then found by its stamp.
    keyRetentionMs: 6 * DAY_MS,
    holdAfterLateFailureMs: 0,
    pollOutcomeMs: null,
    // Each refund confirms the sum of all before it, so a payment's refunds go one at a time.
    spacingMs: 1000,
    voids: 'whole payment',
    undoes: false,
    credits: [],
    lineItems: false,
    parts: 'always',
    // It was 5, then 25, and has vanished from the documentation: GoCardless says when it is reached.
    refundsPerPayment: null,
    refundWindowDays: null,
    // Younger ones are refused unless the merchant opted out.
    minimumAgeDays: 7,
    report: 'api',
  }
  readonly #account: string
  readonly #client: GoCardlessClient
  readonly #webhook: GoCardlessWebhook

  constructor(settings: GoCardlessSettings) {
    this.#account = settings.account
    this.#client = new GoCardlessClient(settings)
    this.#webhook = new GoCardlessWebhook(settings)
  }

  prepareRefund({ refundId, paymentReference, amount, alreadyRefunded }: RefundInstruction): AttemptBody {
    const body: RefundBody = {
      refunds: {
        amount: toMinorUnits(amount),
        // The vendor's guard against two writers: the sum of all refunds of this payment, this one included.
        total_amount_confirmation: toMinorUnits(alreadyRefunded.plus(amount)),
        metadata: { refund: refundId },
        links: { payment: paymentReference },
      },
    }
    return body
  }

  prepareVoid(): AttemptBody {
    // Metadata here would take the place of what the merchant keeps on the payment.
    const body: CancelBody = { data: {} }
    return body
  }

  async submit(attempt: Attempt): Promise<GatewayAnswer> {
    switch (attempt.operation) {
      case 'refund':
        return submitRefund(this.#client, attempt)
      case 'void':
        return submitCancel(this.#client, attempt)
      default:
        throw new Error(`GoCardless has no ${attempt.operation}`)
    }
  }

  async checkAccess(): Promise<AccessCheck> {
    try {
      const { can_create_refunds: mayRefund } = await this.#client.find('creditors', this.#account, creditorSchema)
      if (mayRefund === false) {
        const remedy = 'ask GoCardless to switch refunds on for this creditor'
        return { kind: 'refused', detail: 'this creditor may not create refunds', remedy }
      }
      return { kind: 'granted', proven: 'the token reads this creditor, which may create refunds' }
    } catch (error) {
      if (!(error instanceof GatewayCallError)) throw error
      const status = error.answer?.status
      if (status === undefined || status >= 500 || status === 429) return { kind: 'unavailable', detail: error.message }
      const remedy =
        status === 401
          ? 'create a new access token with read and write access and put it where `accessToken` points'
          : 'check that `account` is a creditor of the organisation that the token is of'
      return { kind: 'refused', detail: `HTTP ${status}`, remedy }
    }
  }

  readWebhook(delivery: WebhookDelivery): readonly GatewayEvent[] {
    return this.#webhook.read(delivery)
  }

  lookUpPayment(paymentReference: string): Promise<LookUp<PaymentFacts>> {
    return lookUpPayment(this.#client, this.#account, paymentReference)
  }

  lookUpRefund(query: RefundQuery): Promise<LookUp<RefundFacts>> {
    return lookUpRefund(this.#client, query)
  }

  reportLines(period: ReportPeriod): AsyncIterable<ReportLine> {
    return readPayouts(this.#client, this.#account, period)
  }

  async eventsSince(instant: string): Promise<readonly GatewayEvent[] | null> {
    const listed = (resource_type: string) =>
      this.#client.list('events', { resource_type, 'created_at[gte]': instant }, z.unknown())
    try {
      const lists = await Promise.all([listed('refunds'), listed('payments')])
      const events = lists.flatMap((list) => list.reverse().map(readEvent))
      return events.sort((one, other) => (one.occurredAt ?? '').localeCompare(other.occurredAt ?? ''))
    } catch (error) {
      if (error instanceof GatewayCallError) return null
      throw error
    }
  }
}
