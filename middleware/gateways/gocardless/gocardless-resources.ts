import { z } from 'zod'
import type { PaymentFacts, RefundFacts, Refusal } from '../gateway.ts'
import { fromMinorUnits } from './gocardless-currency.ts'

/** Whole numbers of minor units; the vendor's own SDK types them as text in answers. */
const minorUnitsSchema = z
  .union([z.number(), z.string().regex(/^\d{1,16}$/)])
  .transform(Number)
  .pipe(z.int())
const currencySchema = z.string().regex(/^[A-Z]{3}$/)
const metadataSchema = z.record(z.string(), z.string()).nullish()

export const refundIdSchema = z.string().regex(/^RF[0-9A-Za-z]{1,40}$/)
export const paymentIdSchema = z.string().regex(/^PM[0-9A-Za-z]{1,40}$/)

export const refundSchema = z.object({
  id: refundIdSchema,
  amount: minorUnitsSchema.pipe(z.int().positive()),
  currency: currencySchema,
  status: z.string(),
  created_at: z.string(),
  metadata: metadataSchema,
  links: z.object({ payment: paymentIdSchema.nullish() }),
})
export type GoCardlessRefund = z.output<typeof refundSchema>

export const paymentSchema = z.object({
  id: paymentIdSchema,
  amount: minorUnitsSchema,
  amount_refunded: minorUnitsSchema,
  currency: currencySchema,
  status: z.string(),
  charge_date: z.iso.date().nullish(),
  links: z.object({ creditor: z.string().nullish(), mandate: z.string().nullish() }),
})
export type GoCardlessPayment = z.output<typeof paymentSchema>

export const creditorSchema = z.object({ id: z.string(), can_create_refunds: z.boolean().nullish() })

export const balanceSchema = z.object({
  balance_type: z.string(),
  currency: currencySchema,
  amount: z
    .union([z.number(), z.string().regex(/^-?\d{1,16}$/)])
    .transform(Number)
    .pipe(z.int()),
})

const REFUND_STATUS: Readonly<Record<string, RefundFacts['status']>> = {
  created: 'pending',
  pending_submission: 'pending',
  submitted: 'pending',
  // Sent to the customer. `refund_settled`, by comparison, only says that a payout of the merchant was lowered by it.
  paid: 'succeeded',
  cancelled: 'failed',
  failed: 'failed',
  bounced: 'failed',
  funds_returned: 'reversed',
}

export const REFUND_REFUSAL: Readonly<Record<string, Refusal['code']>> = {
  cancelled: 'gateway_refused',
  failed: 'bank_returned_refund',
  bounced: 'bank_returned_refund',
  funds_returned: 'refund_came_back',
}

/** Our stamp on a refund; null when it was not made here. */
export function stampOf(metadata: Readonly<Record<string, unknown>> | null | undefined): string | null {
  return z.uuid().safeParse(metadata?.['refund']).data ?? null
}

/** @throws RangeError when its status or currency is none that we know */
export function refundFacts(refund: GoCardlessRefund): RefundFacts {
  const status = REFUND_STATUS[refund.status]
  if (!status) throw new RangeError(`refund ${refund.id} has a status that is not documented`)
  const code = REFUND_REFUSAL[refund.status]
  return {
    gatewayReference: refund.id,
    paymentReference: refund.links.payment ?? null,
    refundId: stampOf(refund.metadata),
    amount: fromMinorUnits(refund.amount, refund.currency),
    status,
    refusal: code ? { code, gatewayMessage: refund.status } : null,
    // The resource tells when it was created and nothing later; that is what its events are for.
    occurredAt: refund.status === 'created' ? isoTime(refund.created_at) : null,
  }
}

export interface PaymentStatus {
  readonly status: PaymentFacts['status']
  /** Why it cannot be refunded as it stands. */
  readonly obstacle: Refusal['code'] | null
  readonly charged: boolean
}

export const PAYMENT_STATUS: Readonly<Record<string, PaymentStatus>> = {
  pending_customer_approval: { status: 'not_settled', obstacle: 'payment_not_captured', charged: false },
  pending_submission: { status: 'not_settled', obstacle: 'payment_not_captured', charged: false },
  submitted: { status: 'settling', obstacle: 'payment_not_captured', charged: false },
  confirmed: { status: 'settled', obstacle: null, charged: true },
  paid_out: { status: 'settled', obstacle: null, charged: true },
  cancelled: { status: 'voided', obstacle: 'payment_already_voided', charged: false },
  customer_approval_denied: { status: 'voided', obstacle: 'payment_already_voided', charged: false },
  failed: { status: 'failed', obstacle: 'payment_debit_failed', charged: false },
  charged_back: { status: 'charged_back', obstacle: 'payment_disputed', charged: true },
}

/** @throws RangeError when the status is none that we know */
export function paymentStatus({ id, status }: GoCardlessPayment): PaymentStatus {
  const known = PAYMENT_STATUS[status]
  if (!known) throw new RangeError(`payment ${id} has a status that is not documented`)
  return known
}

/** ISO 8601 in UTC, null when it is no time. */
export function isoTime(text: unknown): string | null {
  const time = z.iso.datetime({ offset: true }).safeParse(text)
  return time.success ? new Date(time.data).toISOString() : null
}
