import { z } from 'zod'
import type { Money } from '../../money/money.ts'
import type { GatewayAnswer, LookUp, RefundFacts } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { BraintreeCallError } from './braintree-client.ts'
import type { BraintreeClient } from './braintree-client.ts'
import { readFailure, readValidationErrors } from './braintree-errors.ts'
import type { Verdict } from './braintree-errors.ts'
import type { BraintreeLookUp } from './braintree-look-up.ts'
import type { SdkAnswer } from './braintree-sdk.ts'
import { amountOf, readDecline, refundStatus, transactionSchema } from './braintree-transaction.ts'
import type { BraintreeTransaction } from './braintree-transaction.ts'

export interface AskedVoid {
  readonly key: string
  readonly paymentReference: string
  readonly transaction: object
}

export interface AskedRefund extends AskedVoid {
  readonly refundId: string
  readonly amount: Money
}

/** One request, and what it takes to send it once only. */
interface Sending {
  send(key: { apiRequestKey?: string }): Promise<SdkAnswer>
  /** An answer of success. */
  read(transaction: BraintreeTransaction): GatewayAnswer
  /** What became of an earlier sending; null: there was certainly none. `unknown` when that cannot be said. */
  earlier(): Promise<GatewayAnswer | null>
  /** What an account without keys gets for it, where it must not be sent there. */
  readonly onlyWithKey?: GatewayAnswer
}

/** What waits (91574) asks at most this often, which is more than a day. */
const MOST_KEYS = 100

/** Sends refunds, voids and credits. Under a key where the account takes keys; else never without looking first. */
export class BraintreeSender {
  readonly #client: BraintreeClient
  readonly #lookUp: BraintreeLookUp
  #keysWork: boolean

  constructor(client: BraintreeClient, lookUp: BraintreeLookUp, keysWork: boolean) {
    this.#client = client
    this.#lookUp = lookUp
    this.#keysWork = keysWork
  }

  /** Whether the account takes keys, by its settings and by what Braintree answered. */
  get keysWork(): boolean {
    return this.#keysWork
  }

  refund(asked: AskedRefund): Promise<GatewayAnswer> {
    const { paymentReference, transaction } = asked
    return this.#sendOnce(asked.key, {
      send: (key) => this.#client.refund(paymentReference, { ...transaction, ...key }),
      read: (taken) => readTaken(taken, asked),
      earlier: async () => answerOf(await this.#lookUp.refund({ ...asked, gatewayReference: null })),
    })
  }

  void({ key, paymentReference, transaction }: AskedVoid): Promise<GatewayAnswer> {
    return this.#sendOnce(key, {
      send: (apiKey) => this.#client.void(paymentReference, { ...transaction, ...apiKey }),
      read: (voided) => readVoided(voided, paymentReference),
      earlier: async () => {
        const payment = await this.#lookUp.payment(paymentReference)
        if (payment.kind === 'unavailable') return { kind: 'unknown', detail: payment.detail }
        const isVoided = payment.kind === 'found' && payment.facts.status === 'voided'
        return isVoided ? { kind: 'succeeded', gatewayReference: paymentReference } : null
      },
    })
  }

  credit(asked: AskedRefund): Promise<GatewayAnswer> {
    return this.#sendOnce(asked.key, {
      send: (key) => this.#client.credit({ ...asked.transaction, ...key }),
      read: (taken) => readTaken(taken, asked),
      earlier: async () => answerOf(await this.#lookUp.refund({ ...asked, gatewayReference: null })),
      // No payment lists it, and the search may lag: nothing would keep it from going out twice.
      onlyWithKey: {
        kind: 'rejected',
        code: 'credits_not_enabled',
        gatewayMessage: 'This Braintree account takes no idempotency keys, without which no credit is sent.',
      },
    })
  }

  async #sendOnce(key: string, sending: Sending): Promise<GatewayAnswer> {
    if (this.#keysWork) {
      const verdict = await this.#sendUnderKey(key, sending)
      if (verdict.doubt !== 'without_key') return this.#settle(verdict, sending)
      this.#keysWork = false
    }
    if (sending.onlyWithKey) return sending.onlyWithKey
    const earlier = await sending.earlier()
    if (earlier?.kind === 'unknown') {
      const detail = gatewayMessage('not sent: this account takes no keys, and the look-up failed:', earlier.detail)
      return { kind: 'not_taken', detail }
    }
    return earlier ?? this.#settle(await this.#send(sending, {}), sending)
  }

  /**
   * A refusal uses its key up: sent again later, the same refund needs another one. Each further key is used only when
   * the request of the one before it is known to have failed and no refund of ours is there, so that at most one pays.
   */
  async #sendUnderKey(key: string, sending: Sending): Promise<Verdict> {
    const first = await this.#send(sending, { apiRequestKey: key })
    if (first.doubt !== 'key_used_up') return first
    const earlier = await sending.earlier()
    if (earlier) return { answer: earlier, doubt: null }
    for (let next = 2; next <= MOST_KEYS; next++) {
      const verdict = await this.#send(sending, { apiRequestKey: `${key}-${next}` })
      if (verdict.doubt !== 'key_used_up') return verdict
    }
    return { answer: first.answer, doubt: null }
  }

  async #send(sending: Sending, key: { apiRequestKey?: string }): Promise<Verdict> {
    try {
      return readAnswer(await sending.send(key), sending)
    } catch (error) {
      if (error instanceof BraintreeCallError) return { answer: readFailure(error), doubt: null }
      // An answer came and was not of a form that anybody has documented.
      const detail = gatewayMessage('unreadable answer:', (error as Error).message)
      return { answer: { kind: 'unknown', detail }, doubt: null }
    }
  }

  async #settle({ answer, doubt }: Verdict, sending: Sending): Promise<GatewayAnswer> {
    if (doubt === null) return answer
    const earlier = await sending.earlier()
    if (doubt !== 'read_payment') return earlier ?? answer
    if (earlier?.kind !== 'succeeded') return answer
    // Under a key our own void would have been answered with success again: this one was somebody else's.
    if (!this.#keysWork) return earlier
    const gatewayMessage = answer.kind === 'rejected' ? answer.gatewayMessage : 'voided'
    return { kind: 'rejected', code: 'payment_already_voided', gatewayMessage }
  }
}

