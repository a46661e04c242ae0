import { z } from 'zod'
import { AdyenGateway } from './adyen/adyen-gateway.ts'
import { adyenSettingsSchema } from './adyen/adyen-settings.ts'
import { BraintreeGateway } from './braintree/braintree-gateway.ts'
import { braintreeSettingsSchema } from './braintree/braintree-settings.ts'
import type { Gateway } from './gateway.ts'
import { GoCardlessGateway } from './gocardless/gocardless-gateway.ts'
import { goCardlessSettingsSchema } from './gocardless/gocardless-settings.ts'

/** One line per gateway: what an entry of `gatewayAccounts` holds. */
export const gatewaySettingsSchema = z.discriminatedUnion('gateway', [
  adyenSettingsSchema,
  braintreeSettingsSchema,
  goCardlessSettingsSchema,
])

export type GatewaySettings = z.output<typeof gatewaySettingsSchema>
type SettingsOf<Name extends GatewaySettings['gateway']> = Extract<GatewaySettings, { gateway: Name }>

/** One line per gateway: what speaks to it. */
const GATEWAYS: { readonly [Name in GatewaySettings['gateway']]: new (settings: SettingsOf<Name>) => Gateway } = {
  adyen: AdyenGateway,
  braintree: BraintreeGateway,
  gocardless: GoCardlessGateway,
}

/** One connection to one account of a gateway. */
export function openGateway(settings: GatewaySettings): Gateway {
  // The table's type guarantees that the constructor found under a name takes that name's settings.
  const Connection = GATEWAYS[settings.gateway] as new (settings: GatewaySettings) => Gateway
  return new Connection(settings)
}
