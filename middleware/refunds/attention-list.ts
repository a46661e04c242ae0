import type { Queryable } from '../database/database.ts'
import { Money } from '../money/money.ts'
import { attentionRemedy } from './attention.ts'
import type { AttentionCode } from './attention.ts'
import type { RefundState } from './refund.ts'

/** What a person should do about a row that Salesforce refuses. */
const WRITE_REFUSED_REMEDY =
  'Salesforce does not show this. Mend what it names (a rule, a deleted payment, a right), then have it written again.'

const EVENT_FAILS_REMEDY =
  "Look for its number in the service's log; when that is mended, have it judged again: npm run refunds -- replay"

/** One thing that needs a person: a refund, credit or exposure with its reason, what the service fails at, or a row that Salesforce refuses. */
export interface AttentionItem {
  readonly subject: 'refund' | 'credit' | 'exposure' | 'payment' | 'break' | 'event'
  /** Of the refund, exposure or break; a payment's record id; an event's number. */
  readonly id: string
  /** Null for an event of a payment, or refund, that nobody knows. */
  readonly orgId: string | null
  readonly paymentId: string | null
  readonly gateway: string
  readonly gatewayAccount: string
  readonly gatewayReference: string | null
  /** Null for a break, which is about more than one, and for an event, of which nothing is believed yet. */
  readonly amount: Money | null
  /** Null where it is not about a refund. */
  readonly state: RefundState | null
  readonly code: AttentionCode | 'write_refused' | 'event_fails'
  readonly reason: string
  readonly remedy: string
  readonly since: Date
  readonly ageSeconds: number
}

type AttentionRow = Omit<AttentionItem, 'amount' | 'remedy'> & {
  readonly amount: string | null
  readonly currency: string | null
}

/**
 * Everything that needs a person, longest waiting first: refunds and credits that are marked (what changed after success, what is unknown
 * for long, what cannot be true), money that is out twice, events that cannot be applied, and rows that Salesforce refuses. One refund can stand in it for two reasons.
 */
export async function attentionList(
  database: Queryable,
  { orgId = null, limit = 1_000 }: { readonly orgId?: string | null; readonly limit?: number } = {},
): Promise<AttentionItem[]> {
  const rows = await database.query<AttentionRow>(
    `WITH of_refunds AS (
       SELECT CASE kind WHEN 'credit' THEN 'credit' ELSE 'refund' END AS subject, id::text, org_id, payment_id, gateway, gateway_account,
         gateway_reference, amount, currency, state, attention, attention_code, attention_at, crm_refusal, crm_refused_at
       FROM refunds WHERE attention IS NOT NULL OR crm_refused_at IS NOT NULL
     ), items AS (
       SELECT subject, id, org_id, payment_id, gateway, gateway_account, gateway_reference, amount, currency, state,
         attention_code AS code, attention AS reason, attention_at AS since FROM of_refunds WHERE attention IS NOT NULL
       UNION ALL
       SELECT subject, id, org_id, payment_id, gateway, gateway_account, gateway_reference, amount, currency, state,
         'write_refused', crm_refusal, crm_refused_at FROM of_refunds WHERE crm_refused_at IS NOT NULL
       UNION ALL
       SELECT 'exposure', e.id::text, org_id, payment_id, p.gateway, p.gateway_account, p.gateway_reference, e.amount, p.currency, NULL,
         e.kind, CASE e.kind WHEN 'double_refund' THEN 'The payment was refunded, and the bank took it back as well.'
           ELSE 'More went back to the customer than was taken for this payment.' END, e.opened_at
       FROM exposures e JOIN payments p USING (org_id, payment_id) WHERE e.at_risk
       UNION ALL
       SELECT 'exposure', e.id::text, org_id, payment_id, p.gateway, p.gateway_account, p.gateway_reference, e.amount, p.currency, NULL,
         'write_refused', e.crm_refusal, e.crm_refused_at
       FROM exposures e JOIN payments p USING (org_id, payment_id) WHERE e.crm_refused_at IS NOT NULL
       UNION ALL
       SELECT 'payment', payment_id, org_id, payment_id, gateway, gateway_account, gateway_reference, charged_back, currency, NULL,
         'write_refused', crm_refusal, crm_refused_at
       FROM payments WHERE crm_refused_at IS NOT NULL
       UNION ALL
       SELECT 'break', id::text, org_id, payment_id, gateway, gateway_account, gateway_reference, NULL, NULL, NULL,
         'write_refused', crm_refusal, crm_refused_at
       FROM refund_breaks WHERE crm_refused_at IS NOT NULL
       UNION ALL
       SELECT 'event', e.id::text, coalesce(p.org_id, r.org_id), coalesce(p.payment_id, r.payment_id), e.gateway, e.gateway_account, e.refund_reference, NULL, NULL, NULL,
         'event_fails', 'The refund service fails to apply what the gateway told: ' || e.gateway_kind || '.', e.received_at
       FROM gateway_events e LEFT JOIN payments p ON (p.gateway, p.gateway_account, p.gateway_reference) = (e.gateway, e.gateway_account, e.payment_reference)
         LEFT JOIN refunds r ON (r.gateway, r.gateway_account, r.gateway_reference) = (e.gateway, e.gateway_account, e.refund_reference)
       WHERE e.outcome = 'work_fails' AND e.due_at IS NOT NULL
     )
     SELECT subject, id, org_id AS "orgId", payment_id AS "paymentId", gateway, gateway_account AS "gatewayAccount",
       gateway_reference AS "gatewayReference", amount, currency, state, code, reason, since,
       extract(epoch FROM relay_now() - since)::int AS "ageSeconds"
     FROM items WHERE $1::text IS NULL OR org_id = $1 ORDER BY since, id LIMIT $2`,
    [orgId, limit],
  )
  return rows.map(({ amount, currency, ...row }) => ({
    ...row,
    amount: amount === null || currency === null ? null : Money.fromDecimal(amount, currency),
    remedy: remedyOf(row),
  }))
}

function remedyOf({ code, id }: Pick<AttentionItem, 'code' | 'id'>): string {
  if (code === 'event_fails') return `${EVENT_FAILS_REMEDY} ${id}.`
  return code === 'write_refused' ? WRITE_REFUSED_REMEDY : attentionRemedy(code)
}
