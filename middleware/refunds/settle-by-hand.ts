import { violatedConstraint } from '../database/database.ts'
import type { Database, Queryable } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import { ALLOWED_TRANSITIONS } from './refund.ts'
import type { Refund, RefundState } from './refund.ts'
import { toJob } from './refund-rows.ts'
import type { RefundJob } from './refund-rows.ts'
import { changeRefund } from './change-refund.ts'
import { lockRefund } from './refund-store.ts'

/** What a person may say became of a refund. Not `rejected`: what the gateway says later must still be able to win. */
export const SETTLEMENTS = ['succeeded', 'failed', 'reversed'] as const satisfies readonly RefundState[]

export interface Settlement {
  readonly outcome: (typeof SETTLEMENTS)[number]
  /** What the person found, and where: it stands in the audit row. */
  readonly reason: string
  /** Who says so: a Salesforce user id, or an operator's name. */
  readonly by: string
  /** The gateway's id of the refund, where the person found it. */
  readonly gatewayReference: string | null
}

/** Why a state cannot be settled yet, in the words of what to do instead. */
const INSTEAD: Partial<Record<RefundState, string>> = {
  requested: 'It was not sent yet: withdraw it instead.',
  submitting: 'It is being sent at this moment: look again in a minute.',
}

/**
 * Stores what a person found out about a refund that no gateway tells of, with who said so and why. What the gateway says
 * later still counts: the word of a person has no time of the gateway's clock.
 * @throws RefundError `refund_not_found`, `settlement_not_possible`; then nothing was changed
 */
export async function settleByHand(database: Database, refundId: string, settlement: Settlement): Promise<Refund> {
  const { outcome, reason, by, gatewayReference } = settlement
  return database.transaction(async (tx) => {
    const job = await lock(tx, refundId)
    const { state } = job.refund
    if (state in INSTEAD || !ALLOWED_TRANSITIONS[state].includes(outcome)) {
      const remedy = INSTEAD[state] ?? 'Read its story first: more is known of it.'
      throw new RefundError('settlement_not_possible', { state, outcome, remedy })
    }
    const known = job.refund.gatewayReference
    if (known !== null && gatewayReference !== null && known !== gatewayReference) {
      const remedy = `Its gateway knows it as ${known}, so ${gatewayReference} is another refund: look for ${known}.`
      throw new RefundError('settlement_not_possible', { state, outcome, remedy })
    }
    const failure = outcome === 'succeeded' ? null : { code: 'settled_by_hand', gatewayMessage: null }
    const settled = await changeRefund(tx, job, state, {
      state: outcome,
      evidence: `settled by ${by}: ${reason}`,
      ...(gatewayReference !== null && { gatewayReference }),
      failure,
      attention: null,
      holdMs: 0,
      dueInMs: null,
    }).catch((cause: unknown) => {
      if (violatedConstraint(cause) !== 'refund_reference_once') throw cause
      const remedy = `${gatewayReference} is already the reference of another refund: compare the two first.`
      throw new RefundError('settlement_not_possible', { state, outcome, remedy }, { cause })
    })
    // Locked by this transaction, so nobody can have changed it in between.
    return settled!
  })
}

/**
 * Gives back the amount of a refund that failed late before the gateway's time to repair it is over.
 * @throws RefundError `refund_not_found`, `settlement_not_possible` when it holds nothing
 */
export async function releaseByHand(
  database: Database,
  refundId: string,
  { by, reason }: Pick<Settlement, 'by' | 'reason'>,
): Promise<Refund> {
  return database.transaction(async (tx) => {
    const job = await lock(tx, refundId)
    const { state, heldUntil } = job.refund
    if (heldUntil === null) {
      const remedy = 'Its amount is not held, so there is nothing to release.'
      throw new RefundError('settlement_not_possible', { state, outcome: 'released', remedy })
    }
    await tx.query(`INSERT INTO refund_changes (refund_id, from_state, to_state, evidence) VALUES ($1, $2, $2, $3)`, [
      refundId,
      state,
      `released by ${by}: ${reason}`,
    ])
    const released = await changeRefund(tx, job, state, {
      state,
      evidence: `released by ${by}: ${reason}`,
      holdMs: 0,
      dueInMs: null,
    })
    return released!
  })
}

async function lock(tx: Queryable, refundId: string): Promise<RefundJob> {
  const row = await lockRefund(tx, refundId)
  if (!row) throw new RefundError('refund_not_found')
  return toJob(row)
}
