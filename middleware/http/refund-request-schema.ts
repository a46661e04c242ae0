import { z } from 'zod'
import { Money } from '../money/money.ts'
import { holdsCardNumber } from './card-number.ts'

const amountSchema = z.string().regex(/^\d{1,12}(\.\d{1,3})?$/, 'must be decimal text, e.g. "12.30"')

/** A gateway's id or account name; no separator of a signed string may hide in it. */
const referenceSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.@-]{1,80}$/, 'must be 1 to 80 letters, digits, ".", "_", "-" or "@"')

export const recordIdSchema = z.string().regex(/^[a-zA-Z0-9]{18}$/, 'must be an 18-character record id')
export const refundIdSchema = z.uuid()

const requestFields = z.strictObject({
  paymentId: recordIdSchema.describe('Record id of the payment in Salesforce'),
  gateway: z.string().regex(/^[a-z]{1,20}$/, 'must be the name of a gateway, e.g. "adyen"'),
  gatewayAccount: referenceSchema,
  gatewayReference: referenceSchema.describe("The gateway's id of the payment"),
  capturedAmount: amountSchema.describe('What was taken, as decimal text'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  amount: amountSchema.optional().describe('What is to go back, as decimal text; left out: all that is left'),
  reason: z.enum(['duplicate', 'fraud', 'requested_by_customer', 'returned', 'other']).nullish(),
  note: z
    .string()
    .max(255, 'must be at most 255 characters')
    .regex(/^\P{Cc}*$/u, 'must be plain text on one line')
    .refine((note) => !holdsCardNumber(note), {
      error: 'holds what looks like a card number',
      params: { code: 'card_number_in_text' },
    })
    .nullish(),
})

/** The body as it comes, for the API description. */
export const refundRequestFields = requestFields

/** POST /v1/refunds, as Apex sends it. Unknown fields are refused: a typo must not become a default. */
export const refundRequestSchema = requestFields.transform(({ capturedAmount, amount, currency, ...rest }, context) => {
  const money = (field: string, text: string) => {
    try {
      const parsed = Money.fromDecimal(text, currency)
      if (parsed.isPositive()) return parsed
      context.addIssue({ code: 'custom', path: [field], message: 'must be more than zero' })
    } catch (error) {
      // Money says which rule the text breaks; anything else is a defect.
      if (!(error instanceof RangeError)) throw error
      context.addIssue({
        code: 'custom',
        path: [error.message.includes('ISO 4217') ? 'currency' : field],
        message: error.message,
      })
    }
    return z.NEVER
  }
  const captured = money('capturedAmount', capturedAmount)
  return {
    ...rest,
    captured,
    amount: amount === undefined ? null : money('amount', amount),
    reason: rest.reason ?? null,
    note: rest.note || null,
  }
})
