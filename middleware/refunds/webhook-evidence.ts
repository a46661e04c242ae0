import type { Queryable } from '../database/database.ts'
import { notPossibleNow } from '../errors.ts'
import type { Gateway } from '../gateways/gateway.ts'

/**
 * At a gateway that cannot be asked, what it told by webhook stands for a look: a debit that it never reported as collected, where it is
 * not collected at once, waits; one that the bank disputes is not refunded.
 * @throws RefundError `not_possible_now`
 */
export async function guardByWebhooks(
  database: Queryable,
  gateway: Gateway,
  payment: { readonly gatewayAccount: string; readonly gatewayReference: string },
): Promise<void> {
  const [told] = await database.query<{ captured: boolean | null; disputed: boolean | null }>(
    `SELECT bool_or(kind = 'captured') AS captured, bool_or(kind IN ('chargeback', 'chargeback_announced') AND NOT EXISTS (
       SELECT FROM gateway_events later WHERE later.gateway = e.gateway AND later.gateway_account = e.gateway_account
         AND later.refund_reference = e.refund_reference AND later.kind = 'chargeback_reversed')) AS disputed
     FROM gateway_events e WHERE gateway = $1 AND gateway_account = $2 AND payment_reference = $3`,
    [gateway.name, payment.gatewayAccount, payment.gatewayReference],
  )
  if (told?.disputed) {
    throw notPossibleNow('payment_disputed')
  }
  const collectedAtOnce = (gateway.capabilities.captureMode ?? 'immediate') === 'immediate'
  if (!collectedAtOnce && !told?.captured) {
    throw notPossibleNow('collection_not_reported', { gateway: gateway.label })
  }
}
