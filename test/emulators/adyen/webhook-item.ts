import { createHmac } from 'node:crypto'
import type { Amount } from './ledger.ts'

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
  /** Goes out in `additionalData`, unsigned. */
  readonly action?: 'cancel' | 'refund'
}

/** What an event is about. */
export interface Told {
  readonly account: string
  readonly amount: Amount
  readonly pspReference: string
  /** The payment's; of a credit, the request's. */
  readonly originalReference: string
  readonly reference: string
  readonly reason: string
  readonly paymentMethod: string
  /** What Adyen made of a reversal; told beside the signature, not under it. */
  readonly action?: 'cancel' | 'refund'
}

export function webhookItem(told: Told, eventCode: string, success: boolean, at: number): WebhookItem {
  return {
    amount: told.amount,
    eventCode,
    eventDate: inAmsterdam(at),
    merchantAccountCode: told.account,
    merchantReference: told.reference,
    originalReference: told.originalReference,
    paymentMethod: told.paymentMethod,
    pspReference: told.pspReference,
    reason: told.reason,
    success: success ? 'true' : 'false',
    ...(told.action && { action: told.action }),
  }
}

/** Adyen's eventDate: whole seconds with its own offset, e.g. 2018-11-01T00:19:34+01:00 (winter all year here). */
function inAmsterdam(at: number): string {
  return new Date(at + 3_600_000).toISOString().replace(/\.\d{3}Z$/, '+01:00')
}

/** The whole body of a delivery, with one signed item as Adyen sends them. */
export function signedDelivery({ action, ...item }: WebhookItem, hmacKey: string): string {
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
  const additionalData = {
    hmacSignature,
    bookingDate: item.eventDate,
    ...(action && { 'modification.action': action }),
  }
  return JSON.stringify({
    live: 'false',
    notificationItems: [{ NotificationRequestItem: { additionalData, ...item } }],
  })
}
