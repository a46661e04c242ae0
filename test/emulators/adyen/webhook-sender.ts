import type { WorkResult } from '../gateway-schedule.ts'
import { postWebhook } from '../gateway-wire.ts'
import type { DeliverWork, Work } from './ledger.ts'
import type { Schedule } from './schedule.ts'
import { signedDelivery } from './webhook-item.ts'

/** Where and how a merchant account is told. */
export interface WebhookAccount {
  readonly name: string
  /** Hexadecimal. */
  readonly hmacKey: string
  readonly webhook: { readonly url: string | (() => string); readonly username: string; readonly password: string }
}

/** One HTTP attempt. */
export interface Delivery {
  readonly at: string
  readonly eventCode: string
  readonly pspReference: string
  readonly attempt: number
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  readonly body: string
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Three early attempts, then a queue; every 8 hours at last, for 30 days. Source: Adyen, "Handle webhook events". */
const RETRY_AFTER_MS = [
  ...[9, 18, 27].map((seconds) => seconds * SECOND_MS),
  ...[2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8].map((hours) => hours * HOUR_MS),
]
const GIVE_UP_AFTER = RETRY_AFTER_MS.length + 3 * 30

/** Tells the merchant, signed and with basic authentication, until a 2xx comes back. */
export class WebhookSender {
  readonly deliveries: Delivery[] = []
  readonly #accounts: readonly WebhookAccount[]
  readonly #schedule: Schedule

  constructor(accounts: readonly WebhookAccount[], schedule: Schedule) {
    this.#accounts = accounts
    this.#schedule = schedule
  }

  async work(work: DeliverWork): Promise<WorkResult<Work>> {
    const account = this.#accounts.find(({ name }) => name === work.account)
    if (!account) return 'done'
    const attempt = work.attempts + 1
    const genuine = signedDelivery(work.item, account.hmacKey)
    const tampered = work.fault === 'tamper_amount' && attempt === 1
    const taken = await this.#send(account, work, tampered ? withOtherAmount(genuine) : genuine)
    if (taken && work.fault === 'deliver_twice' && attempt === 1) await this.#send(account, work, genuine)
    if (taken) {
      this.#schedule.releaseOvertaken()
      return 'done'
    }
    if (attempt > GIVE_UP_AFTER) return 'done'
    const delay = RETRY_AFTER_MS[work.attempts] ?? 8 * HOUR_MS
    return { dueAt: this.#schedule.now() + delay, work: { ...work, attempts: attempt } }
  }

  async #send({ webhook }: WebhookAccount, { item, attempts }: DeliverWork, body: string): Promise<boolean> {
    const credentials = Buffer.from(`${webhook.username}:${webhook.password}`).toString('base64')
    const headers = { 'content-type': 'application/json', authorization: `Basic ${credentials}` }
    const status = await postWebhook(webhook.url, headers, body)
    this.deliveries.push({
      at: new Date(this.#schedule.now()).toISOString(),
      eventCode: item.eventCode,
      pspReference: item.pspReference,
      attempt: attempts + 1,
      status,
      body,
    })
    return status !== null && status >= 200 && status < 300
  }
}

function withOtherAmount(body: string): string {
  return body.replace(/"value":(\d+)/, (_, value: string) => `"value":${Number(value) + 1}`)
}
