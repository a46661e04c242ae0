import type { Gateway } from '../gateways/gateway.ts'

const DAY_MS = 86_400_000

/**
 * Milliseconds until somebody looks after a refund that the gateway has: as often as its outcomes want, and once a day where a webhook
 * tells them, for a webhook may be lost. It never ends by itself.
 */
export function outcomeLookMs(gateway: Gateway): number {
  return gateway.capabilities.pollOutcomeMs ?? DAY_MS
}
