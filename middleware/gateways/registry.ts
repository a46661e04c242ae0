import { z } from 'zod'
import { AdyenGateway } from './adyen/adyen-gateway.ts'
import { adyenSettingsSchema } from './adyen/adyen-settings.ts'
import type { Gateway } from './gateway.ts'

/** One line per gateway: what an entry of `gatewayAccounts` holds. */
export const gatewaySettingsSchema = z.discriminatedUnion('gateway', [adyenSettingsSchema])

export type GatewaySettings = z.output<typeof gatewaySettingsSchema>

/** One connection to one account of a gateway. */
export function openGateway(settings: GatewaySettings): Gateway {
  return new AdyenGateway(settings)
}
