/** One refund as the CRM shows it. Field API names stand in refund-record.ts alone. */
export interface RefundRecord {
  /** External id, a UUID. */
  readonly refundId: string
  /** Record id of the payment, the master. */
  readonly paymentId: string
  readonly version: number
  readonly kind: 'Refund' | 'Void'
  readonly origin: 'Here' | 'Gateway console'
  readonly stage: RefundStage
  /** Decimal text. */
  readonly amount: string
  readonly currency: string
  readonly reason: string | null
  readonly note: string | null
  readonly held: boolean
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
  readonly attention: string | null
}

export type RefundStage =
  'Processing' | 'Sent to gateway' | 'Checking with gateway' | 'Refunded' | 'Voided' | 'Failed' | 'Reversed'

/** What became of one row; `newer` = the CRM already holds this version or a later one. */
export type WriteResult =
  | { readonly refundId: string; readonly outcome: 'written' | 'newer' }
  /** May pass later: a lock, a limit, a server error. */
  | { readonly refundId: string; readonly outcome: 'retry'; readonly detail: string }
  /** Will be refused again until a person changes something: code, message and fields as the CRM gave them. */
  | { readonly refundId: string; readonly outcome: 'person'; readonly detail: string }

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

export interface Crm {
  /**
   * Upserts by external id, in the order given, in one API call; rows of one payment are neighbours in the list.
   * @param records at most 1,000
   * @returns one result per record, in the same order
   * @throws CrmError
   */
  upsertRefunds(records: readonly RefundRecord[]): Promise<readonly WriteResult[]>
  /**
   * Ids (18 characters) of the active users who hold the Refunds permission set, directly or by group, unexpired.
   * @throws CrmError
   */
  permittedUsers(): Promise<ReadonlySet<string>>
  /** As the last answer said it; null before the first. */
  readonly apiUsage: ApiUsage | null
}
