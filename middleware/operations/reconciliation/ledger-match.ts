import type { Database } from '../../database/database.ts'
import type { ReportLine } from '../../gateways/report-line.ts'
import type { LedgerRefund } from './break.ts'

/** Which account is compared. */
export interface Account {
  readonly orgId: string
  readonly gateway: string
  readonly account: string
}

/** What the ledger holds of the subject of one line. */
export interface LedgerMatch {
  readonly refund: (LedgerRefund & { readonly evidenceAt: Date | null }) | null
  readonly dispute: { readonly amount: string; readonly open: boolean; readonly at: Date | null } | null
  /** The payment, where the ledger knows it. */
  readonly payment: { readonly id: string; readonly currency: string } | null
  /** A webhook that told of it, where its refund or dispute is not in the books. */
  readonly told: { readonly event: string; readonly outcome: string | null } | null
}

/**
 * Finds what many lines speak of with one query, and notes which refunds were shown: by the gateway's reference, else by our stamp where
 * a refund has no reference yet. The same stamp on another reference is another payment of money, and is not found.
 * @returns one match per line, in the same order
 */
export async function matchLines(
  database: Database,
  { gateway, account }: Account,
  reconciliationId: string,
  lines: readonly ReportLine[],
): Promise<readonly LedgerMatch[]> {
  const column = (read: (event: ReportLine['event']) => string | null) => lines.map(({ event }) => read(event))
  const rows = await database.query<LedgerMatch & { readonly n: string }>(
    `WITH line AS (
       SELECT * FROM unnest($4::text[], $5::text[], $6::uuid[]) WITH ORDINALITY AS line (payment, refund, stamp, n)
     ), found AS (
       SELECT line.n, r.*, p.gateway_reference AS of_payment FROM line CROSS JOIN LATERAL (
         (SELECT * FROM refunds WHERE gateway = $1 AND gateway_account = $2 AND gateway_reference = line.refund)
         UNION ALL
         (SELECT * FROM refunds WHERE id = line.stamp AND gateway = $1 AND gateway_account = $2 AND gateway_reference IS NULL)
         LIMIT 1
       ) r LEFT JOIN payments p ON p.org_id = r.org_id AND p.payment_id = r.payment_id
     ), shown AS (
       INSERT INTO reconciled_refunds SELECT DISTINCT $3::uuid, id FROM found ON CONFLICT DO NOTHING
     )
     SELECT line.n,
       CASE WHEN r.id IS NOT NULL THEN jsonb_build_object('refundId', r.id, 'kind', r.kind, 'state', r.state, 'amount', r.amount::text,
         'currency', r.currency, 'evidenceAt', r.evidence_at, 'paymentId', r.payment_id, 'paymentReference', r.of_payment,
         'gatewayReference', r.gateway_reference) END AS refund,
       CASE WHEN c.reference IS NOT NULL THEN
         jsonb_build_object('amount', c.amount::text, 'open', c.open, 'at', c.evidence_at) END AS dispute,
       CASE WHEN p.payment_id IS NOT NULL THEN jsonb_build_object('id', p.payment_id, 'currency', p.currency) END AS payment,
       told.told
     FROM line
     LEFT JOIN found r ON r.n = line.n
     LEFT JOIN payments p ON p.gateway = $1 AND p.gateway_account = $2 AND p.gateway_reference = line.payment
     LEFT JOIN LATERAL (
       -- A gateway that names no dispute has one for the whole payment.
       SELECT * FROM chargebacks WHERE gateway = $1 AND gateway_account = $2 AND (reference = line.refund
         OR (line.refund IS NULL AND org_id = p.org_id AND payment_id = p.payment_id)) LIMIT 1
     ) c ON r.id IS NULL
     LEFT JOIN LATERAL (
       SELECT jsonb_build_object('event', id::text, 'outcome', outcome) AS told FROM gateway_events
       WHERE gateway = $1 AND gateway_account = $2 AND payment_reference = line.payment
         AND refund_reference IS NOT DISTINCT FROM line.refund AND identity NOT LIKE 'report:%' ORDER BY id DESC LIMIT 1
     ) told ON r.id IS NULL AND c.reference IS NULL
     ORDER BY line.n`,
    [
      gateway,
      account,
      reconciliationId,
      column((event) => event.paymentReference),
      column((event) => event.refundReference),
      column((event) => event.refundId),
    ],
  )
  return rows.map(({ refund, dispute, payment, told }) => ({
    refund: refund && { ...refund, evidenceAt: toDate(refund.evidenceAt) },
    dispute: dispute && { ...dispute, at: toDate(dispute.at) },
    payment,
    told,
  }))
}

/** JSON has no dates. */
function toDate(time: Date | string | null): Date | null {
  return time === null ? null : new Date(time)
}
