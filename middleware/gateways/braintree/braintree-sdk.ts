import type { Agent } from 'node:http'
import braintree from 'braintree'

// What version 3.40 of the SDK takes and the community's types do not know.
declare module 'braintree' {
  interface KeyGatewayConfig {
    customHttpAgent?: Agent
  }
  interface TransactionGateway {
    refund(transactionId: string, request: object): Promise<ValidatedResponse<Transaction>>
    void(transactionId: string, request: object): Promise<ValidatedResponse<Transaction>>
    credit(request: object): Promise<ValidatedResponse<Transaction>>
    search(criteria: TransactionSearchFn, done: (error: Error | null, found: unknown) => void): void
  }
}

/** Answers of the SDK that were read as one of its own classes; what they hold is looked at by a schema. */
export type SdkAnswer = braintree.ValidatedResponse<braintree.Transaction>

export { braintree }
