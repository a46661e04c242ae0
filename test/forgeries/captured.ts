import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalWorld } from '../emulators/local-world.ts'

/** A delivery as it left the gateway, and was taken. */
export interface Captured {
  readonly gateway: 'adyen' | 'braintree' | 'gocardless'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a gateway and the middleware share; a forger knows none of it. */
export interface Secrets {
  readonly adyenHmacKey: string
  readonly adyenAuthorization: string
  readonly braintreePublicKey: string
}

export function secretsOf(directory: string): Secrets {
  const secret = (name: string) => readFileSync(join(directory, name), 'utf8')
  const login = `refund-relay:${secret('adyen-webhook-password')}`
  return {
    adyenHmacKey: secret('adyen-hmac-key'),
    adyenAuthorization: `Basic ${Buffer.from(login).toString('base64')}`,
    braintreePublicKey: secret('braintree-public-key'),
  }
}

/** Every delivery that was taken so far, as somebody on the line would have it. */
export function captured(
  world: LocalWorld,
  secrets: Secrets,
  goCardlessSignature: (body: string) => string,
): Captured[] {
  const taken = <Delivery extends { status: number | null }>(deliveries: readonly Delivery[]) =>
    deliveries.filter(({ status }) => status === 200)
  return [
    ...taken(world.adyen.deliveries()).map(({ body }): Captured => {
      const [account] = /(?<="merchantAccountCode":")[^"]+/.exec(body) ?? ['']
      const headers = { 'content-type': 'application/json', authorization: secrets.adyenAuthorization }
      return { gateway: 'adyen', path: `/webhooks/adyen/${account}`, headers, body }
    }),
    ...taken(world.braintree.deliveries()).map(({ body }): Captured => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return { gateway: 'braintree', path: '/webhooks/braintree/refundrelay_eur', headers, body }
    }),
    ...taken(world.goCardless.deliveries()).map(({ body }): Captured => {
      const headers = { 'content-type': 'application/json', 'webhook-signature': goCardlessSignature(body) }
      return { gateway: 'gocardless', path: '/webhooks/gocardless/CR000RELAY', headers, body }
    }),
  ]
}
