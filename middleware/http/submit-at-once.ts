import type { ChangedRefund } from '../refunds/change-refund.ts'
import { putOffRefund } from '../refunds/failing-work.ts'
import type { GatewayAccount } from '../refunds/gateway-accounts.ts'
import type { RefundJob } from '../refunds/refund-rows.ts'
import { submitRefund } from '../refunds/submit-refund.ts'
import type { RouteOptions } from './route-options.ts'

/**
 * Tries the gateway at once; returns when its answer is stored, or when the agent has waited long enough.
 * @returns what was stored; null when it must be looked up
 */
export async function submitAtOnce(
  options: RouteOptions,
  gateway: GatewayAccount['gateway'],
  job: RefundJob,
  requestId: string,
): Promise<ChangedRefund | null> {
  const submitted = submitRefund(options.database, gateway, job)
    // The refund is stored, a worker takes it up a little later, and the agent hears what is known.
    .catch(async (error: unknown) => {
      options.log.error({ refundId: job.refund.id, requestId, error }, 'not submitted at once')
      await putOffRefund(options.database, job)
      return null
    })
    .catch((error: unknown) => {
      options.log.error({ refundId: job.refund.id, requestId, error }, 'not put off; it is due when its lease ends')
      return null
    })
  options.onBegun(submitted)
  // An undo that was refused one way goes out the other way at once.
  void submitted.then((stored) => stored?.refund.state === 'requested' && options.onWork())
  return withinDeadline(submitted, options.answerWithinMs)
}

/** The work goes on when the deadline passes; only the waiting ends. */
async function withinDeadline<Result>(work: Promise<Result>, milliseconds: number): Promise<Result | null> {
  let timer: NodeJS.Timeout
  const passed = new Promise<null>((resolve) => (timer = setTimeout(resolve, milliseconds, null)))
  return Promise.race([work, passed]).finally(() => clearTimeout(timer))
}
