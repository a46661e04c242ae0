import { z } from 'zod'
import type { Money } from '../../money/money.ts'
import type { DisputeFacts, LookUp, PaymentFacts, Refusal, RefundFacts, RefundQuery } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { BraintreeCallError } from './braintree-client.ts'
import type { BraintreeClient } from './braintree-client.ts'
import { amountOf, idSchema, isoTime, readDecline, refundStatus, stampOf, statusTime } from './braintree-transaction.ts'
import { transactionSchema } from './braintree-transaction.ts'
import type { BraintreeTransaction } from './braintree-transaction.ts'

/** Why a look-up brought nothing certain. */
class Unavailable extends Error {}

const searchSchema = z.object({ ids: z.array(idSchema) })

const PAYMENT_STATUS: Readonly<Record<string, PaymentFacts['status']>> = {
  authorizing: 'not_settled',
  authorized: 'not_settled',
  submitted_for_settlement: 'not_settled',
  settlement_pending: 'not_settled',
  settlement_confirmed: 'settling',
  settling: 'settling',
  settled: 'settled',
  voided: 'voided',
  authorization_expired: 'failed',
  gateway_rejected: 'failed',
  processor_declined: 'failed',
  settlement_declined: 'failed',
  failed: 'failed',
}

const IN_ESCROW = ['hold_pending', 'held', 'release_pending']

/** Asks Braintree what there is. Nothing here throws for what the network or Braintree does. */
export class BraintreeLookUp {
  readonly #client: BraintreeClient
  readonly #account: string

  constructor(client: BraintreeClient, account: string) {
    this.#client = client
    this.#account = account
  }

  payment(reference: string): Promise<LookUp<PaymentFacts>> {
    return certain(async () => {
      const payment = await this.#find(reference)
      if (!payment) return null
      if (payment.type !== 'sale') throw new Unavailable(`${reference} is a ${payment.type}, not a payment`)
      const status = PAYMENT_STATUS[payment.status]
      if (!status) throw new Unavailable(`${reference} has the status ${payment.status}`)
      const refunds = await this.#refundsOf(payment)
      const amount = amountOf(payment)
      const disputes = disputesOf(payment)
      const taken = takenBy(disputes)
      return {
        amount,
        status: status === 'settled' && taken && !amount.isGreaterThan(taken) ? 'charged_back' : status,
        settlesOn: null,
        chargedOn: payment.statusHistory?.find((step) => step.status === 'settled')?.timestamp?.slice(0, 10) ?? null,
        wholeOnly: IN_ESCROW.includes(payment.escrowStatus ?? ''),
        refunds: refunds.map((refund) => factsOf(refund, payment.orderId)),
        disputes,
        obstacle: this.#obstacle(payment, taken),
      }
    })
  }

