import type { GatewayEvent } from '../gateway.ts'
import { gatewayMessage, gatewayWord } from '../gateway-message.ts'
import { ReportError } from '../report-line.ts'
import type { ReportLine, ReportPeriod } from '../report-line.ts'
import { BraintreeCallError } from './braintree-client.ts'
import type { BraintreeClient } from './braintree-client.ts'
import { amountOf, isoTime, readDecline, refundStatus, stampOf, statusTime } from './braintree-transaction.ts'
import { transactionSchema } from './braintree-transaction.ts'
import type { BraintreeTransaction } from './braintree-transaction.ts'

/** One search tells 50,000 transactions at most. */
const SLICE_MS = 3_600_000

const SAYS = {
  pending: 'refund_accepted',
  succeeded: 'refund_succeeded',
  failed: 'refund_failed',
  reversed: 'refund_reversed',
} as const satisfies Record<string, ReportLine['says']>

/**
 * The refunds and credits that settled in a period, an hour at a time, as they stand now (one that settled may have been declined
 * since), and the disputes of its days.
 * @throws ReportError
 */
export async function* readSettlement(
  client: BraintreeClient,
  account: string,
  { since, until }: ReportPeriod,
): AsyncGenerator<ReportLine> {
  const [start, end] = [Date.parse(since), Date.parse(until)]
  try {
    for (let from = start; from < end; from += SLICE_MS) {
      // Braintree's times are whole seconds, and both ends of a search are included.
      const to = Math.min(from + SLICE_MS, end) - 1_000
      for await (const found of client.creditsSettled(account, new Date(from), new Date(to)))
        yield creditLine(read(found))
    }
    for await (const found of client.paymentsDisputed(account, new Date(start), new Date(end))) {
      yield* disputeLines(read(found))
    }
  } catch (cause) {
    if (!(cause instanceof BraintreeCallError)) throw cause
    throw new ReportError(`Braintree's settlement could not be searched: ${gatewayMessage(cause.message)}.`, { cause })
  }
}

function read(found: unknown): BraintreeTransaction {
  const parsed = transactionSchema.safeParse(found)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new ReportError(`Braintree's search answered with a transaction without readable ${wrong}.`, {
    cause: parsed.error,
  })
}

function creditLine(credit: BraintreeTransaction): ReportLine {
  const status = refundStatus(credit.status)
  if (!status) throw new ReportError(`${credit.id} has the status ${credit.status}, which is not documented.`)
  return lineOf(SAYS[status], credit.status, {
    paymentReference: credit.refundedTransactionId,
    refundReference: credit.id,
    // Without the payment its copied order id cannot be told from a stamp; one that is no id of ours finds nothing.
    refundId: stampOf(credit.orderId, null),
    occurredAt: statusTime(credit),
    amount: moneyOf(credit),
    refusal: status === 'failed' ? readDecline(credit) : null,
  })
}

function disputeLines(payment: BraintreeTransaction): ReportLine[] {
  return (payment.disputes ?? [])
    .filter(({ kind }) => kind !== 'retrieval')
    .map(({ id, status, amountDisputed, updatedAt }) =>
      lineOf(status === 'won' ? 'chargeback_reversed' : 'chargeback', `dispute ${status ?? 'open'}`, {
        paymentReference: payment.id,
        refundReference: id,
        refundId: null,
        occurredAt: isoTime(updatedAt),
        amount: moneyOf({ ...payment, amount: amountDisputed }),
        refusal: null,
      }),
    )
}

function moneyOf(transaction: Pick<BraintreeTransaction, 'id' | 'amount' | 'currencyIsoCode'>): GatewayEvent['amount'] {
  try {
    return { value: amountOf(transaction).toDecimal(), currency: transaction.currencyIsoCode }
  } catch (cause) {
    throw new ReportError(`${transaction.id}: ${(cause as Error).message}.`, { cause })
  }
}

type Facts = Pick<
  GatewayEvent,
  'paymentReference' | 'refundReference' | 'refundId' | 'occurredAt' | 'amount' | 'refusal'
>

function lineOf(says: ReportLine['says'], word: string, facts: Facts): ReportLine {
  const place = `transaction ${facts.refundReference}`
  const event: GatewayEvent = {
    ...facts,
    identity: `report:${says}:${facts.refundReference}:${facts.occurredAt ?? ''}`,
    kind: says,
    gatewayKind: `report ${gatewayWord(word)}`,
    payload: { source: 'report', status: gatewayWord(word) },
  }
  return { place, says, event }
}
