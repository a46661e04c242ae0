import type { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import braintree from 'braintree'

// What version 3.40 of the SDK takes and the community's types do not know.
declare module 'braintree' {
  interface KeyGatewayConfig {
    customHttpAgent?: Agent
  }
  interface TransactionGateway {
    refund(transactionId: string, request: object): Promise<SdkAnswer>
    void(transactionId: string, request: object): Promise<SdkAnswer>
    credit(request: object): Promise<SdkAnswer>
    search(criteria: SdkSearch, done: (error: Error | null, found: unknown) => void): void
    search(criteria: SdkSearch): Readable
  }
}

export type SdkSearch = braintree.TransactionSearchFn

/** An answer of the SDK; what it holds is looked at by a schema. */
export type SdkAnswer = braintree.ValidatedResponse<braintree.Transaction>

export { braintree }
