/**
 * RefundController, as Lightning sees it. Amounts are decimal text in the payment's own decimals, such as "70.50".
 * Every method rejects with the sentence and remedy for the agent in `body.message`. Aura may leave out what is null in Apex,
 * so null and undefined are the same here.
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
    /** Money that is out twice, as far as anybody knows. */
    readonly exposure: string
    readonly voided: boolean
    readonly route: 'Card' | 'Direct Debit'
    /** sepa_core, bacs …; null for cards. */
    readonly scheme: string | null
    /** Such as "SEPA Core". */
    readonly schemeLabel: string | null
    /** ISO 8601 date. */
    readonly collectedOn: string | null
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
    /** Why it waits, while its state is `requested`; else null. */
    readonly waitingSentence: string | null
    /** Its place in the line of the payment's refunds, from 1. */
    readonly position: number | null
    readonly inSeconds: number | null
  }

  /** A rejection means that nothing was stored, or that the answer was lost; the same key may be sent again. */
  export default function requestRefund(parameters: {
    paymentId: string
    /** Null for an undo, which is always the whole payment. */
    amount: string | null
    reason: string | null
    note: string | null
    /** The agent says that the payer was asked not to claim a direct debit from the bank. */
    acknowledged: boolean
    undo: boolean
    idempotencyKey: string
  }): Promise<RefundOutcome>
}

declare module '@salesforce/apex/RefundController.previewRefund' {
  export interface DirectDebit {
    readonly scheme: string
    readonly schemeLabel: string
    /** ISO 8601 date; null where the scheme sets none. */
    readonly claimUntil: string | null
    /** The scheme's claim window and what it means for this refund. */
    readonly sentence: string
    readonly mustAcknowledge: boolean
    /** ISO 8601 date before which it is refused; null when it is old enough. */
    readonly tooYoungUntil: string | null
  }

  export interface UndoPreview {
    readonly action: 'void' | 'refund' | 'wait' | 'gateway_decides' | 'nothing'
    readonly amount: string
    readonly sentence: string
    /** ISO 8601 date. */
    readonly settlesOn: string | null
    readonly queue: { readonly position: number; readonly inSeconds: number | null } | null
    readonly directDebit: DirectDebit | null
    /** Why it would be refused now. */
    readonly obstacle: { readonly sentence: string; readonly remedy: string } | null
  }

  /** What would happen, and why; nothing is stored. Without an amount it tells of an undo of the whole payment. */
  export default function previewRefund(parameters: { paymentId: string; amount: string | null }): Promise<UndoPreview>
}

declare module '@salesforce/apex/RefundController.withdrawRefund' {
  import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'

  /** Takes back a refund that was not sent yet; rejects when it is too late for that. */
  export default function withdrawRefund(parameters: { refundKey: string; paymentId: string }): Promise<RefundOutcome>
}

declare module '@salesforce/apex/RefundController.getRefundHistory' {
  export interface RefundLine {
    readonly refundId: string
    readonly recordId: string | null
    readonly name: string | null
    readonly kind: 'Refund' | 'Void' | 'Undo'
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
    /** It failed after it was paid, and its amount is not free yet. */
    readonly held: boolean
    /** As in RefundOutcome. Only the middleware knows it: null in what comes from a record. */
    readonly waitingSentence: string | null
    readonly position: number | null
    readonly version: number
    /** It comes from a record; until then only the middleware knows this state. */
    readonly written: boolean
  }

  /** Money that is, or was, out twice. */
  export interface Exposure {
    readonly recordId: string | null
    readonly name: string
    readonly amount: string
    readonly explanation: string
    /** ISO 8601, UTC. */
    readonly openedAt: string
    readonly handled: boolean
  }

  /** A dispute that took money. */
  export interface Chargeback {
    /** The gateway's id of it. */
    readonly reference: string
    readonly amount: string
    /** The bank has the money; else it gave it back. */
    readonly open: boolean
    /** ISO 8601, UTC. */
    readonly occurredAt: string | null
  }

  export interface RefundHistory {
    readonly currencyCode: string
    readonly decimals: number
    readonly captured: string
    readonly refunded: string
    readonly underWay: string
    readonly held: string
    readonly chargedBack: string
    /** Null for those who may not refund: they see what went out, not what still could. */
    readonly refundable: string | null
    readonly voided: boolean
    readonly gatewayLabel: string
    /** Under which the gateway keeps the payment. */
    readonly gatewayReference: string | null
    readonly exposure: string
    readonly exposures: readonly Exposure[]
    /** Those that the bank still has first. Only the middleware knows them: null in what comes from the records. */
    readonly chargebacks: readonly Chargeback[] | null
    /** Newest first. */
    readonly refunds: readonly RefundLine[]
  }

  export default function getRefundHistory(parameters: {
    paymentId: string
    askMiddleware: boolean
  }): Promise<RefundHistory>
}
