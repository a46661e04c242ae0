import { COMMON_FAULT_LABELS, COMMON_WEBHOOK_FAULTS, GatewayFaults } from '../gateway-faults.ts'
import type { RequestFault } from '../gateway-faults.ts'

export { REQUEST_FAULTS } from '../gateway-faults.ts'
export type { RequestFault } from '../gateway-faults.ts'

/** Faults of the next webhook. */
export const WEBHOOK_FAULTS = [
  ...COMMON_WEBHOOK_FAULTS,
  /** The first attempt carries another payload than was signed; the next ones are genuine. */
  'tamper_payload',
] as const
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number]

/** What a person is offered on the page. */
export const FAULT_LABELS: Readonly<Record<RequestFault | WebhookFault, string>> = {
  ...COMMON_FAULT_LABELS,
  tamper_payload: 'Next webhook: its content is forged at first',
}

/** Faults asked for and not yet had. */
export class Faults extends GatewayFaults<WebhookFault> {}
