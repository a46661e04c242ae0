import type { Database } from '../../database/database.ts'
import { COMMANDS, ledgerSays } from './break.ts'
import type { Break, LedgerRefund } from './break.ts'
import type { Reconciliation } from './break-store.ts'
import type { Compared } from './judge-line.ts'

const PAGE = 1_000
/** A write to Salesforce that is younger than this is on its way. */
const LAG_MINUTES = 15

interface Row extends LedgerRefund {
  readonly at: Date
}

const COLUMNS = `r.id AS "refundId", r.kind, r.state, r.amount, r.currency, r.payment_id AS "paymentId", r.gateway_reference AS "gatewayReference",
  p.gateway_reference AS "paymentReference"`
const FROM = 'FROM refunds r LEFT JOIN payments p ON p.org_id = r.org_id AND p.payment_id = r.payment_id'

/** What the ledger counts as refunded in the period and the report does not show, in pages. A void is booked nowhere. */
export async function* missingThere(
  database: Database,
  { id, gateway, account, since, until }: Reconciliation,
  compared: Compared,
): AsyncGenerator<Break[]> {
  const { label, capabilities, lookUpPayment } = compared.gateway
  // As text: a Date would cut off the microseconds, and lead back.
  for (let after = { cursor: since.toISOString(), refundId: NO_ID }; ;) {
    const rows = await database.query<Row & { cursor: string }>(
      `SELECT ${COLUMNS}, r.decided_at AS at, r.decided_at::text AS cursor ${FROM}
       WHERE r.gateway = $1 AND r.gateway_account = $2 AND r.state = 'succeeded' AND r.kind = 'refund'
         AND (r.decided_at, r.id) > ($4::timestamptz, $5::uuid) AND r.decided_at >= $3 AND r.decided_at < $6
         AND NOT EXISTS (SELECT FROM reconciled_refunds shown WHERE shown.reconciliation_id = $7 AND shown.refund_id = r.id)
       ORDER BY r.decided_at, r.id LIMIT ${PAGE}`,
      [gateway, account, since, after.cursor, after.refundId, until, id],
    )
    yield rows.map((row) =>
      breakOf('missing_there', row, 'nothing', {
        cause: `${label} told that it was paid, and its ${capabilities.report === 'file' ? 'report' : 'settlement'} of these days does not show it: it is booked a day later, or never was.`,
        command: lookUpPayment && row.paymentId ? COMMANDS.askForPayment(row.paymentId) : COMMANDS.settle(row.refundId),
      }),
    )
    if (rows.length < PAGE) return
    after = rows.at(-1)!
  }
}

/** Refunds of the period whose newest state Salesforce refuses, or has not got for a while, in pages. */
export async function* notInSalesforce(
  database: Database,
  { id, orgId, gateway, account, since, until }: Reconciliation,
): AsyncGenerator<Break[]> {
  for (let after = NO_ID; ;) {
    const rows = await database.query<Row & { refusal: string | null; crmVersion: number }>(
      `SELECT ${COLUMNS}, r.updated_at AS at, r.crm_refusal AS refusal, r.crm_version AS "crmVersion" ${FROM}
       WHERE r.org_id = $1 AND r.crm_due_at IS NOT NULL AND r.gateway = $2 AND r.gateway_account = $3 AND r.crm_version < r.version
         AND (r.crm_refusal IS NOT NULL OR r.updated_at < relay_now() - interval '${LAG_MINUTES} minutes')
         AND (coalesce(r.decided_at, r.requested_at) >= $4 AND coalesce(r.decided_at, r.requested_at) < $5
           OR EXISTS (SELECT FROM reconciled_refunds shown WHERE shown.reconciliation_id = $6 AND shown.refund_id = r.id))
         AND r.id > $7
       ORDER BY r.id LIMIT ${PAGE}`,
      [orgId, gateway, account, since, until, id, after],
    )
    yield rows.map(({ refusal, crmVersion, ...row }) =>
      breakOf('not_in_salesforce', row, 'as the ledger', {
        cause: refusal
          ? `Salesforce ${crmVersion === 0 ? 'has no record of it and' : 'shows an older state and'} refuses this one: ${refusal}`
          : `Salesforce ${crmVersion === 0 ? 'has no record of it yet' : 'still shows an older state'}: it was not reached.`,
        command: COMMANDS.retry(row.refundId),
      }),
    )
    if (rows.length < PAGE) return
    after = rows.at(-1)!.refundId
  }
}

/** Before every id. */
const NO_ID = '00000000-0000-0000-0000-000000000000'

function breakOf(kind: Break['kind'], row: Row, gatewaySays: string, why: Pick<Break, 'cause' | 'command'>): Break {
  const { refundId, paymentId, paymentReference, gatewayReference } = row
  return {
    ...why,
    kind,
    subject: refundId,
    refundId,
    paymentId,
    paymentReference,
    gatewayReference,
    ledgerSays: ledgerSays(row),
    gatewaySays,
    happenedAt: row.at.toISOString(),
  }
}
