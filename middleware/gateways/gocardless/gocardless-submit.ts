import { z } from 'zod'
import { GatewayCallError } from '../gateway-http.ts'
import type { Attempt, GatewayAnswer } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { readResource } from './gocardless-client.ts'
import type { GoCardlessClient } from './gocardless-client.ts'
import { readFailure, readRefusal } from './gocardless-errors.ts'
import type { GoCardlessRefusal } from './gocardless-errors.ts'
import { findPayment, refundsOf } from './gocardless-look-up.ts'
import { paymentSchema, paymentStatus, refundIdSchema, refundSchema, stampOf } from './gocardless-resources.ts'
import type { GoCardlessRefund } from './gocardless-resources.ts'

/** Strict: what is stored is what goes out. */
export const refundBodySchema = z.strictObject({
  refunds: z.strictObject({
    amount: z.int().positive(),
    total_amount_confirmation: z.int().positive(),
    metadata: z.strictObject({ refund: z.string() }),
    links: z.strictObject({ payment: z.string() }),
  }),
})
export type RefundBody = z.output<typeof refundBodySchema>

export const cancelBodySchema = z.strictObject({ data: z.strictObject({}) })
export type CancelBody = z.output<typeof cancelBodySchema>

/** POST /refunds. A refusal that an earlier sending of the same attempt may have caused is looked into first. */
export async function submitRefund(
  client: GoCardlessClient,
  { paymentReference, key, body }: Attempt,
): Promise<GatewayAnswer> {
  const asked = refundBodySchema.parse(body)
  // Another payment's money would go out under this attempt's name.
  if (asked.refunds.links.payment !== paymentReference) throw new Error('the stored body is of another payment')
  return certainlyOrUnknown(async () => {
    const answer = await client.post('/refunds', asked, key)
    if (answer.status >= 200 && answer.status <= 299) {
      return judge(readResource(answer, 'refunds', refundSchema), asked, 'taken')
    }
    const refusal = readRefusal(answer)
    if (refusal.conflict !== undefined) return judgeConflict(client, refusal.conflict, asked)
    return refusal.mayFollowFromOurs ? unlessOurs(client, asked, refusal) : refusal.answer
  })
}

/** POST /payments/{id}/actions/cancel: possible until the payment goes to the banks. */
export async function submitCancel(
  client: GoCardlessClient,
  { paymentReference, key, body }: Attempt,
): Promise<GatewayAnswer> {
  const asked = cancelBodySchema.parse(body)
  return certainlyOrUnknown(async () => {
    const answer = await client.post(`/payments/${encodeURIComponent(paymentReference)}/actions/cancel`, asked, key)
    if (answer.status >= 200 && answer.status <= 299) {
      const { id, status } = readResource(answer, 'payments', paymentSchema)
      if (id === paymentReference && status === 'cancelled') return { kind: 'succeeded', gatewayReference: id }
      return { kind: 'unknown', detail: gatewayMessage(`asked to cancel ${paymentReference}, ${id} is ${status}`) }
    }
    const refusal = readRefusal(answer)
    if (!refusal.mayFollowFromOurs) {
      const isForbidden = refusal.answer.kind === 'rejected' && refusal.answer.code === 'refunds_not_enabled'
      return isForbidden ? { ...refusal.answer, code: 'gateway_credentials_refused' } : refusal.answer
    }
    // Cancelled already, by the first sending of this attempt or by somebody else: no money is taken either way.
    const payment = await asSent(() => findPayment(client, paymentReference))
    return payment?.status === 'cancelled' ? { kind: 'succeeded', gatewayReference: payment.id } : refusal.answer
  })
}

/** Everything that could not be read may have paid. */
async function certainlyOrUnknown(ask: () => Promise<GatewayAnswer>): Promise<GatewayAnswer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof GatewayCallError) return readFailure(error)
    throw error
  }
}

/** The key made something before: the refund of this very attempt, or something that it must never stand for. */
async function judgeConflict(
  client: GoCardlessClient,
  conflict: string | null,
  asked: RefundBody,
): Promise<GatewayAnswer> {
  if (conflict === null) return unlessOurs(client, asked, null)
  if (!refundIdSchema.safeParse(conflict).success) return keyRefused(conflict)
  return judge(await asSent(() => client.find('refunds', conflict, refundSchema)), asked, 'conflict')
}

/** Judges the refusal only after a look at the payment's refunds: one with our stamp is this attempt's success. */
async function unlessOurs(
  client: GoCardlessClient,
  asked: RefundBody,
  refusal: GoCardlessRefusal | null,
): Promise<GatewayAnswer> {
  const { links, metadata } = asked.refunds
  const refunds = await asSent(() => refundsOf(client, links.payment))
  const ours = refunds.find((refund) => stampOf(refund.metadata) === metadata.refund)
  if (ours) return judge(ours, asked, 'listed')
  if (!refusal) return { kind: 'unknown', detail: 'GoCardless met the key before and does not say for what' }
  const { answer } = refusal
  if (answer.kind !== 'rejected' || answer.code !== 'payment_not_captured') return answer
  // "Invalid state" has several reasons, and the payment tells which.
  const payment = await asSent(() => findPayment(client, links.payment))
  const why = payment && statusOf(payment)
  return why ? { ...answer, code: why } : answer
}

/** Whose refund it is, by stamp, amount and payment. Where they contradict each other nobody can say. */
function judge(refund: GoCardlessRefund, asked: RefundBody, how: 'taken' | 'conflict' | 'listed'): GatewayAnswer {
  const { amount, links, metadata } = asked.refunds
  const isSame = refund.amount === amount && refund.links.payment === links.payment
  const hasStamp = stampOf(refund.metadata) === metadata.refund
  if (isSame && hasStamp) {
    return { kind: refund.status === 'paid' ? 'succeeded' : 'pending', gatewayReference: refund.id }
  }
  if (how === 'conflict' && !isSame && !hasStamp) return keyRefused(refund.id)
  const is = `${refund.id} of ${refund.amount} on ${refund.links.payment ?? 'no payment'}${hasStamp ? '' : ', not stamped as ours'}`
  return {
    kind: 'unknown',
    detail: gatewayMessage(`asked for ${amount} in minor units on ${links.payment}, GoCardless has ${is}`),
    answersForAnother: true,
  }
}

function keyRefused(resource: string): GatewayAnswer {
  return {
    kind: 'rejected',
    code: 'key_refused_by_gateway',
    gatewayMessage: gatewayMessage(`idempotent_creation_conflict: the key made ${resource}`),
  }
}

function statusOf(payment: Parameters<typeof paymentStatus>[0]) {
  try {
    return paymentStatus(payment).obstacle
  } catch {
    return null
  }
}

/** The first call went out: when the second cannot even be sent, that still says nothing about the first. */
async function asSent<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof GatewayCallError) || error.sent) throw error
    throw new GatewayCallError(error.message, true, null, { cause: error })
  }
}
