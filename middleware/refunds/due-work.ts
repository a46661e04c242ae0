import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { claimDue } from '../work/claim.ts'
import { declareUnknown, pollRefund, reconcileRefund, releaseHold } from './reconcile-refund.ts'
import { LEASE_SECONDS } from './refund-store.ts'
import { REFUND_COLUMNS, WITH_PAYMENT, toJob } from './refund-rows.ts'
import type { RefundJob, RefundRow } from './refund-rows.ts'
import type { RefundState } from './refund.ts'
import { submitRefund } from './submit-refund.ts'

type Step = (database: Database, gateway: Gateway, job: RefundJob) => Promise<unknown>

/** State → what is due. States without a step wait for a webhook. */
const STEPS: Partial<Record<RefundState, Step>> = {
  requested: submitRefund,
  submitting: (database, _gateway, job) => declareUnknown(database, job),
  unknown: reconcileRefund,
  pending: pollRefund,
  failed: (database, _gateway, job) => releaseHold(database, job),
}

/** Due refunds, leased to this process. */
export async function claimRefunds(database: Database, limit: number): Promise<RefundJob[]> {
  const ids = await claimDue(database, 'refunds', limit, LEASE_SECONDS)
  if (ids.length === 0) return []
  const rows = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT} WHERE r.id = ANY($1::uuid[])`,
    [ids],
  )
  return rows.map(toJob)
}

export async function doRefundWork(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  await STEPS[job.refund.state]?.(database, gateway, job)
}
