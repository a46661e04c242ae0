import { UNKNOWN_PAYMENT, findPayment, readAmount, readReference, refusal } from './api-call.ts'
import type { ApiAction, ApiAnswer, ApiCall, ApiState, Fields } from './api-call.ts'
import type { PaymentEntry } from './ledger.ts'
import type { WholeOperation } from './whole-payments.ts'

/** How one of the two APIs names the payment and the amount, and how it says that it took something. */
interface Dialect {
  readonly status: number
  readonly amountField: string
  payment(state: ApiState, call: ApiCall): PaymentEntry | null
  answer(payment: PaymentEntry, asked: Fields, pspReference: string): object
}

/** Checkout v72: the payment stands in the path, and the answer repeats what was asked. */
const CHECKOUT: Dialect = {
  status: 201,
  amountField: 'amount',
  payment: (state, { account, pathReference }) => findPayment(state, account, pathReference),
  answer: (payment, { amount, reference }, pspReference) => ({
    ...(amount !== undefined && { amount }),
    merchantAccount: payment.account,
    paymentPspReference: payment.pspReference,
    pspReference,
    ...(reference !== '' && { reference }),
    status: 'received',
  }),
}

/** Classic Payment v68: the payment stands in the body, and the answer is one word. */
const classic = (word: string): Dialect => ({
  status: 200,
  amountField: 'modificationAmount',
  payment: (state, { account, fields }) => findPayment(state, account, fields['originalReference']),
  answer: (_payment, _asked, pspReference) => ({ pspReference, response: `[${word}-received]` }),
})

/** A payment whose pspReference never reached the merchant. */
const TECHNICAL: Dialect = {
  ...classic('technical-cancel'),
  payment: ({ ledger }, { account, fields }) =>
    [...ledger.payments.values()].find(
      ({ account: owner, reference }) => owner === account && reference === fields['originalMerchantReference'],
    ) ?? null,
}

export const checkoutRefund = refundIn(CHECKOUT)
export const checkoutCancel = wholeIn(CHECKOUT, 'cancel')
export const checkoutReversal = wholeIn(CHECKOUT, 'reversal')
export const classicRefund = refundIn(classic('refund'))
export const classicCancel = wholeIn(classic('cancel'), 'cancel')
export const classicCancelOrRefund = wholeIn(classic('cancelOrRefund'), 'reversal')
export const classicTechnicalCancel = wholeIn(TECHNICAL, 'technical cancel')

function refundIn(dialect: Dialect): ApiAction {
  return (state, call) => {
    const asked = readAmount(call.fields[dialect.amountField])
    if ('refused' in asked) return asked.refused
    return onPayment(dialect, state, call, (payment, reference) => {
      const { amount } = asked
      if (amount.currency !== payment.amount.currency) return refusal(422, '138', 'Unsupported currency specified')
      return call.take(
        dialect.status,
        (pspReference) => dialect.answer(payment, { amount, reference }, pspReference),
        (beside) => state.company.refunds.accept(payment, amount, reference, beside),
      )
    })
  }
}

function wholeIn(dialect: Dialect, operation: WholeOperation): ApiAction {
  return (state, call) =>
    onPayment(dialect, state, call, (payment, reference) =>
      call.take(
        dialect.status,
        (pspReference) => dialect.answer(payment, { reference }, pspReference),
        (beside) => state.company.wholes.accept(operation, payment, reference, beside),
      ),
    )
}

function onPayment(
  dialect: Dialect,
  state: ApiState,
  call: ApiCall,
  take: (payment: PaymentEntry, reference: string) => ApiAnswer,
): ApiAnswer {
  const named = readReference(call.fields)
  if ('refused' in named) return named.refused
  const payment = dialect.payment(state, call)
  return payment ? take(payment, named.reference) : UNKNOWN_PAYMENT
}
