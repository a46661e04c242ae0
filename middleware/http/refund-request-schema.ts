import { z } from 'zod'
import { holdsCardNumber } from '../card-number.ts'
import { freeTextSchema, reasonTextSchema } from '../free-text.ts'
import { Money } from '../money/money.ts'
import { SCHEME_NAMES } from '../refunds/claim-window.ts'
import { SETTLEMENTS } from '../refunds/settle-by-hand.ts'
import { recordIdSchema } from '../record-id.ts'

const amountSchema = z.string().regex(/^\d{1,12}(\.\d{1,3})?$/, 'must be decimal text, e.g. "12.30"')

/** A gateway's id or account name; no separator of a signed string may hide in it. */
const referenceSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.@-]{1,80}$/, 'must be 1 to 80 letters, digits, ".", "_", "-" or "@"')

export const refundIdSchema = z.uuid()

const reasonSchema = z.enum(['duplicate', 'fraud', 'requested_by_customer', 'returned', 'other']).nullish()
const noteSchema = freeTextSchema.nullish()
const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
const gatewaySchema = z.string().regex(/^[a-z]{1,20}$/, 'must be the name of a gateway, e.g. "adyen"')

/** Texts of an item; each gateway has its own, tighter limits. */
const itemText = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !holdsCardNumber(text), {
    error: 'holds what looks like a card number',
    params: { code: 'card_number_in_text' },
  })
const lineItemSchema = z.strictObject({
  name: itemText,
  quantity: itemText,
  unitAmount: itemText,
  totalAmount: itemText,
  kind: z.enum(['debit', 'credit']).exactOptional(),
  description: itemText.exactOptional(),
  discountAmount: itemText.exactOptional(),
  taxAmount: itemText.exactOptional(),
  unitTaxAmount: itemText.exactOptional(),
  productCode: itemText.exactOptional(),
  commodityCode: itemText.exactOptional(),
  unitOfMeasure: itemText.exactOptional(),
  upcCode: itemText.exactOptional(),
  upcType: itemText.exactOptional(),
  url: itemText.exactOptional(),
})

const paymentFields = {
  paymentId: recordIdSchema.describe('Record id of the payment in Salesforce'),
  gateway: gatewaySchema,
  gatewayAccount: referenceSchema,
  gatewayReference: referenceSchema.describe("The gateway's id of the payment"),
  capturedAmount: amountSchema.describe('What was taken, as decimal text'),
  currency: currencySchema,
  amount: amountSchema.optional().describe('What is to go back, as decimal text; left out: all that is left'),
  route: z.enum(['card', 'direct_debit']).default('card'),
  scheme: z.enum(SCHEME_NAMES).nullish().describe('Of a direct debit'),
  collectedOn: z.iso.date().nullish().describe('When the payer was charged'),
}
const requestFields = z.strictObject({
  ...paymentFields,
  reason: reasonSchema,
  note: noteSchema,
  acknowledged: z.boolean().default(false).describe('The payer was asked not to claim this direct debit from the bank'),
  undo: z.boolean().default(false).describe('The whole payment: voided or refunded, whichever is possible'),
  lineItems: z.array(lineItemSchema).min(1).max(249).nullish(),
})
const previewFields = z.strictObject(paymentFields)

/** The bodies as they come, for the API description. */
export const refundRequestFields = requestFields
export const previewRequestFields = previewFields

/** POST /v1/refunds, as Apex sends it. Unknown fields are refused: a typo must not become a default. */
export const refundRequestSchema = requestFields.transform((body, context) => {
  const { reason, note, acknowledged, undo, lineItems, ...payment } = body
  return {
    ...paymentOf(payment, context),
    reason: reason ?? null,
    note: note || null,
    payerAsked: acknowledged,
    undo,
    lineItems: lineItems ?? null,
  }
})

/** POST /v1/payments/{paymentId}/undo-preview: what would happen. */
export const previewRequestSchema = previewFields.transform(paymentOf)

function paymentOf(body: z.output<typeof previewFields>, context: z.core.$RefinementCtx) {
  const { capturedAmount, amount, currency, route, scheme, collectedOn, ...rest } = body
  return {
    ...rest,
    captured: money('capturedAmount', capturedAmount, currency, context),
    amount: amount === undefined ? null : money('amount', amount, currency, context),
    directDebit: route === 'direct_debit' ? { scheme: scheme ?? null, collectedOn: collectedOn ?? null } : null,
  }
}

/** POST /v1/credits: money for a customer without a payment. There is no field for a card, and none is let in. */
export const creditRequestFields = z.strictObject({
  gateway: gatewaySchema,
  gatewayAccount: referenceSchema,
  amount: amountSchema,
  currency: currencySchema,
  target: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('stored_method'),
      token: referenceSchema,
      shopperReference: referenceSchema.nullish(),
    }),
    z.strictObject({
      kind: z.literal('bank_account'),
      iban: z
        .string()
        .transform((iban) => iban.replace(/\s/g, '').toUpperCase())
        .refine(isIban, 'must be an IBAN whose check digits are right'),
      ownerName: z
        .string()
        .min(1)
        .max(100)
        .regex(/^\P{Cc}*$/u),
    }),
  ]),
  reason: reasonSchema,
  note: noteSchema,
})

export const creditRequestSchema = creditRequestFields.transform(
  ({ amount, currency, target, reason, note, ...rest }, context) => ({
    ...rest,
    amount: money('amount', amount, currency, context),
    target: target.kind === 'stored_method' ? { ...target, shopperReference: target.shopperReference ?? null } : target,
    reason: reason ?? null,
    note: note || null,
  }),
)

/** POST /v1/settlements: what a person found out about a refund that no gateway tells of. */
export const settlementRequestSchema = z.strictObject({
  refundId: refundIdSchema,
  outcome: z
    .enum(SETTLEMENTS)
    .describe('succeeded: the customer has the money; failed: it never arrived; reversed: it came back'),
  reason: reasonTextSchema,
  gatewayReference: referenceSchema.nullish().describe("The gateway's id of the refund, where it was found"),
})

function money(field: string, text: string, currency: string, context: z.core.$RefinementCtx): Money {
  try {
    const parsed = Money.fromDecimal(text, currency)
    if (parsed.isPositive()) return parsed
    context.addIssue({ code: 'custom', path: [field], message: 'must be more than zero' })
  } catch (error) {
    // Money says which rule the text breaks; anything else is a defect.
    if (!(error instanceof RangeError)) throw error
    const path = [error.message.includes('ISO 4217') ? 'currency' : field]
    context.addIssue({ code: 'custom', path, message: error.message })
  }
  return z.NEVER
}

/** Source: ISO 13616-1, the check digits make the number 1 modulo 97. */
function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false
  const digits = [...(iban.slice(4) + iban.slice(0, 4))].map((character) => parseInt(character, 36)).join('')
  return BigInt(digits) % 97n === 1n
}
