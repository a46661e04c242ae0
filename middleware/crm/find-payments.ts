import { z } from 'zod'
import type { FoundPayment, PaymentReference } from './crm.ts'
import { queryTogether } from './query-together.ts'
import { exactText } from './record-fields.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import { soql } from './soql.ts'
import { recordIdSchema } from '../record-id.ts'

const MOST_REFERENCES = 200
/** Length of Gateway_Key__c. */
const KEY_LENGTH = 255

const paymentSchema = z.object({
  Id: recordIdSchema,
  Gateway_Key__c: z.string(),
  Amount__c: z.number().nullable(),
  Currency__c: z.string().nullable(),
})

/**
 * Payment records by their unique key, gateway:account:reference, in one API call. A record whose amount or currency is
 * blank, or an amount too large to be read exactly, is not found: money must not be counted against a guess.
 * @throws CrmError
 */
export async function findPayments(
  session: SalesforceSession,
  references: readonly PaymentReference[],
): Promise<readonly FoundPayment[]> {
  if (references.length > MOST_REFERENCES) {
    throw new RangeError(`one call takes at most ${MOST_REFERENCES} references, not ${references.length}`)
  }
  const asked = new Map(references.map((reference) => [keyOf(reference), reference]))
  const keys = [...asked.keys()].filter(isStorable)
  if (keys.length === 0) return []
  const [rows] = await queryTogether(session, [
    {
      row: paymentSchema,
      soql: soql`SELECT Id, Gateway_Key__c, Amount__c, Currency__c FROM Payment__c WHERE Gateway_Key__c IN ${keys}`,
    },
  ])
  return rows.flatMap(({ Id, Gateway_Key__c, Amount__c, Currency__c }) => {
    // The very text: an org whose field does not tell upper from lower case would answer with somebody else's payment.
    const reference = asked.get(Gateway_Key__c)
    const captured = Amount__c === null ? null : exactText(Amount__c)
    if (!reference || captured === null || !Currency__c) return []
    const { gateway, gatewayAccount, gatewayReference } = reference
    return [{ paymentId: Id, gateway, gatewayAccount, gatewayReference, captured, currency: Currency__c }]
  })
}

function keyOf({ gateway, gatewayAccount, gatewayReference }: PaymentReference): string {
  return `${gateway}:${gatewayAccount}:${gatewayReference}`
}

/** One key that no field could hold must not spoil the query for the others. */
function isStorable(key: string): boolean {
  return key.length <= KEY_LENGTH && key.isWellFormed() && !/\p{Cc}/u.test(key)
}
