import type { Crm, PaymentReference } from '../crm/crm.ts'
import { CrmError } from '../crm/crm.ts'
import type { Database } from '../database/database.ts'
import { trace } from '../trace.ts'
import type { GatewayAccount } from './gateway-accounts.ts'

/** What one look-up by external id takes. */
const BATCH = 200

/**
 * Events of payments that were never refunded here wait until their payment record is found by its gateway reference: a chargeback, or
 * a refund made in the gateway's own console. One API call for all that wait, and none when nothing does.
 * @param accounts of this org
 * @returns how many payments were joined
 */
export async function joinPayments(
  database: Database,
  crm: Crm,
  orgId: string,
  accounts: readonly GatewayAccount[],
): Promise<number> {
  const waiting = await database.query<PaymentReference>(
    `SELECT gateway, gateway_account AS "gatewayAccount", payment_reference AS "gatewayReference" FROM gateway_events
     WHERE outcome = 'no_such_payment' AND payment_reference IS NOT NULL
       AND (gateway, gateway_account) IN (SELECT * FROM unnest($2::text[], $3::text[]))
     -- Who was looked for in vain waits ever longer, so the new ones come first.
     GROUP BY 1, 2, 3 ORDER BY min(due_at) LIMIT $1`,
    [BATCH, accounts.map(({ gateway }) => gateway.name), accounts.map(({ account }) => account)],
  )
  if (waiting.length === 0) return 0
  const found = await trace('read_org', { orgId }, () => crm.findPayments(waiting)).catch((error: unknown) => {
    // They wait on; the next look finds them.
    if (error instanceof CrmError) return []
    throw error
  })
  for (const payment of found) {
    await database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [
          orgId,
          payment.paymentId,
          payment.gateway,
          payment.gatewayAccount,
          payment.gatewayReference,
          payment.currency,
          payment.captured,
        ],
      )
      await tx.query(
        `UPDATE gateway_events SET due_at = relay_now() WHERE gateway = $1 AND gateway_account = $2 AND payment_reference = $3
           AND outcome = 'no_such_payment'`,
        [payment.gateway, payment.gatewayAccount, payment.gatewayReference],
      )
    })
  }
  return found.length
}
