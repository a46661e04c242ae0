import type { CreditRecord } from './crm.ts'
import { askedFields, outgoingFields, sentence, type Fields } from './record-fields.ts'

/** API name of the object that holds credits. */
export const CREDIT_OBJECT = 'Credit__c'
/** Its external id, by which rows are upserted. */
export const CREDIT_KEY = 'Credit_Key__c'

/**
 * A credit as the org's fields hold it. Where the money goes is named by kind alone: no token, no account number.
 * @throws RangeError as outgoingFields
 */
export function creditFields(record: CreditRecord): Fields {
  return {
    [CREDIT_KEY]: record.id,
    Gateway_Account__c: record.gatewayAccount,
    Target__c: record.target,
    ...outgoingFields(record),
    ...askedFields(record),
    Attention_Reason__c: sentence(record.attention),
  }
}
