/**
 * RefundController, as Lightning sees it. Amounts are decimal text in the payment's own decimals, such as "70.50".
 * Every method rejects with the sentence and remedy for the agent in `body.message`.
 */

declare module '@salesforce/apex/RefundController.getRefundForm' {
  export interface RecentRefund {
    readonly amount: string
    readonly minutesAgo: number
    readonly stage: string
  }

  export interface RefundForm {
    /** Issued once for each opened form: whatever is sent with it is one refund. */
    readonly idempotencyKey: string
    readonly paymentName: string
    /** ISO 4217. */
    readonly currencyCode: string
    readonly decimals: number
    readonly captured: string
    readonly refunded: string
    readonly underWay: string
    readonly held: string
    readonly chargedBack: string
    readonly refundable: string
    readonly voided: boolean
    readonly route: 'Card' | 'Direct Debit'
    readonly gatewayLabel: string
    /** Such as "Visa •••• 1111". */
    readonly paymentMethod: string | null
    readonly reasons: readonly { readonly label: string; readonly value: string }[]
    /** Requested in the last ten minutes, or under way; none that failed. */
    readonly recentRefunds: readonly RecentRefund[]
  }

  /** Reserves nothing and sends nothing: it only reads. */
  export default function getRefundForm(parameters: { paymentId: string }): Promise<RefundForm>
}

declare module '@salesforce/apex/RefundController.requestRefund' {
  export interface RefundOutcome {
    readonly refundId: string
    readonly state:
      'requested' | 'submitting' | 'pending' | 'unknown' | 'rejected' | 'succeeded' | 'failed' | 'reversed'
    readonly stage: string
    readonly amount: string
    readonly currencyCode: string
    readonly gatewayLabel: string
    readonly sentence: string | null
    readonly remedy: string | null
    readonly gatewayMessage: string | null
    readonly errorCode: string | null
  }

  /** A rejection means that nothing was stored, or that the answer was lost; the same key may be sent again. */
  export default function requestRefund(parameters: {
    paymentId: string
    amount: string
    reason: string | null
    note: string | null
    idempotencyKey: string
  }): Promise<RefundOutcome>
}

declare module '@salesforce/apex/RefundController.getRefundHistory' {
  export interface RefundLine {
    readonly refundId: string
    readonly recordId: string | null
    readonly name: string | null
    readonly kind: 'Refund' | 'Void'
    readonly origin: 'Here' | 'Gateway console'
    readonly stage: string
    readonly amount: string
    readonly reasonLabel: string | null
    readonly note: string | null
    readonly requestedByName: string | null
    /** ISO 8601, UTC. */
    readonly requestedAt: string
    readonly decidedAt: string | null
    readonly sentence: string | null
    readonly remedy: string | null
    readonly gatewayMessage: string | null
    readonly gatewayReference: string | null
    readonly attention: string | null
    readonly version: number
    /** It comes from a record; until then only the middleware knows this state. */
    readonly written: boolean
  }

  export interface RefundHistory {
    readonly currencyCode: string
    readonly decimals: number
    readonly captured: string
    readonly refunded: string
    readonly underWay: string
    readonly held: string
    readonly chargedBack: string
    readonly refundable: string
    readonly voided: boolean
    readonly gatewayLabel: string
    /** Newest first. */
    readonly refunds: readonly RefundLine[]
  }

  export default function getRefundHistory(parameters: {
    paymentId: string
    askMiddleware: boolean
  }): Promise<RefundHistory>
}
