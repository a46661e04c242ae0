import { openGatewayServer } from '../gateway-server.ts'
import { answerOnWire } from './answer.ts'
import { Company } from './company.ts'
import type { PaymentOptions } from './company.ts'
import { Faults } from './faults.ts'
import type { RequestFault, WebhookFault } from './faults.ts'
import { Ledger } from './ledger.ts'
import type { CreditEntry, LedgerEntry, RefundEntry, RefundOutcome, RefundStep } from './ledger.ts'
import { localActions } from './local-action.ts'
import { localPage } from './page.ts'
import { accountingReport } from './report.ts'
import { routeOf } from './routes.ts'
import { Schedule } from './schedule.ts'
import { WebhookSender } from './webhook-sender.ts'
import type { Delivery, WebhookAccount } from './webhook-sender.ts'

export interface LocalAdyenOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** Where the ledger is kept; none: memory only. */
  readonly directory?: string
  readonly apiKey: string
  readonly accounts: readonly WebhookAccount[]
  /** Between taking a refund and deciding it, by the local clock. */
  readonly outcomeDelayMs?: number
  /** Decisions and webhooks at the same time; one when left out. */
  readonly tasksAtOnce?: number
  /** How long the fault `slow` takes; longer than the middleware's answer, shorter than a callout. */
  readonly slowMs?: number
}

export interface LocalAdyen {
  readonly url: string
  close(): Promise<void>
  /** @returns the pspReference of the payment */
  addPayment(options: PaymentOptions): string
  /** Everything that happened to money, oldest first. */
  ledger(): readonly LedgerEntry[]
  /** Refunds that Adyen took, of one payment or of all. */
  acceptedRefunds(pspReference?: string): readonly RefundEntry[]
  /** The first entry of this kind, now or as soon as it is there. */
  until(step: RefundStep, pspReference?: string): Promise<RefundEntry>
  faultOnNextRequest(name: RequestFault, times?: number): void
  webhookFault(name: WebhookFault): void
  /** Down: API calls are reset before they are read, and no webhook leaves. */
  setDown(down: boolean): void
  advanceClock(ms: number): void
  /** Returns when every answer has left and everything due was delivered, or tried. */
  settleWebhooks(): Promise<void>
  /** Every HTTP attempt, oldest first. */
  deliveries(): readonly Delivery[]
  /** REFUND_FAILED for a refund that was sent. */
  failRefund(pspReference: string): void
  /** REFUNDED_REVERSED for a refund that was sent. */
  reverseRefund(pspReference: string): void
  /** A second REFUND with success for a refund that failed. */
  repairRefund(pspReference: string): void
  /**
   * A refund made in the gateway's own console; decided and told as any other.
   * @param value minor units; the whole payment when left out
   */
  refundInConsole(paymentPspReference: string, value?: number): void
  /** What becomes of this payment's refunds from now on. */
  decideRefunds(paymentPspReference: string, outcome: RefundOutcome): void
  /** Credits that Adyen took: money without a payment. */
  acceptedCredits(): readonly CreditEntry[]
  /** CAPTURE of what is not captured yet, or of a part; refunds of a direct debit that waited for it go on. */
  capture(paymentPspReference: string, value?: number): void
  /** CAPTURE_FAILED: what was captured is gone again. */
  captureFailed(paymentPspReference: string, value?: number): void
  /** CHARGEBACK of all that was captured, or of a part. @returns the dispute's pspReference */
  chargeback(paymentPspReference: string, value?: number): string
  /** NOTIFICATION_OF_CHARGEBACK; a chargeback that follows is of the same dispute. @returns its pspReference */
  announceChargeback(paymentPspReference: string, value?: number): string
  /** CHARGEBACK_REVERSED. @param reference the dispute's, or its payment's */
  reverseChargeback(reference: string): void
  /** The payment accounting report of one day of an account, CSV; the same that its address under /reports/ serves. */
  accountingReport(account: string, day: string): string
  /** Somebody made a new key in the portal, and took the old one away. */
  changeApiKey(key: string): void
}

/**
 * A company account at Adyen with its merchant accounts, on this machine: the Checkout and Classic APIs, a ledger,
 * webhooks, and a page.
 */
