import type { Database } from '../../middleware/database/database.ts'
import type { Crm } from '../../middleware/crm/crm.ts'
import { applyEvent } from '../../middleware/refunds/apply-event.ts'
import { claimRefunds } from '../../middleware/refunds/due-work.ts'
import { eraseOld } from '../../middleware/refunds/erase-old.ts'
import { storeEvents } from '../../middleware/refunds/event-inbox.ts'
import { claimEvents } from '../../middleware/refunds/gateway-events.ts'
import { joinPayments } from '../../middleware/refunds/join-payments.ts'
import { markSilence } from '../../middleware/refunds/mark-silence.ts'
import { claimWrites, writeBack } from '../../middleware/refunds/write-back.ts'
import { ACCOUNT, ORG } from './bench-world.ts'
import { explained } from './explained.ts'
import { AT_ONCE, newPayments, productFlow } from './refund-flow.ts'

/** Takes every row at once. */
const WILLING: Crm = {
  apiUsage: null,
  upsert: (records) => Promise.resolve(records.map(({ id }) => ({ id, outcome: 'written' }))),
  permittedUsers: () => Promise.reject(new Error('nobody asks')),
  findPayments: () => Promise.resolve([]),
}

/** One write-back of all that waits, to an org that takes it. */
export async function writeEverything(database: Database): Promise<void> {
  await database.query('UPDATE orgs SET crm_lease_until = NULL')
  await database.query(`UPDATE refunds SET crm_due_at = relay_now() WHERE org_id = $1 AND crm_due_at IS NOT NULL`, [
    ORG,
  ])
  for (const lease of await claimWrites(database, new Map([[ORG, WILLING]]))) await writeBack(database, WILLING, lease)
}

/** Everything that the workers and the chores of one process ask for. */
export async function planDueWork(database: Database) {
  const plans = explained(database)
  const [payment] = newPayments(1)
  await productFlow(database)(payment!)
  await claimRefunds(plans.database, 16)
  const [refund] = await database.query<{ id: string; reference: string }>(
    'SELECT id, gateway_reference AS reference FROM refunds WHERE payment_id = $1',
    [payment],
  )
  const about = { paymentReference: `P${payment}`, refundReference: refund!.reference, refundId: refund!.id }
  const event = { ...about, kind: 'refund_succeeded', gatewayKind: 'REFUND', identity: refund!.id } as const
  const whole = {
    ...event,
    occurredAt: new Date().toISOString(),
    amount: { value: '10.00', currency: 'EUR' },
    refusal: null,
    payload: {},
  }
  await storeEvents(plans.database, { gateway: AT_ONCE.name, account: ACCOUNT, events: [whole] })
  for (const job of await claimEvents(plans.database, 8)) await applyEvent(plans.database, AT_ONCE, job)
  const account = { account: ACCOUNT, orgId: ORG, live: false, gateway: AT_ONCE }
  await markSilence(plans.database, [account])
  await joinPayments(plans.database, WILLING, ORG, [account])
  await writeEverything(plans.database)
  await eraseOld(plans.database, 0)
  return { lines: plans.lines(), readsWhole: plans.readsWhole() }
}
