import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import type { RefundJob } from './refund-rows.ts'
import { changeRefund } from './refund-store.ts'
import { submitRefund } from './submit-refund.ts'

const DAY_MS = 86_400_000

/**
 * Finds out what became of a refund whose outcome is unknown: the same attempt again while the gateway keeps its key, afterwards
 * never again, for a forgotten key would pay twice.
 */
export async function reconcileRefund(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  const [first] = await database.query<{ key_kept: boolean }>(
    `SELECT first_sent_at + $2 * interval '1 millisecond' > relay_now() AS key_kept
     FROM attempts WHERE refund_id = $1 ORDER BY id DESC LIMIT 1`,
    [job.refund.id, gateway.capabilities.keyRetentionMs],
  )
  if (first?.key_kept) return submitRefund(database, gateway, job)
  await changeRefund(database, job, 'unknown', {
    state: 'unknown',
    evidence: 'key retention over',
    attention: `${gateway.label} no longer tells what became of this refund. Compare with its own records, then settle it by hand.`,
    dueInMs: DAY_MS,
  })
}

/** A process took this refund up and never came back: it may have paid, so the outcome is unknown, and is asked for at once. */
export async function declareUnknown(database: Database, job: RefundJob): Promise<void> {
  await changeRefund(database, job, 'submitting', {
    state: 'unknown',
    evidence: 'lease lost',
    failure: { code: 'outcome_unknown', gatewayMessage: null },
    dueInMs: 0,
  })
}

/** The gateway's time to repair a late failure is over: the amount may be refunded again. */
export async function releaseHold(database: Database, job: RefundJob): Promise<void> {
  await changeRefund(database, job, 'failed', {
    state: 'failed',
    evidence: 'hold over',
    holdMs: 0,
    dueInMs: null,
  })
}
