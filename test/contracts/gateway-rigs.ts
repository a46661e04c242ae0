import type { Gateway, GatewayEvent } from '../../middleware/gateways/gateway.ts'
import { startAdyenClassicRig, startAdyenRig } from './gateway-rig-adyen.ts'
import { startBraintreeRig } from './gateway-rig-braintree.ts'
import { startGoCardlessRig } from './gateway-rig-gocardless.ts'

/** Faults that every local gateway knows by these names. */
export type CommonFault =
  | 'drop_before_accept'
  | 'drop_after_accept'
  | 'unreadable_answer'
  | 'empty_answer'
  | 'html_500_before'
  | 'html_500_after'
  | 'answer_without_reference'
  | 'http_429'

/** One adapter, connected to its local gateway, with one captured payment of EUR 100.00 to refund. */
export interface GatewayRig {
  readonly gateway: Gateway
  readonly paymentReference: string
  /** What the gateway's own ledger says that it took. */
  acceptedRefunds(): readonly { reference: string }[]
  faultOnNextRequest(name: CommonFault): void
  /** Nothing listens at the gateway's address any more. */
  switchOff(): Promise<void>
  /** Lets the gateway decide and tell; the events of all that it sent so far, read by the adapter. */
  events(): Promise<readonly GatewayEvent[]>
  stop(): Promise<void>
}

/** One line per gateway. */
export const GATEWAY_RIGS: readonly { name: string; start: () => Promise<GatewayRig> }[] = [
  { name: 'Adyen', start: startAdyenRig },
  { name: 'Adyen Classic', start: startAdyenClassicRig },
  { name: 'Braintree', start: startBraintreeRig },
  { name: 'Braintree without keys', start: () => startBraintreeRig({ idempotencyKeys: false }) },
  { name: 'GoCardless', start: startGoCardlessRig },
]
