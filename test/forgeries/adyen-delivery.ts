import { signedDelivery } from '../emulators/adyen/webhook-item.ts'
import type { WebhookItem } from '../emulators/adyen/webhook-item.ts'
import type { Captured } from './captured.ts'

export type Item = Record<string, unknown> & {
  additionalData: Record<string, unknown>
  amount: Record<string, unknown>
}

export function itemsOf(body: string): Item[] {
  const { notificationItems } = JSON.parse(body) as { notificationItems: { NotificationRequestItem: Item }[] }
  return notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem)
}

export function itemsChanged({ path, headers, body }: Captured, change: (item: Item) => void) {
  const items = itemsOf(body)
  for (const item of items) change(item)
  return { path, headers, body: deliveryOf(items) }
}

export function deliveryOf(items: readonly object[]): string {
  return JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) })
}

export function signedAgain({ additionalData: _, ...item }: Item, key: string): string {
  return signedDelivery(item as unknown as WebhookItem, key)
}
