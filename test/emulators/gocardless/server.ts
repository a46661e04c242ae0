import type { RequestFault } from '../gateway-faults.ts'
import { openGatewayServer } from '../gateway-server.ts'
import { answerApi } from './answer.ts'
import { Faults } from './faults.ts'
import type { ReadFault, WebhookFault } from './faults.ts'
import { Ledger, Schedule } from './ledger.ts'
import type { DeliverWork, LedgerEntry, RefundEntry } from './ledger.ts'
import { localActions } from './local-action.ts'
import { Organisation } from './organisation.ts'
import type { PaymentOptions } from './organisation.ts'
import { localPage } from './page.ts'
import { payOut } from './payouts.ts'
import type { RefundRules } from './refunds-action.ts'
import { simulate } from './simulators.ts'
import { WebhookSender } from './webhook-sender.ts'
import type { Delivery, WebhookEndpoint } from './webhook-sender.ts'

const CURRENCIES = ['AUD', 'CAD', 'DKK', 'EUR', 'GBP', 'NZD', 'SEK', 'USD']
/** Minor units of each currency, for a creditor of whom nothing else is said. */
const PLENTY = 10_000_000_00

export interface LocalGoCardlessOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** Where the ledger is kept; none: memory only. */
  readonly directory?: string
  readonly accessToken: string
  readonly creditors: readonly {
    readonly id: string
    readonly canCreateRefunds?: boolean
    /** Minor units by currency; plenty of each when left out. */
    readonly confirmedFunds?: Readonly<Record<string, number>>
  }[]
  readonly webhook: WebhookEndpoint
  /** Between taking a refund and paying it, by the local clock. */
  readonly outcomeDelayMs?: number
  /** Decisions and webhooks at the same time; one when left out. */
  readonly tasksAtOnce?: number
  /** How long the fault `slow` takes; longer than the middleware's answer, shorter than a callout. */
  readonly slowMs?: number
}

export interface LocalGoCardless {
  readonly url: string
  close(): Promise<void>
  /** @returns the id of the payment */
  addPayment(options: PaymentOptions): string
  /** Everything that happened to money, oldest first. */
  ledger(): readonly LedgerEntry[]
  /** Refunds that GoCardless took, of one payment, by their own id, or all. */
  acceptedRefunds(id?: string): readonly RefundEntry[]
  /** The first refund taken, now or as soon as it is there. */
  untilAccepted(payment?: string): Promise<RefundEntry>
  /** For calls that move money: refunds and cancels. */
  faultOnNextRequest(name: RequestFault, times?: number): void
  faultOnNextRead(name: ReadFault, times?: number): void
  webhookFault(name: WebhookFault): void
  /** Down: API calls are reset before they are read, and no webhook leaves. */
  setDown(down: boolean): void
  advanceClock(ms: number): void
  /** Returns when every answer has left and everything due was delivered, or tried. */
  settleWebhooks(): Promise<void>
  /** Every HTTP attempt, oldest first. */
  deliveries(): readonly Delivery[]
  /** Runs one of SIMULATORS on a payment or refund. @throws RangeError */
  simulate(name: string, resource: string): void
  /** The payer tells the bank that the payment's mandate was never given. */
  disputeMandate(payment: string): void
  changeCreditor(id: string, changes: { canCreateRefunds?: boolean; confirmedFunds?: Record<string, number> }): void
  setKeyOrder(order: RefundRules['keyOrder']): void
  setMaxRefunds(count: number): void
  /** Pays out what was collected since the last time, less refunds, chargebacks and fees. @returns ids, one for each currency */
  payOut(creditor?: string): string[]
  /** A refund made in the gateway's own dashboard. @returns its id */
  refundInDashboard(payment: string, amount: number): string
}

/** An organisation at GoCardless with its creditors, on this machine: the API, a ledger, webhooks, and a page. */
export async function startLocalGoCardless(options: LocalGoCardlessOptions): Promise<LocalGoCardless> {
  const ledger = new Ledger(options.directory)
  const faults = new Faults()
  const schedule: Schedule = new Schedule(
    ledger,
    async (task) =>
      task.work.kind === 'deliver' ? sender.work({ ...task, work: task.work as DeliverWork }) : organisation.work(task),
    options.tasksAtOnce,
  )
  const organisation = new Organisation(ledger, schedule, faults, options.outcomeDelayMs ?? 0)
  const sender = new WebhookSender(options.webhook, organisation)
  const rules: RefundRules = { keyOrder: 'key_before_body', maxRefunds: 25 }
  const api = { organisation, faults, rules, accessToken: options.accessToken, slowMs: options.slowMs ?? 7000 }
  const plenty = Object.fromEntries(CURRENCIES.map((currency) => [currency, PLENTY]))
  for (const { id, canCreateRefunds = true, confirmedFunds = plenty } of options.creditors) {
    if (ledger.creditors.has(id)) continue
    ledger.record({ kind: 'creditor', at: organisation.at(), id, canCreateRefunds, confirmedFunds })
  }

  const accepted = (id?: string) =>
    ledger.entries.filter(
      (entry): entry is RefundEntry =>
        entry.kind === 'refund accepted' && (id === undefined || entry.payment === id || entry.id === id),
    )
  const paymentOf = (id: string) => {
    const payment = ledger.payments.get(id)
    if (!payment) throw new RangeError(`there is no payment ${id}`)
    return payment
  }
  const goCardless: Omit<LocalGoCardless, 'url' | 'close'> = {
    addPayment: (payment) =>
      organisation.addPayment({ ...payment, creditor: payment.creditor ?? options.creditors[0]!.id }),
    ledger: () => [...ledger.entries],
    acceptedRefunds: accepted,
    untilAccepted: (payment) => ledger.until(() => accepted(payment)[0]),
    faultOnNextRequest: (name, times = 1) => faults.onNextRequest(name, times),
    faultOnNextRead: (name, times = 1) => faults.onNextRead(name, times),
    webhookFault: (name) => faults.onNextWebhook(name),
    setDown: (down) => {
      schedule.paused = down
      schedule.arm()
    },
    advanceClock: (ms) => schedule.advance(ms),
    settleWebhooks: () => schedule.settle(),
    deliveries: () => [...sender.deliveries],
    simulate: (name, resource) => simulate(organisation, name, resource),
    disputeMandate: (payment) =>
      organisation.changeMandate(paymentOf(payment).mandate, 'cancelled', 'authorisation_disputed'),
    changeCreditor: (id, changes) => organisation.changeCreditor(id, changes),
    setKeyOrder: (order) => {
      rules.keyOrder = order
    },
    setMaxRefunds: (count) => {
      rules.maxRefunds = count
    },
    payOut: (creditor = options.creditors[0]!.id) => {
      const payouts = payOut(ledger, creditor, organisation.at())
      if (payouts.length > 0) ledger.record(...payouts)
      return payouts.map(({ id }) => id)
    },
    refundInDashboard: (id, amount) => {
      const payment = paymentOf(id)
      const made = organisation.createRefund({ payment, amount, metadata: {}, reference: null, key: undefined })
      schedule.arm()
      return made.refund.id
    },
  }

  const seen = { ledger, schedule, deliveries: sender.deliveries }
  const server = await openGatewayServer({
    label: 'GoCardless',
    port: options.port,
    answerApi: (request, response) => answerApi(api, request, response),
    local: localActions(goCardless, faults, seen),
    page: () => localPage(seen),
  })
  schedule.arm()
  return {
    ...goCardless,
    url: server.url,
    async close() {
      server.close()
      await schedule.stop()
      ledger.close()
    },
  }
}
