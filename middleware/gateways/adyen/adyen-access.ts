import { randomUUID } from 'node:crypto'
import type { AccessCheck } from '../gateway.ts'
import { GatewayCallError } from '../gateway-http.ts'
import { AdyenClient } from './adyen-client.ts'
import { readErrorBody } from './adyen-errors.ts'
import type { AdyenSettings } from './adyen-settings.ts'

/**
 * The list of ways of paying: the one call of Checkout that reads and needs no payment. One way is enough for us.
 * Source: Adyen, Checkout API v72, POST /paymentMethods.
 */
export async function checkAccess(settings: AdyenSettings): Promise<AccessCheck> {
  const client = new AdyenClient(settings.baseUrl, settings)
  const body = JSON.stringify({ merchantAccount: settings.account, allowedPaymentMethods: ['scheme'] })
  try {
    await client.request('/v72/paymentMethods', body, null, true, { idempotencyKey: randomUUID() })
    return {
      kind: 'granted',
      proven: 'the API key is of this merchant account',
      unproven: 'whether it may refund: Adyen has no call that shows it without a payment',
    }
  } catch (error) {
    if (!(error instanceof GatewayCallError)) throw error
    const { answer } = error
    if (!answer || answer.status >= 500 || answer.status === 429) return { kind: 'unavailable', detail: error.message }
    const { code } = readErrorBody(answer)
    const detail = `HTTP ${answer.status}${code === null ? '' : `, code ${code}`}`
    const remedy =
      answer.status === 401
        ? 'create a new API key in the Customer Area of this company account and put it where `apiKey` points'
        : 'check `account` and `baseUrl`, and that the API credential belongs to this merchant account'
    return { kind: 'refused', detail, remedy }
  }
}
