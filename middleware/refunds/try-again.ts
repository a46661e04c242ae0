import { validate as isUuid } from 'uuid'
import type { Database } from '../database/database.ts'
import { writeAgain } from './write-back.ts'

/** What was made due by a person who does not want to wait for the back-off. */
export interface MadeDue {
  /** The gateway is asked again, or the refund sent as it would have been later. */
  readonly atGateway: boolean
  /** The newest state is written to Salesforce again. */
  readonly inCrm: boolean
}

/**
 * Makes what a refund waits for due now, and forgets how often it was tried in vain. What is final at the gateway is left alone.
 * @param id of a refund; or of what only Salesforce waits for: an exposure, a break, a payment's record id
 */
export async function tryAgain(database: Database, id: string): Promise<MadeDue> {
  const asked = isUuid(id)
    ? await database.query(
        `UPDATE refunds SET due_at = relay_now(), tries = 0 WHERE id = $1 AND state IN ('requested', 'unknown', 'pending') RETURNING id`,
        [id],
      )
    : []
  return { atGateway: asked.length > 0, inCrm: await writeAgain(database, id) }
}

/**
 * Makes a stored event due again: it is judged once more, against the state as it is now. A capture that was counted is not: it would
 * add to what was captured once more.
 * @returns whether there is such an event, and it says something that can be judged again
 */
export async function replayEvent(database: Database, eventId: string): Promise<boolean> {
  const rows = await database.query(
    `UPDATE gateway_events SET due_at = relay_now(), tries = 0 WHERE id = $1 AND kind NOT IN ('other', 'unreadable')
       AND NOT (kind IN ('captured', 'capture_failed') AND outcome IS NOT DISTINCT FROM 'applied') RETURNING id`,
    [eventId],
  )
  return rows.length > 0
}
