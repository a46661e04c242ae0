import type { Queryable } from '../database/database.ts'
import { REFUND_COLUMNS, WITH_PAYMENT, toRefund } from './refund-rows.ts'
import type { RefundRow } from './refund-rows.ts'
import { LAST_ATTEMPT_FIRST } from './refund-store.ts'
import type { Refund } from './refund.ts'

/** One sending to the gateway, without its body: that may hold what is nobody's business. */
export interface AttemptTold {
  readonly operation: string
  readonly key: string
  readonly sends: number
  readonly firstSentAt: Date | null
  readonly answer: string | null
  readonly detail: string | null
  readonly answeredAt: Date | null
}

export interface EventTold {
  readonly id: string
  readonly gatewayKind: string
  readonly occurredAt: Date | null
  readonly receivedAt: Date
  /** What became of it; null while it waits. */
  readonly outcome: string | null
  readonly tries: number
}

/** Who or what, and on which evidence. */
export interface ChangeTold {
  readonly from: string | null
  readonly to: string
  readonly evidence: string
  readonly instance: string
  readonly changedAt: Date
}

/** What Salesforce holds of it. */
export interface WriteTold {
  readonly version: number
  readonly written: number
  readonly dueAt: Date | null
  readonly tries: number
  readonly refusal: string | null
}

/** Everything that is known of one refund, void or credit. */
export interface RefundStory {
  readonly refund: Refund
  readonly attempts: readonly AttemptTold[]
  readonly events: readonly EventTold[]
  readonly changes: readonly ChangeTold[]
  readonly write: WriteTold
}

/** @returns null when there is no such refund */
export async function refundStory(database: Queryable, refundId: string): Promise<RefundStory | null> {
  const [row] = await database.query<RefundRow & { write: Omit<WriteTold, 'dueAt'>; writeDueAt: Date | null }>(
    `SELECT ${REFUND_COLUMNS}, r.crm_due_at AS "writeDueAt",
       jsonb_build_object('version', r.version, 'written', r.crm_version, 'tries', r.crm_tries, 'refusal', r.crm_refusal) AS write
     FROM refunds r ${WITH_PAYMENT} WHERE r.id = $1`,
    [refundId],
  )
  if (!row) return null
  const { write, writeDueAt, ...refund } = row
  const attempts = await database.query<AttemptTold>(
    `SELECT operation, key, sends, first_sent_at AS "firstSentAt", answer, detail, answered_at AS "answeredAt"
     FROM attempts WHERE refund_id = $1 ORDER BY ${LAST_ATTEMPT_FIRST}`,
    [refundId],
  )
  const events = await database.query<EventTold>(
    `SELECT id, gateway_kind AS "gatewayKind", occurred_at AS "occurredAt", received_at AS "receivedAt", outcome, tries
     FROM gateway_events WHERE gateway = $1 AND gateway_account = $2
       AND (payment_reference = $4 OR (payment_reference IS NULL AND refund_reference = $3)) ORDER BY id`,
    [row.gateway, row.gatewayAccount, row.gatewayReference, row.paymentReference],
  )
  const changes = await database.query<ChangeTold>(
    `SELECT from_state AS "from", to_state AS "to", evidence, instance, changed_at AS "changedAt"
     FROM refund_changes WHERE refund_id = $1 ORDER BY id`,
    [refundId],
  )
  return {
    refund: toRefund(refund),
    attempts: attempts.reverse(),
    events,
    changes,
    write: { ...write, dueAt: writeDueAt },
  }
}
