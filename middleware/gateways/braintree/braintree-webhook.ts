import { createHash } from 'node:crypto'
import { RefundError } from '../../errors.ts'
import type { GatewayEvent, WebhookDelivery } from '../gateway.ts'
import type { BraintreeClient } from './braintree-client.ts'
import { readNotification, unreadableEvent } from './braintree-event.ts'

/** Webhooks of the merchant: a form with `bt_signature` and `bt_payload`. Source: Braintree, "Webhooks: Parse". */
export class BraintreeWebhook {
  readonly #client: BraintreeClient
  readonly #account: string

  constructor(client: BraintreeClient, account: string) {
    this.#client = client
    this.#account = account
  }

  /** @throws RefundError `webhook_not_authentic` */
  async read({ body }: WebhookDelivery): Promise<readonly GatewayEvent[]> {
    const form = new URLSearchParams(body.toString('utf8'))
    const payload = form.get('bt_payload') ?? ''
    const notification = await this.#open(form.get('bt_signature') ?? '', payload)
    const digest = createHash('sha256').update(payload).digest('hex')
    return [notification === null ? unreadableEvent(digest) : readNotification(notification, this.#account, digest)]
  }

  /** @returns null when it is Braintree's and yet no sense can be made of it */
  async #open(signature: string, payload: string): Promise<unknown> {
    try {
      return (await this.#client.parseWebhook(signature, payload)) ?? null
    } catch (cause) {
      if ((cause as { type?: string }).type === 'invalidSignatureError') {
        throw new RefundError('webhook_not_authentic', {}, { cause })
      }
      // The SDK checks the signature before anything else, so this came from Braintree.
      return null
    }
  }
}
