import { violatedConstraint } from '../database/database.ts'
import type { Queryable } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { applyParked } from './apply-event.ts'
import type { PaymentLook } from './look-up-payment.ts'
import { applyPaymentFacts } from './payment-facts.ts'
import { BALANCE, toBalance } from './refund-rows.ts'
import type { ToldBalance } from './refund-rows.ts'
import { findBalance } from './refund-store.ts'
import type { PaymentBalance } from './refund.ts'
import type { RefundRequest } from './refund-request.ts'

export interface BoundPayment {
  readonly balance: PaymentBalance
  /** Milliseconds until another refund of this payment may go out; 0: at once. */
  readonly nextSendInMs: number
}

interface BoundRow {
  readonly currency: string
  readonly balance: ToldBalance
  readonly gateway: string
  readonly gatewayAccount: string
  readonly gatewayReference: string
  readonly nextSendInMs: number
  /** Its first refund here, and the gateway has told of it before. */
  readonly wasToldOf: boolean
}

/**
 * Locks the payment, or writes it down at its first refund. What the org says later may lower what was captured, never raise it;
 * what the gateway says of itself counts as it is, its own refunds included.
 * @throws RefundError `payment_bound_elsewhere`, `payment_changed`
 */
export async function bindPayment(
  tx: Queryable,
  gateway: Gateway,
  orgId: string,
  request: Pick<RefundRequest, 'paymentId' | 'gatewayAccount' | 'gatewayReference' | 'captured'>,
  facts: PaymentLook | null,
): Promise<BoundPayment> {
  const rows = await tx
    .query<BoundRow>(
      `INSERT INTO payments AS p (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (org_id, payment_id) DO UPDATE SET
         captured = greatest(p.captured_proven, least(p.captured, excluded.captured))
       RETURNING p.gateway, p.gateway_account AS "gatewayAccount", p.gateway_reference AS "gatewayReference", p.currency, ${BALANCE} AS balance,
         p.xmax = 0 AND EXISTS (
           SELECT FROM gateway_events e WHERE e.gateway = p.gateway AND e.gateway_account = p.gateway_account
             AND e.payment_reference = p.gateway_reference
         ) AS "wasToldOf",
         greatest(0, extract(epoch FROM coalesce(p.next_send_at, relay_now()) - relay_now()) * 1000)::float AS "nextSendInMs"`,
      [
        orgId,
        request.paymentId,
        gateway.name,
        request.gatewayAccount,
        request.gatewayReference,
        request.captured.currency,
        request.captured.toDecimal(),
      ],
    )
    .catch((cause: unknown) => {
      if (violatedConstraint(cause) !== 'payment_reference_bound') throw cause
      throw new RefundError('payment_bound_elsewhere', { reference: request.gatewayReference }, { cause })
    })
  const row = rows[0]!
  const changed =
    (row.gateway !== gateway.name && 'gateway') ||
    (row.gatewayAccount !== request.gatewayAccount && 'gateway account') ||
    (row.gatewayReference !== request.gatewayReference && 'gateway reference') ||
    (row.currency !== request.captured.currency && 'currency')
  if (changed) throw new RefundError('payment_changed', { field: changed })
  const { paymentId, gatewayAccount } = request
  const payment = { orgId, paymentId, gateway: gateway.name, gatewayAccount, currency: row.currency }
  // What the gateway told of this payment before anybody refunded it here, a chargeback for one, counts from the first refund on.
  const applied = row.wasToldOf ? await applyParked(tx, gateway, gatewayAccount, request.gatewayReference) : 0
  if (facts && (await applyPaymentFacts(tx, gateway, payment, facts, 'look-up')) === 'amount_differs') {
    throw new RefundError('payment_changed', { field: 'currency' })
  }
  const balance = facts || applied > 0 ? (await findBalance(tx, orgId, paymentId))! : toBalance(row.balance)
  return { balance, nextSendInMs: row.nextSendInMs }
}

/** At a gateway that wants one refund of a payment at a time: the next may only go out after this one's turn. */
export async function reserveSlot(tx: Queryable, gateway: Gateway, orgId: string, paymentId: string): Promise<void> {
  const spacing = gateway.capabilities.spacingMs ?? 0
  if (spacing === 0) return
  await tx.query(
    `UPDATE payments SET next_send_at = greatest(next_send_at, relay_now()) + $3 * interval '1 millisecond'
     WHERE org_id = $1 AND payment_id = $2`,
    [orgId, paymentId, spacing],
  )
}
