import { randomUUID } from 'node:crypto'
import { AuraHandledError, type ApexContext } from './apex-runtime.ts'
import { PaymentRecord } from './payment-record.ts'
import { refundHistory, type RefundHistory, type RefundLine } from './refund-history.ts'
import { RefundException, RefundMiddleware, type PaymentAnswer } from './refund-middleware.ts'

const RECENT_MINUTES = 10
const UNDER_WAY = ['Processing', 'Sent to gateway', 'Checking with gateway']
const WITHOUT_EFFECT = ['Failed', 'Reversed']

type Params = Readonly<Record<string, unknown>>

/** Stand-ins of RefundController.cls, by the name that components import. Each is as thin as the Apex. */
export const APEX_METHODS: Readonly<Record<string, (apex: ApexContext, params: Params) => Promise<unknown>>> = {
  'RefundController.getRefundForm': (apex, { paymentId }) =>
    readable(async () => {
      requirePermission(apex)
      const payment = PaymentRecord.find(apex, paymentId)
      const history = refundHistory(apex, payment, await knownOrRefused(apex, payment.row.Id))
      const { currencyCode, decimals, captured, refunded, underWay, held, chargedBack, refundable } = history
      return {
        idempotencyKey: randomUUID(),
        paymentName: payment.row.Name,
        ...{ currencyCode, decimals, captured, refunded, underWay, held, chargedBack, refundable },
        voided: history.voided,
        route: payment.row.Route__c,
        gatewayLabel: history.gatewayLabel,
        paymentMethod: payment.row.Payment_Method__c,
        reasons: apex
          .picklist('Refund__c', 'Reason__c')
          .filter(({ active }) => active)
          .map(({ label, value }) => ({ label, value })),
        recentRefunds: recentAmong(history.refunds),
      }
    }),

  'RefundController.requestRefund': (apex, { paymentId, amount, reason, note, idempotencyKey }) =>
    readable(async () => {
      requirePermission(apex)
      const payment = PaymentRecord.find(apex, paymentId)
      const { refund } = await new RefundMiddleware(apex).requestRefund(payment, {
        amount: textOf(amount),
        reason: textOf(reason),
        note: textOf(note),
        idempotencyKey: textOf(idempotencyKey),
      })
      return {
        refundId: refund.id,
        state: refund.state,
        stage: refund.stage,
        amount: refund.amount,
        currencyCode: payment.row.Currency__c,
        gatewayLabel: payment.gatewayLabel(),
        sentence: refund.error?.sentence ?? null,
        remedy: refund.error?.remedy ?? null,
        gatewayMessage: refund.error?.gatewayMessage ?? null,
        errorCode: refund.error?.code ?? null,
      }
    }),

  'RefundController.getRefundHistory': (apex, { paymentId, askMiddleware }) =>
    readable(async (): Promise<RefundHistory> => {
      const asks = askMiddleware === true && apex.checkPermission('Request_Refunds')
      const payment = PaymentRecord.find(apex, paymentId)
      return refundHistory(apex, payment, asks ? await knownOrNothing(apex, payment.row.Id) : null)
    }),
}

async function readable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (refusal) {
    if (refusal instanceof RefundException) throw new AuraHandledError(refusal.message, { cause: refusal })
    throw refusal
  }
}

function requirePermission(apex: ApexContext): void {
  if (!apex.checkPermission('Request_Refunds')) throw new AuraHandledError(apex.label('Refund_No_Permission'))
}

/** A refusal that waiting cannot mend is told when the form opens, not after it was filled in. */
async function knownOrRefused(apex: ApexContext, paymentId: string): Promise<PaymentAnswer | null> {
  try {
    return await new RefundMiddleware(apex).findPayment(paymentId)
  } catch (refusal) {
    if (refusal instanceof RefundException && refusal.retryable) return null
    throw refusal
  }
}

/** The records are worth showing without the middleware. */
async function knownOrNothing(apex: ApexContext, paymentId: string): Promise<PaymentAnswer | null> {
  try {
    return await new RefundMiddleware(apex).findPayment(paymentId)
  } catch (refusal) {
    if (refusal instanceof RefundException) return null
    throw refusal
  }
}

/** Those under way and those of the last ten minutes, unless the money stayed or came back. */
function recentAmong(lines: readonly RefundLine[]): { amount: string; minutesAgo: number; stage: string | null }[] {
  return lines
    .map((line) => {
      const elapsed = Math.trunc((Date.now() - Date.parse(line.requestedAt)) / 60_000)
      return { amount: line.amount, minutesAgo: Math.max(0, elapsed), stage: line.stage }
    })
    .filter(({ minutesAgo, stage }) => {
      const isRecent = minutesAgo < RECENT_MINUTES && !WITHOUT_EFFECT.includes(stage ?? '')
      return isRecent || UNDER_WAY.includes(stage ?? '')
    })
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}
