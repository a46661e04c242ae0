import { z } from 'zod'
import { secretSchema } from '../../secret.ts'
import { gatewayAccountShape, hostSchema } from '../../settings.ts'

const hmacKeySchema = secretSchema.pipe(
  z.string().regex(/^([0-9a-fA-F]{2}){32,}$/, 'must be the HMAC key as Adyen shows it: at least 64 hexadecimal digits'),
)

const passwordSchema = secretSchema.pipe(z.string().min(12, 'must be at least 12 characters'))

/** One merchant account at Adyen: a whole entry of `gatewayAccounts`. */
export const adyenSettingsSchema = z
  .strictObject({
    gateway: z.literal('adyen').describe('Which gateway this account is of.'),
    ...gatewayAccountShape,
    api: z
      .enum(['checkout', 'classic'])
      .default('checkout')
      .describe(
        'Which API new refunds, cancellations and undos go through. What was stored for the other one still goes there.',
      ),
    baseUrl: hostSchema.describe(
      'Where `/v72/…` of the Checkout API begins: https://checkout-test.adyen.com, or https://<prefix>-checkout-live.adyenpayments.com/checkout.',
    ),
    classicBaseUrl: hostSchema
      .optional()
      .describe(
        'Where `/pal/servlet/Payment/v68/…` of the Classic API begins: https://pal-test.adyen.com, or https://<prefix>-pal-live.adyenpayments.com. Credits go there whatever `api` says.',
      ),
    apiKey: secretSchema.describe('Of a credential of this merchant account, with the roles for refunds.'),
    webhook: z
      .strictObject({
        hmacKeys: z
          .array(hmacKeySchema)
          .min(1)
          .max(2)
          .describe('Sign each notification; two while one is being changed.'),
        username: z.string().min(1).describe('Of the basic authentication.'),
        passwords: z
          .array(passwordSchema)
          .min(1)
          .max(2)
          .describe('Of the basic authentication; two while one is being changed.'),
      })
      .describe('As set up at Adyen for the standard webhook; two keys and passwords while they are being changed.'),
    credits: z
      .boolean()
      .default(false)
      .describe('Whether money may go out without a payment (`/refundWithData`). Adyen has to allow it as well.'),
    sealingKey: secretSchema
      .pipe(z.string().min(16, 'must be at least 16 characters'))
      .optional()
      .describe(
        'Closes the bank account of a credit in the store. Without it credits go to stored payment methods only.',
      ),
    captureMode: z
      .enum(['immediate', 'delayed', 'manual'])
      .default('immediate')
      .describe(
        "When Adyen captures this account's payments, as set up there: it cannot be asked whether one is captured.",
      ),
    timeoutMs: z
      .int()
      .min(1)
      .max(120_000)
      .default(30_000)
      .describe('Milliseconds to wait for the whole answer before calling the outcome unknown.'),
  })
  .refine(({ live, baseUrl }) => isOfMode(baseUrl, live), {
    path: ['baseUrl'],
    message: 'must be an address of the mode that `live` names',
  })
  .refine(({ live, classicBaseUrl }) => classicBaseUrl === undefined || isOfMode(classicBaseUrl, live), {
    path: ['classicBaseUrl'],
    message: 'must be an address of the mode that `live` names',
  })
  .refine(({ api, credits, classicBaseUrl }) => classicBaseUrl !== undefined || (api === 'checkout' && !credits), {
    path: ['classicBaseUrl'],
    message: 'must be there when `api` is "classic" or `credits` is on',
  })

export type AdyenSettings = z.output<typeof adyenSettingsSchema>

/** Hosts whose name says nothing, such as this machine's, are of either mode. */
function isOfMode(url: string, live: boolean): boolean {
  const host = new URL(url).hostname
  if (/-live\.adyen(payments)?\.com$/.test(host)) return live
  return !(live && /-test\.adyen\.com$/.test(host))
}
