import type { RefundRecord } from './crm.ts'
import { outgoingFields, type Fields } from './record-fields.ts'

/** API name of the object that holds refunds. */
export const REFUND_OBJECT = 'Refund__c'
/** Its external id, by which rows are upserted. */
export const REFUND_KEY = 'Refund_Key__c'

/**
 * A refund as the org's fields hold it.
 * @throws RangeError as outgoingFields
 */
export function refundFields(record: RefundRecord): Fields {
  return {
    [REFUND_KEY]: record.id,
    Payment__c: record.paymentId,
    Kind__c: record.kind,
    Origin__c: record.origin,
    Held__c: record.held,
    Payer_Asked__c: record.payerAsked,
    ...outgoingFields(record),
  }
}
