import braintree from 'braintree'
import { openInbox } from '../../contracts/gateway-inbox.ts'
import type { Inbox } from '../../contracts/gateway-inbox.ts'
import { startLocalBraintree } from './server.ts'
import type { LocalBraintree, LocalBraintreeOptions } from './server.ts'

export const KEYS = { merchantId: 'shop', publicKey: 'public', privateKey: 'private' }

export interface LocalMerchant {
  readonly braintree: LocalBraintree
  readonly inbox: Inbox
  close(): Promise<void>
}

/** A local Braintree with two merchant accounts, and somebody who takes their webhooks. */
export async function openMerchant(options: Partial<LocalBraintreeOptions> = {}): Promise<LocalMerchant> {
  const inbox = await openInbox()
  const merchantAccounts = [
    { id: 'shop_eur', currency: 'EUR' },
    { id: 'shop_jpy', currency: 'JPY', keysAllowed: false },
    { id: 'shop_closed', currency: 'EUR', refundsAllowed: false },
  ]
  const local = await startLocalBraintree({ ...KEYS, merchantAccounts, webhook: { url: () => inbox.url }, ...options })
  return {
    braintree: local,
    inbox,
    async close() {
      await local.close()
      await inbox.close()
    },
  }
}

/** The vendor's own SDK, which only has its address changed. */
export function vendorsApi({ url }: LocalBraintree, keys: Partial<typeof KEYS> = {}): braintree.BraintreeGateway {
  const { hostname, port } = new URL(url)
  const environment = new braintree.Environment(hostname, port, url, false, hostname, port)
  return new braintree.BraintreeGateway({ environment, ...KEYS, ...keys })
}

/** Codes of an answer's validation errors, as the vendor's SDK collects them. */
export function codesOf(answer: { readonly errors: braintree.ValidationErrorsCollection }): string[] {
  return answer.errors.deepErrors().map(({ code }) => code)
}
