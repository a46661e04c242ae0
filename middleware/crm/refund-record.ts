import type { AttentionRecord, RefundRecord } from './crm.ts'
import { askedFields, outgoingFields, sentence, time, type Fields } from './record-fields.ts'

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
    ...outgoingFields(record),
    ...(record.origin === 'Here' && requestFields(record)),
    ...attentionFields(record.attention),
  }
}

/** Only of what was asked for here: what a restored ledger has forgotten of it, the org has not. */
function requestFields(record: RefundRecord): Fields {
  return { ...askedFields(record), Payer_Asked__c: record.payerAsked }
}

/**
 * What people write about it (Attention_Owner__c, Attention_Note__c) is theirs and never sent. Their closing is taken back only by
 * something that they cannot have seen.
 */
function attentionFields(attention: AttentionRecord | null): Fields {
  return {
    Attention_Kind__c: attention?.kind ?? null,
    Attention_Reason__c: sentence(attention?.reason ?? null),
    Attention_Remedy__c: sentence(attention?.remedy ?? null),
    Attention_Since__c: time(attention?.since ?? null),
    ...(attention?.isNew && { Attention_Closed__c: false, Attention_Closed_Reason__c: null }),
  }
}
