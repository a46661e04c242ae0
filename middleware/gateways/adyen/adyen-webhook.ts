import { createHash, timingSafeEqual } from 'node:crypto'
import hmacValidator from '@adyen/api-library/lib/src/utils/hmacValidator.js'
import { z } from 'zod'
import { RefundError } from '../../errors.ts'
import type { GatewayEvent, WebhookDelivery } from '../gateway.ts'
import { readEvent } from './adyen-event.ts'
import type { AdyenSettings } from './adyen-settings.ts'

const vendorsValidator = new hmacValidator.default()
type SignedItem = Parameters<typeof vendorsValidator.validateHMAC>[0]

/** Only the frame: what an item holds is looked at after its signature. */
const deliverySchema = z.object({
  live: z.enum(['true', 'false']),
  notificationItems: z
    .array(z.object({ NotificationRequestItem: z.looseObject({ additionalData: z.looseObject({}).optional() }) }))
    .min(1)
    .max(250),
})

type Item = z.output<typeof deliverySchema>['notificationItems'][number]['NotificationRequestItem']

/**
 * Standard webhooks of one merchant account. The signature covers eight fields only, so basic authentication is asked
 * for as well. Source: docs.adyen.com/development-resources/webhooks/verify-hmac-signatures.
 */
export class AdyenWebhook {
  readonly #account: string
  readonly #live: boolean
  readonly #hmacKeys: readonly string[]
  readonly #credentials: readonly Buffer[]

  constructor({ account, live, webhook }: Pick<AdyenSettings, 'account' | 'live' | 'webhook'>) {
    this.#account = account
    this.#live = live
    this.#hmacKeys = webhook.hmacKeys
    this.#credentials = webhook.passwords.map((password) => digest(`${webhook.username}:${password}`))
  }

  /** @throws RefundError `webhook_not_authentic`, `webhook_unreadable` */
  read({ headers, body }: WebhookDelivery): readonly GatewayEvent[] {
    if (!this.#knows(headers['authorization'])) throw new RefundError('webhook_not_authentic')
    const { live, notificationItems } = parse(body)
    const items = notificationItems.map((entry) => entry.NotificationRequestItem)
    // All or nothing: one item that is not Adyen's makes the whole delivery somebody else's.
    const isOurs = (live === 'true') === this.#live && items.every((item) => this.#isFromAdyen(item))
    if (!isOurs) throw new RefundError('webhook_not_authentic')
    return items.map((item) => readEvent(item))
  }

  #knows(authorization: string | string[] | undefined): boolean {
    const encoded = typeof authorization === 'string' ? /^basic ([\w+/=-]+)$/i.exec(authorization)?.[1] : undefined
    const given = digest(Buffer.from(encoded ?? '', 'base64').toString('utf8'))
    // Every credential is compared, so that the time says nothing about which one is in use.
    return this.#credentials.filter((known) => timingSafeEqual(known, given)).length > 0
  }

  #isFromAdyen(item: Item): boolean {
    if (item['merchantAccountCode'] !== this.#account) return false
    return this.#hmacKeys.filter((key) => isSigned(item, key)).length > 0
  }
}

/** 32 bytes as base64, spelled in the one way: the vendor's validator reads past what follows or is missing at the end. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/

/**
 * The vendor's validator throws when a signature or the amount is missing; a missing value is signed as an empty
 * text.
 */
function isSigned(item: Item, key: string): boolean {
  if (!SIGNATURE.test(String(item.additionalData?.['hmacSignature']))) return false
  try {
    return vendorsValidator.validateHMAC({ ...item, amount: item['amount'] ?? {} } as unknown as SignedItem, key)
  } catch {
    return false
  }
}

function parse(body: Buffer): z.output<typeof deliverySchema> {
  try {
    return deliverySchema.parse(JSON.parse(body.toString('utf8')))
  } catch (cause) {
    throw new RefundError('webhook_unreadable', {}, { cause })
  }
}

/** Equal lengths for the comparison in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
