import { z } from 'zod'

/** Id of a record in Salesforce, in its long form. */
export const recordIdSchema = z.string().regex(/^[a-zA-Z0-9]{18}$/, 'must be an 18-character record id')