const sdkAnswerSchema = z.object({
  success: z.boolean(),
  message: z.string().nullish(),
  transaction: z.unknown().optional(),
})

function readAnswer(answer: SdkAnswer, sending: Sending): Verdict {
  const { success, message, transaction } = sdkAnswerSchema.parse(answer)
  const parsed = transactionSchema.safeParse(transaction)
  if (success) {
    return { answer: parsed.success ? sending.read(parsed.data) : unreadable(parsed.error), doubt: null }
  }
  if (parsed.success && refundStatus(parsed.data.status) === 'failed') {
    return { answer: { kind: 'rejected', ...readDecline(parsed.data) }, doubt: null }
  }
  if (transaction) {
    const detail = parsed.success ? `refused with the status ${parsed.data.status}` : 'refused with a part of an answer'
    return { answer: { kind: 'unknown', detail }, doubt: null }
  }
  return readValidationErrors(answer.errors.deepErrors(), message ?? null)
}

/** Success means that Braintree took it, an issuer's soft decline (1005) included; it is not money yet. */
function readTaken(taken: BraintreeTransaction, { refundId, paymentReference, amount }: AskedRefund): GatewayAnswer {
  const got = `Braintree took ${taken.currencyIsoCode} ${taken.amount} as ${taken.type} ${taken.id}`
  const differs =
    taken.type !== 'credit' ||
    taken.currencyIsoCode !== amount.currency ||
    taken.orderId !== refundId ||
    (taken.refundedTransactionId ?? '') !== paymentReference ||
    !sameAmount(taken, amount)
  if (differs) {
    const detail = gatewayMessage(`asked for a refund of ${amount}, ${got}`)
    return { kind: 'unknown', detail, answersForAnother: true }
  }
  const gatewayReference = taken.id
  switch (refundStatus(taken.status)) {
    case 'pending':
      return { kind: 'pending', gatewayReference }
    case 'succeeded':
      return { kind: 'succeeded', gatewayReference }
    case 'failed':
      return { kind: 'rejected', ...readDecline(taken) }
    default:
      return { kind: 'unknown', detail: gatewayMessage(got, 'with the status', taken.status) }
  }
}

function sameAmount(taken: BraintreeTransaction, amount: Money): boolean {
  try {
    return amountOf(taken).equals(amount)
  } catch {
    return false
  }
}

function readVoided({ id, type, status }: BraintreeTransaction, paymentReference: string): GatewayAnswer {
  if (id === paymentReference && type === 'sale' && status === 'voided') {
    return { kind: 'succeeded', gatewayReference: id }
  }
  return {
    kind: 'unknown',
    detail: gatewayMessage(`asked for a void, Braintree answered with ${type} ${id}, ${status}`),
  }
}

function answerOf(found: LookUp<RefundFacts>): GatewayAnswer | null {
  if (found.kind === 'absent') return null
  if (found.kind === 'unavailable') return { kind: 'unknown', detail: found.detail }
  const { gatewayReference, status, refusal } = found.facts
  if (refusal) return { kind: 'rejected', ...refusal }
  return status === 'succeeded' ? { kind: 'succeeded', gatewayReference } : { kind: 'pending', gatewayReference }
}

function unreadable({ issues }: z.ZodError): GatewayAnswer {
  const wrong = issues.map((issue) => issue.path.join('.') || 'transaction').join(', ')
  return { kind: 'unknown', detail: gatewayMessage(`Braintree answered with success, but not with a refund: ${wrong}`) }
}
