import { createHash, createHmac } from 'node:crypto'
import type { WorkResult } from '../gateway-schedule.ts'
import { postWebhook } from '../gateway-wire.ts'
import type { DeliverWork, Told, Work } from './ledger.ts'
import type { Schedule } from './merchant.ts'
import { notificationXml } from './xml.ts'

export interface WebhookKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** One HTTP attempt. */
export interface Delivery {
  readonly at: string
  readonly kind: string
  readonly reference: string
  readonly attempt: number
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  readonly body: string
}

const HOUR_MS = 60 * 60 * 1000
/** Hourly for a day. Source: Braintree, "Webhooks". */
const GIVE_UP_AFTER = 24

/** Tells the merchant, signed, until a 2xx comes back. */
export class WebhookSender {
  readonly deliveries: Delivery[] = []
  readonly #url: string | (() => string)
  readonly #keys: WebhookKeys
  readonly #schedule: Schedule

  constructor(url: string | (() => string), keys: WebhookKeys, schedule: Schedule) {
    this.#url = url
    this.#keys = keys
    this.#schedule = schedule
  }

  async work(work: DeliverWork): Promise<WorkResult<Work>> {
    const attempt = work.attempts + 1
    const genuine = signedForm(work.told, this.#keys)
    const forged = work.fault === 'tamper_payload' && attempt === 1
    const taken = await this.#send(work.told, attempt, forged ? withOtherPayload(genuine) : genuine)
    if (taken && work.fault === 'deliver_twice' && attempt === 1) await this.#send(work.told, attempt, genuine)
    if (taken) {
      this.#schedule.releaseOvertaken()
      return 'done'
    }
    if (attempt > GIVE_UP_AFTER) return 'done'
    return { dueAt: this.#schedule.now() + HOUR_MS, work: { ...work, attempts: attempt } }
  }

  async #send({ kind, reference }: Told, attempt: number, form: URLSearchParams): Promise<boolean> {
    const body = form.toString()
    const status = await postWebhook(this.#url, { 'content-type': 'application/x-www-form-urlencoded' }, body)
    const at = new Date(this.#schedule.now()).toISOString()
    this.deliveries.push({ at, kind, reference, attempt, status, body })
    return status !== null && status >= 200 && status < 300
  }
}

/** HMAC-SHA1 of the payload under the SHA1 of the private key. Source: Braintree, "Webhooks: Parse". */
function signedForm({ kind, timestamp, subject }: Told, { publicKey, privateKey }: WebhookKeys): URLSearchParams {
  const payload = `${Buffer.from(notificationXml(kind, timestamp, subject)).toString('base64')}\n`
  const key = createHash('sha1').update(privateKey).digest()
  const digest = createHmac('sha1', key).update(payload).digest('hex')
  return new URLSearchParams({ bt_signature: `${publicKey}|${digest}`, bt_payload: payload })
}

function withOtherPayload(form: URLSearchParams): URLSearchParams {
  const xml = Buffer.from(form.get('bt_payload')!, 'base64').toString('utf8')
  const payload = `${Buffer.from(xml.replace(/<amount>\d/, '<amount>9')).toString('base64')}\n`
  return new URLSearchParams({ bt_signature: form.get('bt_signature')!, bt_payload: payload })
}
