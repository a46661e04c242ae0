import type { GatewayEvent } from './gateway.ts'

/** What is to be read of a gateway's account of itself: instants in ISO 8601, `until` no longer included. */
export interface ReportPeriod {
  readonly since: string
  readonly until: string
}

/** One line of a gateway's settlement or accounting report. */
export interface ReportLine {
  /** Where it stands, for people: "line 17", "payout PO123". */
  readonly place: string
  /** What it says of one refund, or of one dispute. `refund_accepted`: the gateway has it. */
  readonly says:
    | 'refund_accepted'
    | 'refund_succeeded'
    | 'refund_failed'
    | 'refund_failed_late'
    | 'refund_reversed'
    | 'chargeback'
    | 'chargeback_reversed'
  /** The same as an event, by which the ledger can be told; its identity begins with "report:". */
  readonly event: GatewayEvent
}

/** The report cannot be read: says where, and what to do. Nothing of it is believed. */
export class ReportError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ReportError'
  }
}