export async function startLocalAdyen(options: LocalAdyenOptions): Promise<LocalAdyen> {
  const ledger = new Ledger(options.directory)
  const faults = new Faults()
  const schedule: Schedule = new Schedule(
    ledger,
    async (task) => (task.work.kind === 'deliver' ? sender.work(task.work) : company.work(task)),
    options.tasksAtOnce,
  )
  const sender = new WebhookSender(options.accounts, schedule)
  const company = new Company(ledger, schedule, faults, options.outcomeDelayMs ?? 0)
  const accounts = options.accounts.map(({ name }) => name)
  const inFlight = new Set<string>()
  const state = { ledger, schedule, company, apiKey: options.apiKey, accounts, inFlight }

  const adyen: Omit<LocalAdyen, 'url' | 'close'> = {
    addPayment: (payment) => company.addPayment({ ...payment, account: payment.account ?? accounts[0]! }),
    ledger: () => [...ledger.entries],
    acceptedRefunds: (payment) => refundsIn(ledger.entries, 'accepted').filter((entry) => isOf(entry, payment)),
    until: (step, payment) => ledger.until((entries) => refundsIn(entries, step).find((entry) => isOf(entry, payment))),
    faultOnNextRequest: (name, times = 1) => faults.onNextRequest(name, times),
    webhookFault: (name) => faults.onNextWebhook(name),
    setDown: (down) => {
      schedule.paused = down
      schedule.arm()
    },
    advanceClock: (ms) => schedule.advance(ms),
    settleWebhooks: () => schedule.settle(),
    deliveries: () => [...sender.deliveries],
    failRefund: (refund) => changed(() => company.refunds.failAtBank(refund)),
    reverseRefund: (refund) => changed(() => company.refunds.reverse(refund)),
    repairRefund: (refund) => changed(() => company.refunds.repair(refund)),
    refundInConsole: (payment, value) => changed(() => company.refundInConsole(payment, value)),
    decideRefunds: (payment, outcome) => changed(() => company.decideRefunds(payment, outcome)),
    acceptedCredits: () => ledger.entries.filter((entry): entry is CreditEntry => entry.kind === 'credit accepted'),
    capture: (payment, value) => changed(() => company.capture(payment, value)),
    captureFailed: (payment, value) => changed(() => company.captureFailed(payment, value)),
    chargeback: (payment, value) => changed(() => company.chargeback(payment, value)),
    announceChargeback: (payment, value) => changed(() => company.announceChargeback(payment, value)),
    reverseChargeback: (reference) => changed(() => company.disputes.reverse(reference)),
    accountingReport: (account, day) => accountingReport(ledger, account, day),
    changeApiKey: (key) => void (state.apiKey = key),
  }

  function changed<Result>(change: () => Result): Result {
    const result = change()
    schedule.arm()
    return result
  }

  const seen = { ledger, schedule, deliveries: sender.deliveries }
  const server = await openGatewayServer({
    label: 'Adyen',
    port: options.port,
    answerApi: async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      const report = REPORT_PATH.exec(path)
      if (report && request.method === 'GET') {
        const [, account, ...day] = report
        response
          .writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment' })
          .end(accountingReport(ledger, decodeURIComponent(account!), day.join('-')))
        return true
      }
      const route = request.method === 'POST' ? routeOf(path) : null
      if (route) await answerOnWire(state, faults, options.slowMs ?? 7000, { ...route, path }, request, response)
      return route !== null
    },
    local: localActions(adyen, seen),
    page: () => localPage(seen),
  })
  schedule.arm()
  return {
    ...adyen,
    url: server.url,
    async close() {
      server.close()
      await schedule.stop()
      ledger.close()
    },
  }
}

/** As in the Customer Area, for whoever is logged in there. */
const REPORT_PATH =
  /^\/reports\/download\/MerchantAccount\/([^/]+)\/payments_accounting_report_(\d{4})_(\d{2})_(\d{2})\.csv$/

function refundsIn(entries: readonly LedgerEntry[], step: RefundStep): RefundEntry[] {
  return entries.filter((entry): entry is RefundEntry => entry.kind === `refund ${step}`)
}

function isOf(entry: RefundEntry, reference: string | undefined): boolean {
  return reference === undefined || entry.paymentPspReference === reference || entry.pspReference === reference
}
