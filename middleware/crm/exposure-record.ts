import type { ExposureRecord } from './crm.ts'
import { exactNumber, sentence, time, type Fields } from './record-fields.ts'

/** API name of the object that holds exposures. */
export const EXPOSURE_OBJECT = 'Refund_Exposure__c'
/** Its external id, by which rows are upserted. */
export const EXPOSURE_KEY = 'Exposure_Key__c'

/**
 * An exposure as the org's fields hold it. What people write about it (Handled__c, Handling__c, Handling_Note__c) is
 * theirs: sending it, even as null, would undo their work.
 * @throws RangeError for a value that its field could not hold as it is; the row must not be sent
 */
export function exposureFields(record: ExposureRecord): Fields {
  return {
    [EXPOSURE_KEY]: record.id,
    Payment__c: record.paymentId,
    State_Version__c: record.version,
    Kind__c: record.kind,
    Amount__c: exactNumber(record.amount),
    Currency__c: record.currency,
    At_Risk__c: record.atRisk,
    Explanation__c: sentence(record.explanation),
    Opened_At__c: time(record.openedAt),
    Closed_At__c: time(record.closedAt),
  }
}
