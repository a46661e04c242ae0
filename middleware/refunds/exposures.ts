import type { ExposureRecord, PaymentRecord } from '../crm/crm.ts'
import type { Queryable } from '../database/database.ts'
import { Money } from '../money/money.ts'

interface ExposureRow {
  readonly id: string
  readonly paymentId: string
  readonly kind: keyof typeof KINDS
  readonly amount: string
  readonly currency: string
  readonly atRisk: boolean
  readonly openedAt: Date
  readonly closedAt: Date | null
  readonly version: number
}

const KINDS = {
  double_refund: {
    kind: 'Double refund',
    explanation: 'The payment was refunded, and the bank took it back as well: the customer has the money twice.',
  },
  unfunded_refund: {
    kind: 'Unfunded refund',
    explanation: 'More went back to the customer than was ever taken for this payment.',
  },
} as const

/** Exposures whose newest version Salesforce does not hold yet, longest waiting first. */
export async function dueExposures(database: Queryable, orgId: string, limit: number): Promise<ExposureRecord[]> {
  const rows = await database.query<ExposureRow>(
    `SELECT e.id, e.payment_id AS "paymentId", e.kind, e.amount, p.currency, e.at_risk AS "atRisk", e.opened_at AS "openedAt",
       e.closed_at AS "closedAt", e.version
     FROM exposures e JOIN payments p USING (org_id, payment_id)
     WHERE e.org_id = $1 AND e.crm_due_at <= relay_now() + interval '1 second' ORDER BY e.crm_due_at LIMIT $2`,
    [orgId, limit],
  )
  return rows.map(({ kind, amount, currency, openedAt, closedAt, ...row }) => ({
    ...row,
    ...KINDS[kind],
    type: 'exposure',
    amount: Money.fromDecimal(amount, currency).toDecimal(),
    currency,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  }))
}

/** Payments of which Salesforce does not show yet how much the bank took back. */
export async function duePayments(database: Queryable, orgId: string, limit: number): Promise<PaymentRecord[]> {
  const rows = await database.query<{ id: string; version: number; chargedBack: string; currency: string }>(
    `SELECT payment_id AS id, version, charged_back AS "chargedBack", currency FROM payments
     WHERE org_id = $1 AND crm_due_at <= relay_now() + interval '1 second' ORDER BY crm_due_at LIMIT $2`,
    [orgId, limit],
  )
  return rows.map(({ chargedBack, ...row }) => ({
    ...row,
    type: 'payment',
    chargedBack: Money.fromDecimal(chargedBack, row.currency).toDecimal(),
  }))
}
