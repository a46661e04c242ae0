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
    gateway: z.literal('braintree'),
    ...gatewayAccountShape,
    merchantId: z.string().regex(/^\w{1,64}$/, 'must be the merchant id as Braintree shows it'),
    publicKey: secretSchema,
    privateKey: secretSchema,
    environment: z.union([z.enum(['sandbox', 'production']), localSchema], {
      error: 'must be "sandbox", "production" or {"baseUrl": "http://127.0.0.1:<port>"}',
    }),
    /** Whether the account takes apiRequestKey; without it every sending is preceded by a look-up. */
    idempotencyKeys: z.boolean().default(true),
    /** Whether money may go out without a payment. Braintree has to allow it as well. */
    credits: z.boolean().default(false),
    /** Between two refunds of one payment: Braintree strongly recommends 5 to 10 seconds. */
    spacingMs: z.int().min(0).max(10_000).default(7000),
    /** Between two look-ups of an outcome that no webhook tells, as is the rule for cards. */
    pollOutcomeMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .default(15 * 60_000),
    /** Milliseconds to wait for the whole answer before calling the outcome unknown. */
    timeoutMs: z.int().min(1).max(120_000).default(30_000),
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
