import type { PaymentRecord } from './crm.ts'
import { exactNumber, type Fields } from './record-fields.ts'
import { recordIdSchema } from '../record-id.ts'

/** API name of the object that holds payments. */
export const PAYMENT_OBJECT = 'Payment__c'

/**
 * The one field of a payment that is written here, and the record id by which a collection finds the row. There is no
 * version on a payment: what is written last stands.
 * @throws RangeError for an id that is none, or an amount that the field could not hold; the row must not be sent
 */
export function paymentFields(record: PaymentRecord): Fields {
  // An id that cannot be read would refuse the whole collection.
  if (!recordIdSchema.safeParse(record.id).success) {
    throw new RangeError(`${JSON.stringify(record.id)} is no record id of 18 characters`)
  }
  return { id: record.id, Charged_Back__c: exactNumber(record.chargedBack) }
}
