import { validate as isUuid } from 'uuid'
import type { Database, Queryable } from '../database/database.ts'
import type { Gateway, LookUp, RefundFacts } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { adoptForeignRefunds, mayBeOurs } from './adopt-refunds.ts'
import { adoptRefund } from './insert-refund.ts'
import { applyToRow } from './apply-evidence.ts'
import { evidenceOf } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import { endEvent, parkedEvents } from './gateway-events.ts'
import type { EventJob, EventOutcome } from './gateway-events.ts'
import { lookUpPayment } from './look-up-payment.ts'
import type { PaymentLook } from './look-up-payment.ts'
import { applyPaymentEvent, findPayment } from './payment-events.ts'
import type { PaymentRow } from './payment-events.ts'
import { applyPaymentFacts } from './payment-facts.ts'
import { REFUND_COLUMNS, WITH_PAYMENT } from './refund-rows.ts'
import type { RefundRow } from './refund-rows.ts'
import type { RefundEventKind } from './judge-event.ts'
import { trace } from '../trace.ts'

/** Kinds that speak of one refund, and what they say of it; a void is a refund that never reaches the statement. */
const SAYS: Partial<Record<EventJob['kind'], RefundEventKind>> = {
  refund_accepted: 'refund_accepted',
  refund_succeeded: 'refund_succeeded',
  refund_failed: 'refund_failed',
  refund_failed_late: 'refund_failed_late',
  refund_reversed: 'refund_reversed',
  void_succeeded: 'refund_succeeded',
  void_failed: 'refund_failed',
}

/** Stores what an event says, with the event as evidence; late and repeated events change nothing. */
export async function applyEvent(database: Database, gateway: Gateway, event: EventJob): Promise<EventOutcome> {
  // What only says that something changed is looked up first, outside any transaction.
  const looked = await lookUp(database, gateway, event)
  const what = {
    gateway: gateway.name,
    account: event.account,
    event: event.gatewayKind,
    waitMs: event.waitMs,
    ...(event.deliveryMs !== null && { deliveryMs: event.deliveryMs }),
  }
  return trace('apply', what, () =>
    database
      .transaction(async (tx) => {
        const outcome = await applyWithin(tx, gateway, event, looked)
        const toldOf = looked.refund?.kind === 'found' ? (looked.refund.facts.paymentReference ?? null) : null
        if (!(await endEvent(tx, event, outcome, toldOf))) throw new JudgedElsewhere()
        return outcome
      })
      .catch((error: unknown) => {
        if (error instanceof JudgedElsewhere) return 'nothing_new' as const
        throw error
      }),
  )
}

/** Undoes what was made of an event that somebody else judged in the meantime: a capture would count twice. */
class JudgedElsewhere extends Error {}

/**
 * Applies what was told of a payment before it was known here, within the transaction that makes it known. Events that only ask for a
 * look are left to their own time: whoever makes the payment known has looked.
 * @returns how many were applied
 */
export async function applyParked(
  tx: Queryable,
  gateway: Gateway,
  account: string,
  reference: string,
): Promise<number> {
  const parked = await parkedEvents(tx, gateway.name, account, reference)
  for (const event of parked) await endEvent(tx, event, await applyWithin(tx, gateway, event, {}))
  return parked.length
}

type Looked = { refund?: LookUp<RefundFacts>; payment?: LookUp<PaymentLook> }

async function lookUp(database: Database, gateway: Gateway, event: EventJob): Promise<Looked> {
  if (event.kind === 'refund_changed' && event.refundReference !== null) {
    const query = {
      refundId: event.refundId ?? '',
      paymentReference: event.paymentReference ?? '',
      gatewayReference: event.refundReference,
      amount: Money.zero(event.amount?.currency ?? 'EUR'),
    }
    return { refund: await gateway.lookUpRefund!(query) }
  }
  if (event.kind === 'payment_changed' && event.paymentReference !== null) {
    const payment = await lookUpPayment(database, gateway, event.paymentReference)
    // An event that asks for a look comes from a gateway that can be asked.
    return { payment: payment! }
  }
  return {}
}

