import { z } from 'zod'
import { freeTextSchema } from '../free-text.ts'
import { recordIdSchema } from '../record-id.ts'
import { eraseOnRequest } from '../refunds/erase-on-request.ts'
import { orgIdSchema } from '../settings.ts'
import { UsageError } from './command.ts'
import type { Command } from './command.ts'
import { operatorName } from './open-ledger.ts'

const optionsSchema = z.strictObject({
  payment: recordIdSchema.optional(),
  credit: z.uuid('must be the id of a credit, as Credit__c.Credit_Key__c shows it').optional(),
  org: orgIdSchema.optional(),
  reason: freeTextSchema.min(8, 'must say in 8 to 255 characters who asked for it: the number of the request, no name'),
})

/** What a person may ask for at any time. */
export const erase: Command = {
  usage: 'erase --payment ID [--org ID] | --credit ID --reason TEXT',
  about:
    'what was written and said of a payment’s refunds, or of a credit, at once; only when all of it is over. Amounts, states and times stay',
  options: {
    payment: { type: 'string' },
    credit: { type: 'string' },
    org: { type: 'string' },
    reason: { type: 'string' },
  },
  prepare(positionals, options) {
    const { payment, credit, org, reason } = optionsSchema.parse(options)
    if (positionals.length > 0 || (payment === undefined) === (credit === undefined)) {
      throw new UsageError(
        'erase: give either --payment with the id of its record, or --credit with the id of a credit',
      )
    }
    const what =
      payment === undefined
        ? ({ kind: 'credit', id: credit! } as const)
        : ({ kind: 'payment', paymentId: payment, orgId: org ?? null } as const)
    return async ({ database }) => {
      const { refunds, events } = await eraseOnRequest(database, what, { by: operatorName(), reason })
      const of = payment === undefined ? `credit ${credit}` : `payment ${payment}, ${count(refunds.length, 'refund')}`
      return {
        data: { payment: payment ?? null, credit: credit ?? null, refunds, events },
        text: `Erased: what was written, sent and said of ${of} and ${count(events, 'event')}. What Salesforce holds of it is erased there.`,
      }
    }
  },
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
