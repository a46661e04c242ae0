/** What the CRM shows. Field API names stand in the …-record.ts files alone. */
export type CrmRecord = RefundRecord | CreditRecord | ExposureRecord | PaymentRecord | BreakRecord

/** What refunds and credits have in common. */
interface OutgoingRecord {
  /** External id, a UUID. */
  readonly id: string
  readonly version: number
  /** Decimal text. */
  readonly amount: string
  readonly currency: string
  readonly reason: string | null
  readonly note: string | null
  readonly errorCode: string | null
  readonly errorSentence: string | null
  readonly remedy: string | null
  readonly gatewayMessage: string | null
  readonly gateway: string
  readonly gatewayReference: string | null
  /** Record id of the user, null for a refund made elsewhere. */
  readonly requestedBy: string | null
  /** ISO 8601. */
  readonly requestedAt: string
  readonly sentAt: string | null
  readonly decidedAt: string | null
  /** What people wrote of it was erased here. That says nothing of the CRM's own copy, which stays as it is. */
  readonly erased: boolean
}

/** Why a person should look at a refund. */
export interface AttentionRecord {
  readonly kind: 'Changed after success' | 'Money out twice' | 'Unknown for long' | 'Does not match'
  readonly reason: string
  readonly remedy: string
  /** ISO 8601. */
  readonly since: string
  /** Not written yet: what a person closed in the CRM was something older, so it opens again. */
  readonly isNew: boolean
}

export interface RefundRecord extends OutgoingRecord {
  readonly type: 'refund'
  readonly attention: AttentionRecord | null
  /** Record id of the payment, the master. */
  readonly paymentId: string
  readonly kind: 'Refund' | 'Void' | 'Undo'
  readonly origin: 'Here' | 'Gateway console'
  readonly stage: RefundStage
  readonly held: boolean
  readonly payerAsked: boolean
}

/** Money that went out without a payment. */
export interface CreditRecord extends OutgoingRecord {
  readonly type: 'credit'
  /** What happened and what to do. */
  readonly attention: string | null
  readonly stage: Exclude<RefundStage, 'Voided' | 'Cancelled or refunded'>
  readonly gatewayAccount: string
  readonly target: 'Stored method' | 'Bank account'
}

/** Money that is out twice. What an agent does about it is written in the CRM, in fields that are never sent from here. */
export interface ExposureRecord {
  readonly type: 'exposure'
  readonly id: string
  readonly paymentId: string
  readonly version: number
  readonly kind: 'Double refund' | 'Unfunded refund'
  readonly amount: string
  readonly currency: string
  readonly atRisk: boolean
  readonly explanation: string
  readonly openedAt: string
  readonly closedAt: string | null
}

/** What the bank has taken back of a payment; everything else on the payment is the org's own. */
export interface PaymentRecord {
  readonly type: 'payment'
  /** Record id of the payment: it is updated, never created. */
  readonly id: string
  readonly version: number
  /** Decimal text. */
  readonly chargedBack: string
  readonly currency: string
}

/** Where a gateway's account of itself, the ledger and the CRM differ. How it was handled is written in the CRM, and never sent from here. */
export interface BreakRecord {
  readonly type: 'break'
  readonly id: string
  readonly version: number
  readonly kind:
    'Missing here' | 'Missing at gateway' | 'Other amount' | 'Other currency' | 'Other state' | 'Not in Salesforce'
  /** Null where no record of the payment is known. */
  readonly paymentId: string | null
  readonly refundId: string | null
  readonly gateway: string
  readonly gatewayAccount: string
  readonly gatewayReference: string | null
  readonly paymentReference: string | null
  readonly ledgerSays: string
  readonly gatewaySays: string
  readonly cause: string
  readonly command: string
  /** It is about more than one amount. */
  readonly currency: null
  readonly happenedAt: string | null
  readonly openedAt: string
  readonly closedAt: string | null
}

export type RefundStage =
  | 'Processing'
  | 'Sent to gateway'
  | 'Checking with gateway'
  | 'Refunded'
  | 'Voided'
  | 'Cancelled or refunded'
  | 'Failed'
  | 'Reversed'

/** What became of one row; `newer` = the CRM holds a later version. The same version is written again. */
export type WriteResult =
  | { readonly id: string; readonly outcome: 'written' | 'newer' }
  /** May pass later: a lock, a limit, a server error. */
  | { readonly id: string; readonly outcome: 'retry'; readonly detail: string }
  /** Will be refused again until a person changes something: code, message and fields as the CRM gave them. */
  | { readonly id: string; readonly outcome: 'person'; readonly detail: string }

/** The whole call failed; nothing is known to be written. */
export class CrmError extends Error {
  /** unavailable: soon again; limit: the day's API calls are used up; refused: credentials or configuration. */
  readonly kind: 'unavailable' | 'limit' | 'refused'

  constructor(kind: CrmError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CrmError'
    this.kind = kind
  }
}

/** API calls of the last 24 hours, as the org counts them. */
export interface ApiUsage {
  readonly used: number
  readonly limit: number
}

/** Ids (18 characters) of the active users who hold a right, directly or by group, unexpired. */
export interface PermittedUserIds {
  readonly refunds: ReadonlySet<string>
  readonly credits: ReadonlySet<string>
  /** What no gateway tells any more, these may settle by hand. */
  readonly settlements: ReadonlySet<string>
}

/** How a gateway knows a payment. */
export interface PaymentReference {
  readonly gateway: string
  readonly gatewayAccount: string
  readonly gatewayReference: string
}

/** A payment record that carries such a reference. */
export interface FoundPayment extends PaymentReference {
  readonly paymentId: string
  /** Decimal text. */
  readonly captured: string
  readonly currency: string
}

export interface Crm {
  /**
   * Upserts by external id (payments: updates by record id), in the order given within a type, in one API call; rows of one payment are neighbours in the list.
   * @param records at most 1,000, of at most 5 collections of 200 of one type each; what does not fit is refused as RangeError
   * @returns one result per record, in the same order
   * @throws CrmError
   */
  upsert(records: readonly CrmRecord[]): Promise<readonly WriteResult[]>
  /** @throws CrmError */
  permittedUsers(): Promise<PermittedUserIds>
  /**
   * Payment records by their unique gateway key, in one API call.
   * @param references at most 200
   * @throws CrmError
   */
  findPayments(references: readonly PaymentReference[]): Promise<readonly FoundPayment[]>
  /** As the last answer said it; null before the first. */
  readonly apiUsage: ApiUsage | null
}
