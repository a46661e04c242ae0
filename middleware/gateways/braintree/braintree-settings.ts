import { z } from 'zod'
import { secretSchema } from '../../secret.ts'
import { gatewayAccountShape, hostSchema } from '../../settings.ts'

/** Any other host would get the keys: Braintree's own are known by name, and a stand-in is on this machine. */
const localSchema = z.strictObject({
  baseUrl: hostSchema.refine((url) => /^http:\/\/[^/]+$/.test(url), 'must be http to this machine, without a path'),
})

/** One merchant account at Braintree: a whole entry of `gatewayAccounts`; `account` is the merchant account's id. */
export const braintreeSettingsSchema = z
  .strictObject({
    gateway: z
      .literal('braintree')
      .describe('Which gateway this account is of; `account` is the id of the merchant account.'),
    ...gatewayAccountShape,
    merchantId: z
      .string()
      .regex(/^\w{1,64}$/, 'must be the merchant id as Braintree shows it')
      .describe('As Braintree shows it.'),
    publicKey: secretSchema.describe('Of the API keys.'),
    privateKey: secretSchema.describe('Of the API keys; webhooks are verified with it, too.'),
    environment: z
      .union([z.enum(['sandbox', 'production']), localSchema], {
        error: 'must be "sandbox", "production" or {"baseUrl": "http://127.0.0.1:<port>"}',
      })
      .describe('Production only where `live` is true; an address only for a stand-in on this machine.'),
    idempotencyKeys: z
      .boolean()
      .default(true)
      .describe('Whether the account takes apiRequestKey; without it every sending is preceded by a look-up.'),
    credits: z
      .boolean()
      .default(false)
      .describe('Whether money may go out without a payment. Braintree has to allow it as well.'),
    spacingMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(7000)
      .describe('Milliseconds between two refunds of one payment: Braintree strongly recommends 5 to 10 seconds.'),
    pollOutcomeMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .default(15 * 60_000)
      .describe('Milliseconds between two look-ups of an outcome that no webhook tells, as is the rule for cards.'),
    timeoutMs: z
      .int()
      .min(1)
      .max(120_000)
      .default(30_000)
      .describe('Milliseconds to wait for the whole answer before calling the outcome unknown.'),
  })
  .refine(({ live, environment }) => live === (environment === 'production'), {
    path: ['environment'],
    message: 'must be of the mode that `live` names',
  })
  .refine(({ environment, spacingMs }) => typeof environment === 'object' || spacingMs >= 5000, {
    path: ['spacingMs'],
    message: 'must be 5000 to 10000 at Braintree itself',
  })

export type BraintreeSettings = z.output<typeof braintreeSettingsSchema>
