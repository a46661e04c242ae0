import { AdyenGateway, adyenSettingsSchema } from './adyen/adyen-gateway.ts'
import type { Gateway } from './gateway.ts'

/** One line per gateway. */
export const gatewaySettingsSchema = adyenSettingsSchema

/** One connection to one account of a gateway. */
export function openGateway(settings: GatewaySettings): Gateway {
  return new AdyenGateway(settings)
}

export type GatewaySettings = typeof gatewaySettingsSchema._output
