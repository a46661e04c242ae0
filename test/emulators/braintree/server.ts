import { openGatewayServer } from '../gateway-server.ts'
import { answerApi } from './answer.ts'
import { Faults } from './faults.ts'
import type { RequestFault, WebhookFault } from './faults.ts'
import { Ledger } from './ledger.ts'
import type { Dispute, LedgerEntry, Step, Transaction } from './ledger.ts'
import { localActions } from './local-action.ts'
import { Merchant, Schedule } from './merchant.ts'
import type { MerchantAccount, TransactionOptions } from './merchant.ts'
import { localPage } from './page.ts'
import { WebhookSender } from './webhook-sender.ts'
import type { Delivery } from './webhook-sender.ts'
import type { ValidationError } from './xml.ts'

export interface LocalBraintreeOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** Where the ledger is kept; none: memory only. */
  readonly directory?: string
  readonly merchantId: string
  readonly publicKey: string
  readonly privateKey: string
  readonly merchantAccounts: readonly MerchantAccount[]
  readonly webhook: { readonly url: string | (() => string) }
  /** What credits may be paid to. */
  readonly paymentMethodTokens?: readonly string[]
  /** Between taking a refund and settling it, by the local clock. */
  readonly settleAfterMs?: number
  /** How far the index of the search lags behind. */
  readonly searchLagMs?: number
  /** Decisions and webhooks at the same time; one when left out. */
  readonly tasksAtOnce?: number
  /** How long the fault `slow` takes; longer than the middleware's answer, shorter than a callout. */
  readonly slowMs?: number
}

export interface LocalBraintree {
  readonly url: string
  close(): Promise<void>
  /** @returns the id of the payment */
  addTransaction(options: TransactionOptions): string
  find(id: string): Transaction | undefined
  /** Everything that happened to money, oldest first. */
  ledger(): readonly LedgerEntry[]
  /** Refunds and credits that Braintree took, of one payment (or one refund) or of all. */
  acceptedRefunds(id?: string): readonly LedgerEntry[]
  /** The first entry of this kind, now or as soon as it is there; by the payment's or the refund's id. */
  until(step: Step, id?: string): Promise<LedgerEntry>
  faultOnNextRequest(name: RequestFault, times?: number): void
  /** The next call that would move money gets these validation errors. */
  refuseNext(...errors: ValidationError[]): void
  webhookFault(name: WebhookFault): void
  /** Down: API calls are reset before they are read, and no webhook leaves. */
  setDown(down: boolean): void
  advanceClock(ms: number): void
  /** Returns when every answer has left, everything due was settled, and told, or tried. */
  settleWebhooks(): Promise<void>
  /** Every HTTP attempt, oldest first. */
  deliveries(): readonly Delivery[]
  settle(id: string): void
  /** Also of what was settled already: the bank returned it. */
  declineSettlement(id: string): void
  /** The processor refuses a refund afterwards: refund_failed. */
  failRefund(id: string): void
  /** From now on the bank declines the refunds of this payment: 2004. */
  expireCard(id: string): void
  /** The whole payment when left out. @returns the dispute's id */
  openDispute(paymentId: string, options?: Partial<Pick<Dispute, 'kind' | 'amount'>>): string
  closeDispute(id: string, outcome: 'won' | 'lost'): void
  /** A refund made in the Control Panel: the payment's order id is copied. @returns its id */
  refundInConsole(paymentId: string, amount: string): string
}

/** A merchant at Braintree with its merchant accounts, on this machine: the server API, a ledger, webhooks, a page. */
export async function startLocalBraintree(options: LocalBraintreeOptions): Promise<LocalBraintree> {
  const { merchantId, publicKey, privateKey, merchantAccounts, paymentMethodTokens = ['local-token'] } = options
  const ledger = new Ledger(options.directory)
  const faults = new Faults()
  const schedule: Schedule = new Schedule(
    ledger,
    async (task) => (task.work.kind === 'deliver' ? sender.work(task.work) : merchant.work(task)),
    options.tasksAtOnce,
  )
  const sender = new WebhookSender(options.webhook.url, { publicKey, privateKey }, schedule)
  const merchant = new Merchant(merchantAccounts, ledger, schedule, faults, options.settleAfterMs ?? 0)
  const refusals: ValidationError[][] = []
  const api = {
    ...{ ledger, faults, schedule, merchant, merchantId, publicKey, privateKey, paymentMethodTokens, refusals },
    slowMs: options.slowMs ?? 7000,
    searchLagMs: options.searchLagMs ?? 0,
    inFlight: new Set<string>(),
  }

  const braintree: Omit<LocalBraintree, 'url' | 'close'> = {
    addTransaction: (payment) => changed(() => merchant.addTransaction(payment)),
    find: (id) => ledger.transactions.get(id),
    ledger: () => [...ledger.entries],
    acceptedRefunds: (id) =>
      ledger.entries.filter((entry) => ['refund accepted', 'credit accepted'].includes(entry.kind) && isOf(entry, id)),
    until: (step, id) => ledger.until((entries) => entries.find((entry) => entry.kind === step && isOf(entry, id))),
    faultOnNextRequest: (name, times = 1) => faults.onNextRequest(name, times),
    refuseNext: (...errors) => void refusals.push(errors),
    webhookFault: (name) => faults.onNextWebhook(name),
    setDown: (down) => {
      schedule.paused = down
      schedule.arm()
    },
    advanceClock: (ms) => schedule.advance(ms),
    settleWebhooks: () => schedule.settle(),
    deliveries: () => [...sender.deliveries],
    settle: (id) => void changed(() => merchant.settle(id)),
    declineSettlement: (id) => void changed(() => merchant.decline(id)),
    failRefund: (id) => void changed(() => merchant.fail(id)),
    expireCard: (id) => void changed(() => merchant.expireCard(id)),
    openDispute: (id, dispute) => changed(() => merchant.openDispute(id, dispute)),
    closeDispute: (id, outcome) => changed(() => merchant.closeDispute(id, outcome)),
    refundInConsole: (id, amount) => {
      const payment = ledger.transactions.get(id)
      if (!payment) throw new Error(`there is no payment ${id}`)
      const asked = { amount, orderId: payment.orderId, lineItems: [] }
      return changed(() => merchant.refund(payment, asked, () => [])).refund.id
    },
  }

  function changed<Result>(change: () => Result): Result {
    const result = change()
    schedule.arm()
    return result
  }

  const seen = { ledger, schedule, deliveries: sender.deliveries }
  const server = await openGatewayServer({
    label: 'Braintree',
    port: options.port,
    answerApi: async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      const isOurs = path.startsWith('/merchants/')
      if (isOurs) await answerApi(api, path, request, response)
      return isOurs
    },
    local: localActions(braintree, seen),
    page: () => localPage(seen),
  })
  schedule.arm()
  return {
    ...braintree,
    url: server.url,
    async close() {
      server.close()
      await schedule.stop()
      ledger.close()
    },
  }
}

function isOf({ reference, transaction }: LedgerEntry, id: string | undefined): boolean {
  return id === undefined || reference === id || transaction.refundedTransactionId === id
}
