import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { RefundError } from '../../errors.ts'
import type { GatewayEvent, WebhookDelivery } from '../gateway.ts'
import { readEvent } from './gocardless-event.ts'
import type { GoCardlessSettings } from './gocardless-settings.ts'

/** Only the frame: each event is read by itself, so that one that makes no sense holds none of the others back. */
const deliverySchema = z.object({ events: z.array(z.unknown()) })

/**
 * Webhooks of one endpoint: HMAC-SHA256 over the raw bytes, in lower-case hexadecimal, keyed with the endpoint's
 * secret as it is written. GoCardless suggests to answer a bad signature with 498, which no register of HTTP knows;
 * ours is the 401 of every other gateway: it retries after either.
 */
export class GoCardlessWebhook {
  readonly #secrets: readonly string[]

  constructor({ webhook }: Pick<GoCardlessSettings, 'webhook'>) {
    this.#secrets = webhook.secrets
  }

  /** @throws RefundError `webhook_not_authentic`, `webhook_unreadable` */
  read({ headers, body }: WebhookDelivery): readonly GatewayEvent[] {
    if (!this.#isSigned(headers['webhook-signature'], body)) throw new RefundError('webhook_not_authentic')
    return parse(body).events.map(readEvent)
  }

  #isSigned(signature: string | string[] | undefined, body: Buffer): boolean {
    if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return false
    const given = Buffer.from(signature, 'hex')
    // Every secret is tried, so that the time says nothing about which one is in use.
    return this.#secrets.filter((secret) => timingSafeEqual(hmac(secret, body), given)).length > 0
  }
}

function hmac(secret: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(body).digest()
}

function parse(body: Buffer): z.output<typeof deliverySchema> {
  try {
    return deliverySchema.parse(JSON.parse(body.toString('utf8')))
  } catch (cause) {
    throw new RefundError('webhook_unreadable', {}, { cause })
  }
}
