import { z } from 'zod'

/** What a simulated gateway is asked for: minor units, our stamp, and for one of them the sum that it confirms. */
export const bodySchema = z.strictObject({
  amount: z.int().positive().optional(),
  currency: z.string().optional(),
  total: z.int().positive().optional(),
  stamp: z.string(),
})
