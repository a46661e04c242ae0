import adyenClient from '@adyen/api-library/lib/src/client.js'
import adyenConfig from '@adyen/api-library/lib/src/config.js'
import type clientInterface from '@adyen/api-library/lib/src/httpClient/clientInterface.js'
import { GatewayCallError, GatewayHttp, jsonObject } from '../gateway-http.ts'
import type { AdyenSettings } from './adyen-settings.ts'

/** Adyen's answers to a modification have a few hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024

/** The SDK writes its test hosts into every address; ours takes their place. */
const SDK_ORIGIN = /^https:\/\/(checkout|pal)-test\.adyen\.com/

/**
 * The HTTP client under Adyen's SDK. Unlike the SDK's own it keeps connections alive, has one deadline for the whole
 * call, follows no redirect, never sends a key of another call, and takes an answer that is no JSON object for what
 * it is.
 */
export class AdyenClient implements clientInterface.default {
  readonly #http: GatewayHttp
  readonly #apiKey: string

  constructor(baseUrl: string, { apiKey, timeoutMs }: Pick<AdyenSettings, 'apiKey' | 'timeoutMs'>) {
    this.#apiKey = apiKey
    this.#http = new GatewayHttp({ baseUrl, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES })
  }

  /** @throws GatewayCallError */
  async request(
    endpoint: string,
    json: string | Buffer,
    _config: unknown,
    _isApiKeyRequired: boolean,
    options?: { idempotencyKey?: string },
  ): Promise<string> {
    const key = options?.idempotencyKey
    // Without a key a second sending would be a second refund.
    if (!key) throw new Error('a call to Adyen needs its idempotency key')
    const answer = await this.#http.call({
      method: 'POST',
      path: endpoint.replace(SDK_ORIGIN, ''),
      body: json,
      headers: {
        'x-api-key': this.#apiKey,
        'idempotency-key': key,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'refund-relay',
      },
    })
    if (answer.status < 200 || answer.status > 299) {
      throw new GatewayCallError(`Adyen answered HTTP ${answer.status}`, true, answer)
    }
    if (!jsonObject(answer.body)) {
      throw new GatewayCallError(`Adyen answered HTTP ${answer.status} without a readable body`, true, answer)
    }
    return answer.body
  }
}

/** The SDK's client for one of Adyen's APIs, which begins at `baseUrl`. */
export function openSdk(
  baseUrl: string,
  settings: Pick<AdyenSettings, 'apiKey' | 'timeoutMs'>,
): InstanceType<typeof adyenClient.default> {
  // The SDK's environment only chooses a host, which AdyenClient replaces by the configured one.
  const config = new adyenConfig.default({ apiKey: settings.apiKey, environment: adyenConfig.EnvironmentEnum.TEST })
  return new adyenClient.default(config, new AdyenClient(baseUrl, settings))
}
