import { z } from 'zod'

/** Source of every limit here: Braintree, "Transaction: Refund", line items. */
const MOST_LINE_ITEMS = 249

const UPC_TYPES = ['UPC-A', 'UPC-B', 'UPC-C', 'UPC-D', 'UPC-E', 'UPC-2', 'UPC-5'] as const

/** Counted as people count: a letter outside the basic plane is one character. */
function text(most: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .refine((value) => Array.from(value).length <= most, `must have at most ${most} characters`)
}

function decimal(places: number, rule: 'not negative' | 'above zero') {
  return z
    .string()
    .regex(
      new RegExp(`^\\d{1,12}(\\.\\d{1,${places}})?$`),
      `must be decimal text with at most ${places} decimals, not negative`,
    )
    .refine((value) => rule === 'not negative' || /[1-9]/.test(value), 'must be above zero')
}

const lineItemSchema = z
  .strictObject({
    name: text(35),
    /** From the customer's side: a refund gives credit. */
    kind: z.enum(['debit', 'credit'], 'must be "debit" or "credit"').default('credit'),
    quantity: decimal(4, 'above zero'),
    unitAmount: decimal(4, 'above zero'),
    totalAmount: decimal(2, 'above zero'),
    unitTaxAmount: decimal(2, 'above zero').exactOptional(),
    discountAmount: decimal(2, 'not negative').exactOptional(),
    description: text(127).exactOptional(),
    productCode: text(12).exactOptional(),
    commodityCode: text(12).exactOptional(),
    unitOfMeasure: text(12).exactOptional(),
    upcCode: text(17).exactOptional(),
    upcType: z.enum(UPC_TYPES, `must be one of ${UPC_TYPES.join(', ')}`).exactOptional(),
    url: z
      .url({ protocol: /^https?$/, error: 'must be a web address' })
      .max(2048)
      .exactOptional(),
  })
  .superRefine(({ upcCode, upcType }, context) => {
    const complain = (field: string, other: string) =>
      context.addIssue({ code: 'custom', path: [field], message: `must be there when ${other} is` })
    if (upcCode !== undefined && upcType === undefined) complain('upcType', 'upcCode')
    if (upcType !== undefined && upcCode === undefined) complain('upcCode', 'upcType')
  })

/** The items of one refund, within every limit that Braintree documents. */
export const braintreeLineItemsSchema = z
  .array(lineItemSchema)
  .max(MOST_LINE_ITEMS, `must be at most ${MOST_LINE_ITEMS} items`)
