import { createHmac } from 'node:crypto'
import type { Amount, RefundEntry } from './ledger.ts'

/** A NotificationRequestItem, unsigned. Values are texts except the amount's. Source: Adyen's standard webhooks. */
export interface WebhookItem {
  readonly amount: Amount
  readonly eventCode: string
  readonly eventDate: string
  readonly merchantAccountCode: string
  readonly merchantReference: string
  readonly originalReference: string
  readonly paymentMethod: string
  readonly pspReference: string
  readonly reason: string
  readonly success: 'true' | 'false'
}

/** An event about one refund; its pspReference is the refund's, originalReference the payment's. */
export function refundEvent(refund: RefundEntry, eventCode: string, success: boolean, at: number): WebhookItem {
  return {
    amount: refund.amount,
    eventCode,
    eventDate: inAmsterdam(at),
    merchantAccountCode: refund.account,
    merchantReference: refund.reference,
    originalReference: refund.paymentPspReference,
    paymentMethod: 'visa',
    pspReference: refund.pspReference,
    reason: refund.reason,
    success: success ? 'true' : 'false',
  }
}

/** Adyen's eventDate: whole seconds with its own offset, e.g. 2018-11-01T00:19:34+01:00 (winter all year here). */
function inAmsterdam(at: number): string {
  return new Date(at + 3_600_000).toISOString().replace(/\.\d{3}Z$/, '+01:00')
}

/** The whole body of a delivery, with one signed item as Adyen sends them. */
export function signedDelivery(item: WebhookItem, hmacKey: string): string {
  const signed = [
    item.pspReference,
    item.originalReference,
    item.merchantAccountCode,
    item.merchantReference,
    item.amount.value,
    item.amount.currency,
    item.eventCode,
    item.success,
  ].join(':')
  const hmacSignature = createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(signed, 'utf8').digest('base64')
  const additionalData = { hmacSignature, bookingDate: item.eventDate }
  return JSON.stringify({
    live: 'false',
    notificationItems: [{ NotificationRequestItem: { additionalData, ...item } }],
  })
}
