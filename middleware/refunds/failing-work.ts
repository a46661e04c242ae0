import type { Database } from '../database/database.ts'
import { putOff } from '../work/claim.ts'
import type { EventJob } from './gateway-events.ts'
import type { RefundJob } from './refund-rows.ts'

/** So often the work on one refund or event may throw before a person is told; by the back-off that is after two minutes and a half. */
const TELL_AFTER = 5

/** The work on a refund threw: it is tried again, ever more rarely, and shown to a person when that does not end. */
export async function putOffRefund(
  database: Database,
  { refund, leaseNumber, workFailures }: RefundJob,
): Promise<void> {
  const failures = await putOff(database, 'refunds', { id: refund.id, leaseNumber, workFailures })
  if (failures === null || failures < TELL_AFTER) return
  await database.query(
    `UPDATE refunds SET attention_code = 'work_fails', attention = $2 WHERE id = $1 AND attention IS NULL`,
    [refund.id, `The refund service failed ${TELL_AFTER} times to go on with this refund.`],
  )
}

/** The same for an event; it then says so in its outcome. */
export async function putOffEvent(database: Database, event: EventJob): Promise<void> {
  const failures = await putOff(database, 'gateway_events', event)
  if (failures === null || failures < TELL_AFTER) return
  await database.query(`UPDATE gateway_events SET outcome = 'work_fails' WHERE id = $1 AND due_at IS NOT NULL`, [
    event.id,
  ])
}
