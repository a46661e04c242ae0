import { createHmac } from 'node:crypto'
import type { Task, WorkResult } from '../gateway-schedule.ts'
import { postWebhook } from '../gateway-wire.ts'
import type { DeliverWork, GoCardlessEvent, Work } from './ledger.ts'
import type { Organisation } from './organisation.ts'

export interface WebhookEndpoint {
  readonly url: string | (() => string)
  readonly secret: string
}

/** One HTTP attempt. */
export interface Delivery {
  readonly at: string
  readonly events: readonly string[]
  readonly attempt: number
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  readonly body: string
}

const MINUTE_MS = 60_000

/** Eight more attempts at growing intervals; the vendor does not say which. */
const RETRY_AFTER_MS = [1, 5, 15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS)

/** Tells the merchant, many events at once, signed, until a 2xx comes back. */
export class WebhookSender {
  readonly deliveries: Delivery[] = []
  readonly #endpoint: WebhookEndpoint
  readonly #organisation: Organisation

  constructor(endpoint: WebhookEndpoint, organisation: Organisation) {
    this.#endpoint = endpoint
    this.#organisation = organisation
  }

  async work({ id, work }: Task<Work> & { work: DeliverWork }): Promise<WorkResult<Work>> {
    const { schedule, ledger, sending } = this.#organisation
    sending.add(id)
    try {
      const events = work.events.map((event) => ledger.events.get(event)!)
      const taken = await this.#send(work, signed(events, work, this.#endpoint.secret))
      if (taken && work.fault === 'deliver_twice' && work.attempts === 0) {
        await this.#send(work, signed(events, work, this.#endpoint.secret))
      }
      if (taken) {
        schedule.releaseOvertaken()
        return 'done'
      }
      const delay = RETRY_AFTER_MS[work.attempts]
      if (delay === undefined) return 'done'
      return { dueAt: schedule.now() + delay, work: { ...work, attempts: work.attempts + 1 } }
    } finally {
      sending.delete(id)
    }
  }

  async #send(work: DeliverWork, { body, signature }: { body: string; signature: string }): Promise<boolean> {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'gocardless-webhook-service/1.1',
      'webhook-signature': signature,
    }
    const status = await postWebhook(this.#endpoint.url, headers, body)
    const at = this.#organisation.at()
    this.deliveries.push({ at, events: work.events, attempt: work.attempts + 1, status, body })
    return status !== null && status >= 200 && status < 300
  }
}

/** The whole body, and its signature: lower-case hexadecimal, keyed with the secret as it is written. */
export function signedBatch(events: readonly unknown[], secret: string): { body: string; signature: string } {
  const body = JSON.stringify({ events, meta: { webhook_id: 'WB000LOCAL' } })
  return { body, signature: createHmac('sha256', secret).update(body, 'utf8').digest('hex') }
}

function signed(events: readonly GoCardlessEvent[], { fault, attempts }: DeliverWork, secret: string) {
  if (fault === 'poison_event') return signedBatch([...events, { id: 'EVPOISON', links: 'none', action: 7 }], secret)
  const genuine = signedBatch(events, secret)
  if (fault !== 'tamper_body' || attempts > 0) return genuine
  return { ...genuine, body: genuine.body.replace(/"action":"\w+"/, '"action":"paid_twice"') }
}
