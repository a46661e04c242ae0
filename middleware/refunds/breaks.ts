import type { BreakRecord } from '../crm/crm.ts'
import type { Queryable } from '../database/database.ts'

const KINDS = {
  missing_here: 'Missing here',
  missing_there: 'Missing at gateway',
  other_amount: 'Other amount',
  other_currency: 'Other currency',
  other_state: 'Other state',
  not_in_salesforce: 'Not in Salesforce',
} as const satisfies Readonly<Record<string, BreakRecord['kind']>>

type Row = Omit<BreakRecord, 'type' | 'kind' | 'currency' | 'happenedAt' | 'openedAt' | 'closedAt'> & {
  readonly kind: keyof typeof KINDS
  readonly happenedAt: Date | null
  readonly openedAt: Date
  readonly closedAt: Date | null
}

/** What reconciliations found or no longer found, and Salesforce does not show yet, longest waiting first. */
export async function dueBreaks(database: Queryable, orgId: string, limit: number): Promise<BreakRecord[]> {
  const rows = await database.query<Row>(
    `SELECT id, version, kind, payment_id AS "paymentId", refund_id AS "refundId", gateway, gateway_account AS "gatewayAccount",
       gateway_reference AS "gatewayReference", payment_reference AS "paymentReference", ledger_says AS "ledgerSays",
       gateway_says AS "gatewaySays", cause, command, happened_at AS "happenedAt", opened_at AS "openedAt", closed_at AS "closedAt"
     FROM refund_breaks WHERE org_id = $1 AND crm_due_at <= relay_now() + interval '1 second' ORDER BY crm_due_at LIMIT $2`,
    [orgId, limit],
  )
  return rows.map(({ kind, happenedAt, openedAt, closedAt, ...row }) => ({
    ...row,
    type: 'break',
    kind: KINDS[kind],
    currency: null,
    happenedAt: happenedAt?.toISOString() ?? null,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  }))
}
