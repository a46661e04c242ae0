import { z } from 'zod'

/** Pieces of the configuration that more than one part reads. */
export const orgIdSchema = z.string().regex(/^00D[a-zA-Z0-9]{15}$/, "must be the org's 18-character id (00D…)")

/** An address that is called: https, or plain http to this machine only. Comes without a slash at its end. */
export const hostSchema = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => url.startsWith('https:') || isLoopback(new URL(url).hostname),
    'must be https, unless it is this machine',
  )
  .refine((url) => !/[?#@]/.test(url), 'must hold no user, query or fragment')
  .transform((url) => url.replace(/\/$/, ''))

/** Whether an address is this machine and nothing else. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** What every entry of `gatewayAccounts` holds, whatever the gateway. */
export const gatewayAccountShape = {
  account: z
    .string()
    .regex(/^[\w.-]{1,80}$/, 'must be 1 to 80 letters, digits, "_", "." or "-"')
    .describe(
      "The gateway's own word for the account; it stands in webhook addresses and in Payment__c.Gateway_Account__c.",
    ),
  org: orgIdSchema.describe('The one org that this account refunds for.'),
  live: z.boolean().describe('Whether real money moves. Addresses, tokens and the org must be of the same mode.'),
} as const
