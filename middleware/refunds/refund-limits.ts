import { z } from 'zod'
import { Money } from '../money/money.ts'

/** Amounts by currency, each in the decimals of its own. */
const amountsSchema = z
  .record(z.string(), z.string())
  .transform((amounts, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const read = new Map<string, Money>()
    for (const [currency, text] of Object.entries(amounts)) {
      const amount = amountOf(text, currency)
      if (typeof amount === 'string') complain([currency], amount)
      else read.set(currency, amount)
    }
    if (Object.keys(amounts).length === 0) complain([], 'must name a currency: leave it out where there is no limit')
    return read as ReadonlyMap<string, Money>
  })
  .meta({ title: 'amounts by currency' })

/** The amount, or what is wrong with it. */
function amountOf(text: string, currency: string): Money | string {
  if (!/^[A-Z]{3}$/.test(currency)) return 'must be an ISO 4217 code, in capitals'
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(text)) return 'must be decimal text, e.g. "500.00"'
  try {
    const amount = Money.fromDecimal(text, currency)
    return amount.isPositive() ? amount : 'must be more than zero: it would let nothing out'
  } catch (error) {
    return (error as Error).message
  }
}

const countSchema = z.int().min(1).max(1_000_000)
const holdsSomething = (part: object) => Object.keys(part).length > 0
const NEEDED = 'must hold a limit: leave it out where there is none'

/** How much of the org's money may go out how fast. What is left out is not limited, and costs nothing. */
export const refundLimitsSchema = z
  .strictObject({
    refund: amountsSchema
      .exactOptional()
      .describe('The most that one refund, void, undo or credit may be. A currency that is not named has no limit.'),
    userDay: z
      .strictObject({
        refunds: countSchema
          .exactOptional()
          .describe('As many as one user may ask for in any 24 hours: refunds, voids, undos and credits.'),
        amounts: amountsSchema
          .exactOptional()
          .describe('As much as these may be together. A currency that is not named is limited by their number alone.'),
      })
      .refine(holdsSomething, NEEDED)
      .exactOptional(),
    paymentDay: z
      .strictObject({
        refunds: countSchema.describe('As many refunds of one payment as may be asked for here in any 24 hours.'),
      })
      .exactOptional(),
  })
  .refine(holdsSomething, NEEDED)

export type RefundLimits = z.output<typeof refundLimitsSchema>