async function applyWithin(tx: Queryable, gateway: Gateway, event: EventJob, looked: Looked): Promise<EventOutcome> {
  const source = `event ${event.id} ${event.gatewayKind}`
  if (looked.refund ?? looked.payment) {
    const asked = (looked.refund ?? looked.payment)!
    if (asked.kind === 'unavailable') return 'unavailable'
    if (asked.kind === 'absent') return 'nothing_new'
  }
  if (looked.payment?.kind === 'found') {
    const payment = await findPayment(tx, event, event.paymentReference)
    return payment ? applyPaymentFacts(tx, gateway, payment, looked.payment.facts, source) : 'no_such_payment'
  }
  if (looked.refund?.kind === 'found') {
    const { facts } = looked.refund
    const reference = event.paymentReference ?? facts.paymentReference ?? null
    return applyToRefund(
      tx,
      gateway,
      { ...event, paymentReference: reference, refundId: facts.refundId },
      evidenceOf(facts, source),
    )
  }
  const kind = SAYS[event.kind]
  if (kind === undefined) {
    const payment = await findPayment(tx, event, event.paymentReference)
    return payment ? applyPaymentEvent(tx, payment, event) : 'no_such_payment'
  }
  const { occurredAt, amount, failure, refundReference } = event
  return applyToRefund(tx, gateway, event, {
    source,
    kind,
    occurredAt,
    amount,
    failure,
    gatewayReference: refundReference,
  })
}

async function applyToRefund(
  tx: Queryable,
  gateway: Gateway,
  event: EventJob,
  evidence: Evidence,
): Promise<EventOutcome> {
  const known = await findSubject(tx, event)
  if (known) return applyToRow(tx, gateway, known, evidence)
  const payment = await findPayment(tx, event, event.paymentReference)
  if (!payment) return 'no_such_payment'
  // Another event, or a look, may have taken it into the books while this one waited for the payment.
  const since = await findSubject(tx, event)
  return since ? applyToRow(tx, gateway, since, evidence) : adopt(tx, payment, event, evidence)
}

const SUBJECT = `r.gateway = $1 AND r.gateway_account = $2
       AND (r.gateway_reference = $4 OR (r.gateway_reference IS NULL AND r.id = $5::uuid))
       AND ($3::text IS NULL OR p.gateway_reference IS NULL OR p.gateway_reference = $3)`

/** The refund an event speaks of: by the gateway's reference, else by our own stamp where it has none yet. Locked, its payment first. */
async function findSubject(tx: Queryable, event: EventJob): Promise<RefundRow | null> {
  const said = [event.gateway, event.account, event.paymentReference, event.refundReference, ownId(event.refundId)]
  await tx.query(
    `SELECT 1 FROM payments WHERE (org_id, payment_id) IN (
       SELECT r.org_id, r.payment_id FROM refunds r ${WITH_PAYMENT} WHERE ${SUBJECT}
     ) FOR NO KEY UPDATE`,
    said,
  )
  const [row] = await tx.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT}
     WHERE ${SUBJECT} ORDER BY r.gateway_reference NULLS LAST LIMIT 1 FOR UPDATE OF r`,
    said,
  )
  return row ?? null
}

/** Our stamp as it is, null where somebody else's stands in its place: as a uuid it is found by the key of the table. */
function ownId(stamp: string | null): string | null {
  return stamp !== null && isUuid(stamp) ? stamp : null
}

const STATUS_OF: Partial<Record<RefundEventKind, RefundFacts['status']>> = {
  refund_accepted: 'pending',
  refund_succeeded: 'succeeded',
  refund_reversed: 'reversed',
}

/** A refund that somebody made at the gateway itself. One that failed moved nothing and is not taken into the books. */
async function adopt(tx: Queryable, payment: PaymentRow, event: EventJob, evidence: Evidence): Promise<EventOutcome> {
  if (event.kind === 'void_failed') return 'nothing_new'
  const status = STATUS_OF[evidence.kind]
  if (status === undefined || evidence.amount === null || evidence.gatewayReference === null) return 'nothing_new'
  const facts: RefundFacts = {
    gatewayReference: evidence.gatewayReference,
    refundId: event.refundId,
    amount: Money.fromDecimal(evidence.amount.value, evidence.amount.currency),
    status,
    refusal: null,
    occurredAt: evidence.occurredAt?.toISOString() ?? null,
  }
  if (await failedSince(tx, event, facts.gatewayReference)) return 'nothing_new'
  if (await mayBeOurs(tx, payment, facts)) return 'too_early'
  if (event.kind === 'void_succeeded') {
    return (await adoptRefund(tx, payment, facts, evidence.source, 'void')) ? 'adopted' : 'nothing_new'
  }
  return (await adoptForeignRefunds(tx, payment, [facts], evidence.source)) > 0 ? 'adopted' : 'nothing_new'
}

/** The news that it failed came first and left no refund behind: an older word does not bring it into the books. */
async function failedSince(tx: Queryable, event: EventJob, reference: string): Promise<boolean> {
  const [failure] = await tx.query(
    `SELECT 1 FROM gateway_events WHERE gateway = $1 AND gateway_account = $2 AND refund_reference = $3
       -- Within one second a late failure follows the success.
       AND (kind = 'refund_failed_late' AND occurred_at >= $4 OR kind IN ('refund_failed', 'void_failed') AND occurred_at > $4) LIMIT 1`,
    [event.gateway, event.account, reference, event.occurredAt],
  )
  return failure !== undefined
}
