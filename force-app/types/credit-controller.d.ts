/** CreditController, as Lightning sees it: money for a customer without an original payment. Rejects like RefundController. */

declare module '@salesforce/apex/CreditController.getCreditForm' {
  export type CreditTarget = 'stored_method' | 'bank_account'

  export interface CreditAccount {
    readonly gateway: string
    readonly gatewayLabel: string
    /** Null: the agent writes it. */
    readonly account: string | null
    /** ISO 4217. Null: the agent writes it. */
    readonly currencyCode: string | null
    /** Where this gateway can send a credit to. */
    readonly targets: readonly { readonly label: string; readonly value: CreditTarget }[]
  }

  export interface CreditForm {
    /** Issued once for each opened form: whatever is sent with it is one credit. */
    readonly idempotencyKey: string
    readonly accounts: readonly CreditAccount[]
    readonly reasons: readonly { readonly label: string; readonly value: string }[]
  }

  export default function getCreditForm(): Promise<CreditForm>
}

declare module '@salesforce/apex/CreditController.requestCredit' {
  import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'

  /** Amount is decimal text. IBAN and token are passed on and never stored in Salesforce. */
  export default function requestCredit(parameters: {
    gateway: string
    gatewayAccount: string
    amount: string
    currencyCode: string
    targetKind: 'stored_method' | 'bank_account'
    token: string | null
    shopperReference: string | null
    iban: string | null
    ownerName: string | null
    reason: string | null
    note: string | null
    idempotencyKey: string
  }): Promise<RefundOutcome>
}
