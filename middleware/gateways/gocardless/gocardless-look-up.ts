import { GatewayCallError } from '../gateway-http.ts'
import type { LookUp, PaymentFacts, RefundFacts, RefundQuery, Refusal } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import type { GoCardlessClient } from './gocardless-client.ts'
import { fromMinorUnits } from './gocardless-currency.ts'
import { mandateEventSchema } from './gocardless-event.ts'
import { balanceSchema, creditorSchema, paymentSchema, paymentStatus } from './gocardless-resources.ts'
import { refundFacts, refundSchema, stampOf } from './gocardless-resources.ts'
import type { GoCardlessPayment, GoCardlessRefund } from './gocardless-resources.ts'

/** A payment of this creditor with its refunds, and what would stand in the way of one more. */
export async function lookUpPayment(
  client: GoCardlessClient,
  account: string,
  reference: string,
): Promise<LookUp<PaymentFacts>> {
  return asLookUp<PaymentFacts>(async () => {
    const payment = await findPayment(client, reference)
    if (payment === null || payment.links.creditor !== account) return { kind: 'absent' }
    const { status, obstacle, charged } = paymentStatus(payment)
    const [refunds, hindrance] = await Promise.all([
      refundsOf(client, payment.id),
      obstacle ? { code: obstacle, gatewayMessage: payment.status } : obstacleOf(client, account, payment),
    ])
    const facts: PaymentFacts = {
      amount: fromMinorUnits(payment.amount, payment.currency),
      status,
      // The day of the charge is known, the day on which the bank's silence becomes a confirmation is not.
      settlesOn: null,
      chargedOn: charged ? (payment.charge_date ?? null) : null,
      wholeOnly: false,
      refunds: refunds.map(refundFacts),
      obstacle: hindrance,
    }
    return { kind: 'found', facts }
  })
}

/** One refund, by GoCardless's reference, or among those of its payment by our stamp. */
export async function lookUpRefund(client: GoCardlessClient, query: RefundQuery): Promise<LookUp<RefundFacts>> {
  const { gatewayReference, paymentReference, refundId } = query
  return asLookUp<RefundFacts>(async () => {
    if (gatewayReference !== null) {
      const refund = await client.find('refunds', gatewayReference, refundSchema)
      if (paymentReference && refund.links.payment !== paymentReference) {
        return { kind: 'unavailable', detail: `${refund.id} belongs to payment ${refund.links.payment ?? 'none'}` }
      }
      return { kind: 'found', facts: refundFacts(refund) }
    }
    const ours = (await refundsOf(client, paymentReference)).find(({ metadata }) => stampOf(metadata) === refundId)
    if (ours) return { kind: 'found', facts: refundFacts(ours) }
    // An empty list proves nothing when this token cannot see the payment at all.
    const payment = await findPayment(client, paymentReference)
    if (payment === null) return { kind: 'unavailable', detail: `GoCardless shows no payment ${paymentReference}` }
    return { kind: 'absent' }
  })
}

/** @throws GatewayCallError */
export function refundsOf(client: GoCardlessClient, paymentReference: string): Promise<GoCardlessRefund[]> {
  return client.list('refunds', { payment: paymentReference }, refundSchema)
}

/** @throws GatewayCallError when GoCardless cannot be asked; null when it knows no such payment */
export async function findPayment(client: GoCardlessClient, reference: string): Promise<GoCardlessPayment | null> {
  return unlessRefused(() => client.find('payments', reference, paymentSchema), [404])
}

/** Why a refund of a collected payment would be refused now: what the account, the mandate and the funds say. */
async function obstacleOf(
  client: GoCardlessClient,
  account: string,
  payment: GoCardlessPayment,
): Promise<Refusal | null> {
  const { mandate } = payment.links
  // A token that may not read one of these is told so by GoCardless when it refunds; that is no obstacle of its own.
  const [creditor, balances, events] = await Promise.all([
    unlessRefused(() => client.find('creditors', account, creditorSchema)),
    unlessRefused(() => client.list('balances', { creditor: account }, balanceSchema)),
    mandate ? unlessRefused(() => client.list('events', { mandate }, mandateEventSchema)) : null,
  ])
  if (creditor?.can_create_refunds === false) {
    return { code: 'refunds_not_enabled', gatewayMessage: 'can_create_refunds: false' }
  }
  // Newest first: a mandate that was reinstated after a dispute is in order again.
  const last = events?.find(({ action, details }) => isDispute(details) || action === 'reinstated')
  if (last && isDispute(last.details)) {
    return { code: 'mandate_disputed', gatewayMessage: gatewayMessage(last.action, 'authorisation_disputed') }
  }
  const funds = balances?.find(
    (balance) => balance.balance_type === 'confirmed_funds' && balance.currency === payment.currency,
  )
  if (!funds || funds.amount > 0) return null
  return { code: 'insufficient_gateway_funds', gatewayMessage: `confirmed_funds: ${funds.amount} ${funds.currency}` }
}

function isDispute(details: { cause?: string | null | undefined } | null | undefined): boolean {
  return details?.cause === 'authorisation_disputed'
}

/** Null where GoCardless answers with one of these statuses. */
async function unlessRefused<Value>(read: () => Promise<Value>, statuses = [403, 404]): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof GatewayCallError && error.answer && statuses.includes(error.answer.status)) return null
    throw error
  }
}

async function asLookUp<Facts>(ask: () => Promise<LookUp<Facts>>): Promise<LookUp<Facts>> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof GatewayCallError || error instanceof RangeError)) throw error
    return { kind: 'unavailable', detail: gatewayMessage(error.message) }
  }
}
