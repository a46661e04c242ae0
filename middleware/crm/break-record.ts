import type { BreakRecord } from './crm.ts'
import { sentence, time, type Fields } from './record-fields.ts'

/** API name of the object that holds what a reconciliation found. */
export const BREAK_OBJECT = 'Refund_Break__c'
/** Its external id, by which rows are upserted. */
export const BREAK_KEY = 'Break_Key__c'

/**
 * A break as the org's fields hold it. What people write about it (Handled__c, Handling__c, Handling_Note__c) is theirs: sending it, even
 * as null, would undo their work.
 * @throws RangeError for a value that its field could not hold as it is; the row must not be sent
 */
export function breakFields(record: BreakRecord): Fields {
  return {
    [BREAK_KEY]: record.id,
    State_Version__c: record.version,
    Kind__c: record.kind,
    Open__c: record.closedAt === null,
    Payment__c: record.paymentId,
    Refund_Key__c: record.refundId,
    Gateway__c: record.gateway,
    Gateway_Account__c: record.gatewayAccount,
    Gateway_Reference__c: record.gatewayReference,
    Payment_Reference__c: record.paymentReference,
    Ledger_Says__c: sentence(record.ledgerSays),
    Gateway_Says__c: sentence(record.gatewaySays),
    Cause__c: sentence(record.cause),
    Command__c: sentence(record.command),
    Happened_At__c: time(record.happenedAt),
    Opened_At__c: time(record.openedAt),
    Closed_At__c: time(record.closedAt),
  }
}
