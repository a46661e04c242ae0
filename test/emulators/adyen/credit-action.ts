import { isObject, readAmount, readReference, refusal } from './api-call.ts'
import type { ApiAction, Fields } from './api-call.ts'
import type { AcceptedCredit } from './credits.ts'
import { FAILING_HOLDER } from './refunds.ts'

/**
 * POST …/refundWithData: to a bank account or to stored details. Its third form, raw card data, is refused here as it
 * is by Adyen for those without the certificate.
 */
export const refundWithData: ApiAction = (state, call) => {
  const { fields, account } = call
  if (fields['card'] !== undefined) return refusal(403, '010', 'Not allowed', 'security')
  const asked = readAmount(fields['amount'])
  if ('refused' in asked) return asked.refused
  const named = readReference(fields)
  if ('refused' in named) return named.refused
  if (named.reference === '') return refusal(422, '130', 'Reference Missing')
  const to = targetOf(fields)
  if (typeof to === 'string') return refusal(422, '158', `Required field '${to}' is not provided`)
  return call.take(
    200,
    (pspReference) => ({ pspReference, resultCode: 'Received' }),
    (beside) =>
      state.company.credits.accept({ account, amount: asked.amount, reference: named.reference, ...to }, beside),
  )
}

/** Where it goes, or the name of the field that is missing. The owner's name decides the outcome, as for cards. */
function targetOf(fields: Fields): Pick<AcceptedCredit, 'target' | 'fails'> | string {
  const bank = fields['bankAccount']
  if (isObject(bank)) {
    if (typeof bank['iban'] !== 'string') return 'bankAccount.iban'
    if (typeof bank['ownerName'] !== 'string') return 'bankAccount.ownerName'
    return { target: 'bank account', fails: bank['ownerName'].trim().toLowerCase() === FAILING_HOLDER }
  }
  const missing = ['selectedRecurringDetailReference', 'shopperReference', 'shopperInteraction'].find(
    (name) => typeof fields[name] !== 'string',
  )
  return missing ?? { target: 'stored method', fails: fields['shopperReference'] === FAILING_HOLDER }
}
