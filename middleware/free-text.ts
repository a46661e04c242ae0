import { z } from 'zod'
import { holdsCardNumber } from './card-number.ts'

/** What a person wrote. */
export const freeTextSchema = z
  .string()
  .max(255, 'must be at most 255 characters')
  .regex(/^\P{Cc}*$/u, 'must be plain text on one line')
  .refine((text) => !holdsCardNumber(text), {
    error: 'holds what looks like a card number',
    params: { code: 'card_number_in_text' },
  })

/** Why a person did something that only a person may do; it stands in the audit row. */
export const reasonTextSchema = freeTextSchema.min(8, 'must say in 8 to 255 characters what was found, and where')
