import { z } from 'zod'
import { secretSchema } from '../../secret.ts'
import { gatewayAccountShape, hostSchema } from '../../settings.ts'

const webhookSecretSchema = secretSchema.pipe(z.string().min(16, 'must be at least 16 characters'))

/** One creditor at GoCardless: a whole entry of `gatewayAccounts`. */
export const goCardlessSettingsSchema = z
  .strictObject({
    gateway: z.literal('gocardless').describe('Which gateway this account is of.'),
    ...gatewayAccountShape,
    account: z
      .string()
      .regex(/^CR[0-9A-Za-z]{1,40}$/, 'must be the id of the creditor (CR…)')
      .describe('The id of the creditor (CR…); it stands in webhook addresses and in Payment__c.Gateway_Account__c.'),
    baseUrl: hostSchema.describe('https://api.gocardless.com or https://api-sandbox.gocardless.com.'),
    accessToken: secretSchema.describe('With read and write access; it begins with live_ or sandbox_.'),
    webhook: z
      .strictObject({
        secrets: z
          .array(webhookSecretSchema)
          .min(1)
          .max(2)
          .describe('Sign each delivery; two while one is being changed.'),
      })
      .describe('The secrets of the webhook endpoint; two while they are being changed.'),
    timeoutMs: z
      .int()
      .min(1)
      .max(120_000)
      .default(30_000)
      .describe('Milliseconds to wait for the whole answer before calling the outcome unknown.'),
  })
  .refine(({ live, baseUrl }) => modeOfHost(new URL(baseUrl).hostname) !== (live ? 'sandbox' : 'live'), {
    path: ['baseUrl'],
    message: 'must be an address of the mode that `live` names',
  })
  .refine(({ live, accessToken }) => !accessToken.startsWith(live ? 'sandbox_' : 'live_'), {
    path: ['accessToken'],
    message: 'must be a token of the mode that `live` names',
  })

export type GoCardlessSettings = z.output<typeof goCardlessSettingsSchema>

/** Which of GoCardless's environments a host belongs to; null where the name does not say. */
function modeOfHost(host: string): 'live' | 'sandbox' | null {
  if (host === 'api.gocardless.com') return 'live'
  return host === 'api-sandbox.gocardless.com' ? 'sandbox' : null
}
