import { randomUUID } from 'node:crypto'
import { AuraHandledError, type ApexContext } from './apex-runtime.ts'
import { PaymentRecord } from './payment-record.ts'
import { refundHistory, type RefundHistory, type RefundLine } from './refund-history.ts'
import type { PaymentAnswer } from './middleware-views.ts'
import { RefundException, RefundMiddleware } from './refund-middleware.ts'
import { optionsOf, readable, refundOutcome, textOf, type ApexMethods } from './apex-method.ts'

const RECENT_MINUTES = 10
const UNDER_WAY = ['Processing', 'Sent to gateway', 'Checking with gateway']
const WITHOUT_EFFECT = ['Failed', 'Reversed']

/** Stand-ins of RefundController.cls, by the name that components import. Each is as thin as the Apex. */
export const REFUND_METHODS: ApexMethods = {
  'RefundController.getRefundForm': (apex, { paymentId }) =>
    readable(async () => {
      requirePermission(apex)
      const payment = PaymentRecord.find(apex, paymentId)
      const history = refundHistory(apex, payment, await knownOrRefused(apex, payment.row.Id))
      const { currencyCode, decimals, captured, refunded, underWay, held, chargedBack, refundable, exposure } = history
      return {
        idempotencyKey: randomUUID(),
        paymentName: payment.row.Name,
        ...{ currencyCode, decimals, captured, refunded, underWay, held, chargedBack, refundable, exposure },
        voided: history.voided,
        route: payment.row.Route__c,
        scheme: payment.row.Scheme__c,
        schemeLabel: payment.schemeLabel(),
        collectedOn: payment.collectedOn(),
        gatewayLabel: history.gatewayLabel,
        paymentMethod: payment.row.Payment_Method__c,
        reasons: optionsOf(apex, 'Refund__c', 'Reason__c'),
        recentRefunds: recentAmong(history.refunds),
      }
    }),

  'RefundController.previewRefund': (apex, { paymentId, amount }) =>
    readable(async () => {
      requirePermission(apex)
      return new RefundMiddleware(apex).previewRefund(PaymentRecord.find(apex, paymentId), textOf(amount))
    }),

  'RefundController.requestRefund': (apex, params) =>
    readable(async () => {
      requirePermission(apex)
      const payment = PaymentRecord.find(apex, params['paymentId'])
      const { refund } = await new RefundMiddleware(apex).requestRefund(payment, {
        amount: textOf(params['amount']),
        reason: textOf(params['reason']),
        note: textOf(params['note']),
        acknowledged: params['acknowledged'] === true,
        undo: params['undo'] === true,
        idempotencyKey: textOf(params['idempotencyKey']),
      })
      return refundOutcome(apex, refund, payment.row.Currency__c, payment.gatewayLabel())
    }),

  'RefundController.withdrawRefund': (apex, { refundKey, paymentId }) =>
    readable(async () => {
      requirePermission(apex)
      const payment = PaymentRecord.find(apex, paymentId)
      const middleware = new RefundMiddleware(apex)
      const known = await middleware.findPayment(payment.row.Id)
      // The middleware knows orgs, not sharing: only a refund of a payment that this user may see is taken back.
      const held = known?.refunds.find(({ id }) => id === refundKey)
      if (!held) throw new AuraHandledError(apex.label('Refund_No_Payment'))
      const { refund } = await middleware.withdrawRefund(held.id)
      return refundOutcome(apex, refund, payment.row.Currency__c, payment.gatewayLabel())
    }),

  'RefundController.getRefundHistory': (apex, { paymentId, askMiddleware }) =>
    readable(async (): Promise<RefundHistory> => {
      const asks = askMiddleware === true && apex.checkPermission('Request_Refunds')
      const payment = PaymentRecord.find(apex, paymentId)
      return refundHistory(apex, payment, asks ? await knownOrNothing(apex, payment.row.Id) : null)
    }),
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
