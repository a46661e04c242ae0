import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../../middleware/database/database.ts'
import type { RefundState } from '../../../middleware/refunds/refund.ts'

export const ORG_ID = '00D000000000001EAA'
export const USER_ID = '005000000000001AAA'

/** A payment of EUR 100.00, and one refund of EUR 10.00 that went straight into a state, as history left it. */
export async function refundIn(
  database: Database,
  state: RefundState,
  kind: 'refund' | 'void' = 'refund',
): Promise<{ id: string; paymentId: string }> {
  const id = uuidv7()
  const paymentId = `a01${id.replaceAll('-', '').slice(-15)}`
  await database.query(
    `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
     VALUES ($1, $2, 'adyen', 'RefundRelayECOM', $3, 'EUR', 100)`,
    [ORG_ID, paymentId, `PSP${id}`],
  )
  await database.query(
    `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, requested_by,
       idempotency_key, request_digest, evidence)
     VALUES ($1, $2, $3, 'adyen', 'RefundRelayECOM', 'EUR', $7, 'here', $4, 10, $5, $6, 'digest', 'test')`,
    [id, ORG_ID, paymentId, state, USER_ID, `key-${id}`, kind],
  )
  return { id, paymentId }
}

/** Changes a refund past one of the database's rules about it, as no code may. */
export async function pastRule(database: Database, rule: string, id: string, change: string): Promise<void> {
  await database.query(`ALTER TABLE refunds DISABLE TRIGGER ${rule}`)
  await database.query(`UPDATE refunds SET ${change} WHERE id = $1`, [id])
  await database.query(`ALTER TABLE refunds ENABLE TRIGGER ${rule}`)
}
