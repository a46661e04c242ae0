import { setTimeout as wait } from 'node:timers/promises'
import { putOffRefund } from '../refunds/failing-work.ts'
import type { GatewayAccount } from '../refunds/gateway-accounts.ts'
import type { RefundJob } from '../refunds/refund-rows.ts'
import { submitRefund } from '../refunds/submit-refund.ts'
import type { RouteOptions } from './route-options.ts'

/** Tries the gateway at once; returns when its answer is stored, or when the agent has waited long enough. */
export async function submitAtOnce(
  options: RouteOptions,
  gateway: GatewayAccount['gateway'],
  job: RefundJob,
  requestId: string,
): Promise<void> {
  const submitted = submitRefund(options.database, gateway, job)
    // The refund is stored, a worker takes it up a little later, and the agent hears what is known.
    .catch((error: unknown) => {
      options.log.error({ refundId: job.refund.id, requestId, error }, 'not submitted at once')
      return putOffRefund(options.database, job)
    })
    .catch((error: unknown) =>
      options.log.error({ refundId: job.refund.id, requestId, error }, 'not put off; it is due when its lease ends'),
    )
    .finally(options.onWork)
  options.onBegun(submitted)
  await withinDeadline(submitted, options.answerWithinMs)
}

/** The work goes on when the deadline passes; only the waiting ends. */
async function withinDeadline(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const deadline = new AbortController()
  await Promise.race([work, wait(milliseconds, undefined, { signal: deadline.signal }).catch(() => {})])
  deadline.abort()
}