  refund(query: RefundQuery): Promise<LookUp<RefundFacts>> {
    return certain(async () => {
      const { gatewayReference, paymentReference } = query
      const known = gatewayReference ? await this.#find(gatewayReference) : null
      if (known && known.id === paymentReference) return voidFacts(known, query)
      if (known) return checked(known, query)
      if (paymentReference === '') return this.#credit(query)
      const payment = await this.#find(paymentReference)
      if (!payment) return null
      // What the payment itself lists is what counts; the search's index may lag behind it.
      const listed = (await this.#refundsOf(payment)).find((refund) => refund.orderId === query.refundId)
      const found = listed ?? (await this.#search(query.refundId)).find((refund) => isOf(refund, paymentReference))
      return found ? checked(found, query) : null
    })
  }

  /** Nothing lists a credit but the search, so that its silence proves nothing. */
  async #credit(query: RefundQuery): Promise<RefundFacts> {
    const [found] = await this.#search(query.refundId)
    if (!found) throw new Unavailable('the search knows no such credit yet')
    return checked(found, query)
  }

  async #search(orderId: string): Promise<BraintreeTransaction[]> {
    const { ids } = searchSchema.parse(await this.#client.searchCredits(orderId))
    const found = await Promise.all(ids.map((id) => this.#findListed(id)))
    return found.filter((transaction) => transaction.orderId === orderId)
  }

  #refundsOf({ refundIds }: BraintreeTransaction): Promise<BraintreeTransaction[]> {
    return Promise.all((refundIds ?? []).map((id) => this.#findListed(id)))
  }

  async #findListed(id: string): Promise<BraintreeTransaction> {
    const found = await this.#find(id)
    if (!found) throw new Unavailable(`${id} is listed, but cannot be found`)
    return found
  }

  async #find(id: string): Promise<BraintreeTransaction | null> {
    try {
      return transactionSchema.parse(await this.#client.find(id))
    } catch (error) {
      if (error instanceof BraintreeCallError && error.type === 'notFoundError') return null
      throw error
    }
  }

  #obstacle({ merchantAccountId }: BraintreeTransaction, taken: Money | null): Refusal | null {
    if (merchantAccountId !== null && merchantAccountId !== this.#account) {
      const message = gatewayMessage(`The payment belongs to the merchant account ${merchantAccountId}`)
      return { code: 'gateway_account_wrong', gatewayMessage: message }
    }
    return taken && { code: 'payment_disputed', gatewayMessage: gatewayMessage(`Disputed: ${taken}`) }
  }
}

/** Those that took money: a retrieval only asks. */
function disputesOf({ disputes, currencyIsoCode }: BraintreeTransaction): DisputeFacts[] {
  return (disputes ?? [])
    .filter(({ kind }) => kind !== 'retrieval')
    .map(({ id, status, amountDisputed, updatedAt }) => ({
      reference: id,
      amount: amountOf({ amount: amountDisputed, currencyIsoCode }),
      open: status !== 'won',
      occurredAt: isoTime(updatedAt),
    }))
}

function takenBy(disputes: readonly DisputeFacts[]): Money | null {
  return disputes
    .filter(({ open }) => open)
    .reduce<Money | null>((sum, { amount }) => sum?.plus(amount) ?? amount, null)
}

function isOf(refund: BraintreeTransaction, paymentReference: string): boolean {
  return refund.refundedTransactionId === paymentReference
}

/** @throws Unavailable when it is not what was asked for: then nobody may call it refunded, nor send it again */
function checked(found: BraintreeTransaction, { refundId, paymentReference, amount }: RefundQuery): RefundFacts {
  const facts = factsOf(found, null)
  const stands = `${found.id} is a ${found.type} of ${facts.amount}`
  if (found.type !== 'credit') throw new Unavailable(stands)
  if (!facts.amount.equals(amount)) throw new Unavailable(`${stands}, asked was ${amount}`)
  if ((found.refundedTransactionId ?? '') !== paymentReference) {
    throw new Unavailable(`${stands}, of another payment`)
  }
  return { ...facts, refundId: found.orderId === refundId ? refundId : facts.refundId }
}

function factsOf(refund: BraintreeTransaction, orderIdOfPayment: string | null): RefundFacts {
  const status = refundStatus(refund.status)
  if (!status) throw new Unavailable(`${refund.id} has the status ${refund.status}`)
  return {
    gatewayReference: refund.id,
    paymentReference: refund.refundedTransactionId,
    refundId: stampOf(refund.orderId, orderIdOfPayment),
    amount: amountOf(refund),
    status,
    refusal: status === 'failed' ? readDecline(refund) : null,
    occurredAt: statusTime(refund),
  }
}

/** A void has no record of its own: it is the payment's status. */
function voidFacts(payment: BraintreeTransaction, { refundId }: RefundQuery): RefundFacts {
  if (payment.status !== 'voided') throw new Unavailable(`${payment.id} is ${payment.status}, not voided`)
  return {
    gatewayReference: payment.id,
    paymentReference: payment.id,
    refundId,
    amount: amountOf(payment),
    status: 'succeeded',
    refusal: null,
    occurredAt: statusTime(payment),
  }
}

async function certain<Facts>(look: () => Promise<Facts | null>): Promise<LookUp<Facts>> {
  try {
    const facts = await look()
    return facts === null ? { kind: 'absent' } : { kind: 'found', facts }
  } catch (error) {
    if (error instanceof z.ZodError) {
      const wrong = error.issues.map((issue) => issue.path.join('.') || 'body').join(', ')
      return { kind: 'unavailable', detail: `Braintree answered, but not with what was asked for: ${wrong}` }
    }
    return { kind: 'unavailable', detail: gatewayMessage((error as Error).message) }
  }
}
