import type { Readable } from 'node:stream'
import type {
  AccessCheck,
  Attempt,
  AttemptBody,
  CreditInstruction,
  Gateway,
  GatewayAnswer,
  GatewayEvent,
} from '../gateway.ts'
import type { GatewayCapabilities, RefundInstruction, VoidInstruction, WebhookDelivery } from '../gateway.ts'
import { ReportError } from '../report-line.ts'
import type { ReportLine, ReportPeriod } from '../report-line.ts'
import { checkAccess } from './adyen-access.ts'
import type { AdyenApi } from './adyen-api.ts'
import { AdyenCheckout } from './adyen-checkout.ts'
import { AdyenClassic } from './adyen-classic.ts'
import type { TechnicalCancelInstruction } from './adyen-classic.ts'
import { AdyenCredit } from './adyen-credit.ts'
import { readAccountingReport } from './adyen-report.ts'
import type { AdyenSettings } from './adyen-settings.ts'
import { AdyenWebhook } from './adyen-webhook.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** One merchant account, through Checkout or Classic; every outcome comes by standard webhook, and none can be asked for. */
export class AdyenGateway implements Gateway {
  readonly name = 'adyen'
  readonly label = 'Adyen'
  readonly capabilities: GatewayCapabilities
  /** Not there while the account has credits switched off. */
  readonly prepareCredit?: (instruction: CreditInstruction) => AttemptBody
  /** Classic only: a void by the merchant's own reference, sent as any other void. */
  readonly prepareTechnicalCancel?: (instruction: TechnicalCancelInstruction) => AttemptBody
  readonly #checkout: AdyenCheckout
  readonly #classic: AdyenClassic | null
  readonly #credit: AdyenCredit | null
  /** What new attempts are prepared for. */
  readonly #api: AdyenApi
  readonly #webhook: AdyenWebhook
  readonly #account: string
  readonly #settings: AdyenSettings

  constructor(settings: AdyenSettings) {
    const { api, classicBaseUrl, credits, captureMode } = settings
    this.#webhook = new AdyenWebhook(settings)
    this.#account = settings.account
    this.#settings = settings
    this.#checkout = new AdyenCheckout(settings)
    this.#classic = classicBaseUrl === undefined ? null : new AdyenClassic(classicBaseUrl, settings)
    // Also while credits are off: one that was stored before is still to be brought to its end.
    this.#credit = classicBaseUrl === undefined ? null : new AdyenCredit(classicBaseUrl, settings)
    this.#api = api === 'classic' ? known(this.#classic) : this.#checkout
    if (credits) this.prepareCredit = (instruction) => known(this.#credit).prepare(instruction)
    if (api === 'classic') {
      this.prepareTechnicalCancel = (instruction) => known(this.#classic).prepareTechnicalCancel(instruction)
    }
    this.capabilities = {
      // Adyen keeps keys "at least 7 days" (docs.adyen.com/development-resources/api-idempotency).
      keyRetentionMs: 6 * DAY_MS,
      // "Most of the time Adyen can fix the issue", within about 10 days.
      holdAfterLateFailureMs: 10 * DAY_MS,
      pollOutcomeMs: null,
      spacingMs: 0,
      voids: 'whole payment',
      undoes: true,
      credits: credits
        ? ['stored_method', ...(settings.sealingKey === undefined ? [] : (['bank_account'] as const))]
        : [],
      lineItems: false,
      parts: 'some ways of paying',
      referenceWantedBy: ['GrabPay'],
      refundsPerPayment: null,
      // It depends on the way of paying; Adyen says so in the webhook ("maximum period").
      refundWindowDays: null,
      report: 'file',
      captureMode,
    }
  }

  prepareRefund(instruction: RefundInstruction): AttemptBody {
    return this.#api.prepareRefund(instruction)
  }

  prepareVoid(instruction: VoidInstruction): AttemptBody {
    return this.#api.prepareWhole(instruction)
  }

  prepareUndo(instruction: VoidInstruction): AttemptBody {
    return this.#api.prepareWhole(instruction)
  }

  /** An attempt goes where it was prepared for, also after the account was set to the other API: its key is known there. */
  async submit(attempt: Attempt): Promise<GatewayAnswer> {
    if (attempt.operation === 'credit') return known(this.#credit).submit(attempt)
    return AdyenClassic.prepared(attempt.body) ? known(this.#classic).submit(attempt) : this.#checkout.submit(attempt)
  }

  checkAccess(): Promise<AccessCheck> {
    return checkAccess(this.#settings)
  }

  readWebhook(delivery: WebhookDelivery): readonly GatewayEvent[] {
    return this.#webhook.read(delivery)
  }

  /** Adyen has no call that tells what became of a refund, but a payment accounting report of every day. */
  reportLines(_period: ReportPeriod, report: Readable | null): AsyncIterable<ReportLine> {
    if (report === null) {
      throw new ReportError("Adyen's payment accounting report is needed: download it, and name it with --report FILE.")
    }
    return readAccountingReport(report, this.#account)
  }
}

function known<Api>(api: Api | null): Api {
  if (api === null) throw new Error('classicBaseUrl is missing in the configuration of this Adyen account')
  return api
}
