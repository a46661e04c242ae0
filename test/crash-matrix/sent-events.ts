import type { LocalWorld } from '../emulators/local-world.ts'
import type { SentEvent } from './connection.ts'

/** Every event that a gateway has tried to tell, by the identity that it must have in the middleware. */
export function sentEvents(world: LocalWorld): SentEvent[] {
  const taken = new Map<string, boolean>()
  const tried = (identity: string, status: number | null) =>
    taken.set(identity, taken.get(identity) === true || (status !== null && status >= 200 && status < 300))
  for (const { eventCode, pspReference, status } of world.adyen.deliveries())
    tried(`${eventCode}:${pspReference}:`, status)
  for (const { kind, reference, status } of world.braintree.deliveries()) tried(`${kind}:${reference}:`, status)
  for (const { events, status } of world.goCardless.deliveries()) for (const event of events) tried(event, status)
  return [...taken].map(([identity, isTaken]) => ({ identity, isTaken }))
}

/** So that what was refused is sent again: longer than any of them waits between its first attempts. */
const REDELIVERY_MS = 61 * 60_000

export function redeliver(world: LocalWorld): void {
  for (const gateway of [world.adyen, world.braintree, world.goCardless]) gateway.advanceClock(REDELIVERY_MS)
}
