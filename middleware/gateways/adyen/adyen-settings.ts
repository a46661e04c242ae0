import { z } from 'zod'
import { secretSchema } from '../../secret.ts'
import { gatewayAccountShape, hostSchema } from '../../settings.ts'

const hmacKeySchema = secretSchema.pipe(
  z.string().regex(/^([0-9a-fA-F]{2}){16,}$/, 'must be the HMAC key as Adyen shows it: hexadecimal digits'),
)

/** One merchant account at Adyen: a whole entry of `gatewayAccounts`. */
export const adyenSettingsSchema = z
  .strictObject({
    gateway: z.literal('adyen'),
    ...gatewayAccountShape,
    /**
     * Where `/v72/…` of the Checkout API begins: https://checkout-test.adyen.com, or
     * https://<prefix>-checkout-live.adyenpayments.com/checkout.
     */
    baseUrl: hostSchema,
    apiKey: secretSchema,
    /** As set up at Adyen for the standard webhook; two keys and passwords while they are being changed. */
    webhook: z.strictObject({
      hmacKeys: z.array(hmacKeySchema).min(1).max(2),
      username: z.string().min(1),
      passwords: z.array(secretSchema).min(1).max(2),
    }),
    /** Milliseconds to wait for the whole answer before calling the outcome unknown. */
    timeoutMs: z.int().min(1).max(120_000).default(30_000),
  })
  .refine(({ live, baseUrl }) => modeOf(new URL(baseUrl).hostname) !== (live ? 'test' : 'live'), {
    path: ['baseUrl'],
    message: 'must be an address of the mode that `live` names',
  })

export type AdyenSettings = z.output<typeof adyenSettingsSchema>

/** Which of Adyen's environments a host belongs to; null where the name does not say. */
function modeOf(host: string): 'live' | 'test' | null {
  if (/-live\.adyen(payments)?\.com$/.test(host)) return 'live'
  return /-test\.adyen\.com$/.test(host) ? 'test' : null
}
