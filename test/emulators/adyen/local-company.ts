import { randomUUID } from 'node:crypto'
import clientModule from '@adyen/api-library/lib/src/client.js'
import configModule from '@adyen/api-library/lib/src/config.js'
import type clientInterface from '@adyen/api-library/lib/src/httpClient/clientInterface.js'
import { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js'
import { openInbox } from '../../contracts/gateway-inbox.ts'
import type { Inbox } from '../../contracts/gateway-inbox.ts'
import { startLocalAdyen } from './server.ts'
import type { LocalAdyen, LocalAdyenOptions } from './server.ts'

export const HMAC_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'
export const API_KEY = 'local-api-key'

export interface LocalCompany {
  readonly adyen: LocalAdyen
  readonly inbox: Inbox
  close(): Promise<void>
}

/** A local Adyen with two merchant accounts, and somebody who takes their webhooks. */
export async function openCompany(options: Partial<LocalAdyenOptions> = {}): Promise<LocalCompany> {
  const inbox = await openInbox()
  const webhook = { url: () => inbox.url, username: 'adyen', password: 'pass:word' }
  const accounts = ['ShopOne', 'ShopTwo'].map((name) => ({ name, hmacKey: HMAC_KEY, webhook }))
  const adyen = await startLocalAdyen({ apiKey: API_KEY, accounts, ...options })
  return {
    adyen,
    inbox,
    async close() {
      await adyen.close()
      await inbox.close()
    },
  }
}

export interface AskedRefund {
  readonly payment: string
  readonly value?: unknown
  readonly currency?: string
  readonly account?: string
  readonly key?: string | null
  readonly apiKey?: string
  readonly body?: string
}

/** The API by plain HTTP. */
export async function ask(adyen: LocalAdyen, { payment, key = randomUUID(), ...asked }: AskedRefund) {
  const { value = 500, currency = 'EUR', account = 'ShopOne', apiKey = API_KEY } = asked
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) }
  const body = asked.body ?? JSON.stringify({ merchantAccount: account, amount: { value, currency }, reference: 'r1' })
  const response = await fetch(`${adyen.url}/v72/payments/${payment}/refunds`, { method: 'POST', headers, body })
  const answer = (await response.json()) as { pspReference?: string; errorCode?: string; [field: string]: unknown }
  return { status: response.status, headers: response.headers, answer }
}

/** The vendor's own SDK, which only has its address changed. */
export function vendorsApi(adyen: LocalAdyen): ModificationsApi {
  const http: clientInterface.default = {
    async request(endpoint, json, config, _, options) {
      const address = endpoint.replace('https://checkout-test.adyen.com', adyen.url)
      const headers = { 'x-api-key': config.apiKey!, 'idempotency-key': options!.idempotencyKey! }
      const response = await fetch(address, { method: 'POST', headers, body: json.toString() })
      if (!response.ok) throw new Error(await response.text())
      return response.text()
    },
  }
  const config = new configModule.default({ apiKey: API_KEY, environment: configModule.EnvironmentEnum.TEST })
  return new ModificationsApi(new clientModule.default(config, http))
}
