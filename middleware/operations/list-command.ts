import { z } from 'zod'
import { attentionList } from '../refunds/attention-list.ts'
import type { Command } from './command.ts'
import { ageText, textTable } from './text-table.ts'

const optionsSchema = z.strictObject({ org: z.string().optional() })

/** Everything that needs a person. */
export const list: Command = {
  usage: 'list [--org ID]',
  about: 'what needs a person, and why: longest waiting first',
  options: { org: { type: 'string' } },
  prepare(_positionals, options) {
    const { org } = optionsSchema.parse(options)
    return async ({ database }) => {
      const items = await attentionList(database, { orgId: org ?? null })
      const data = items.map((item) => ({
        ...item,
        amount: item.amount?.toDecimal() ?? null,
        currency: item.amount?.currency ?? null,
      }))
      if (items.length === 0) return { data, text: 'Nothing needs a person.' }
      const rows = items.map(({ ageSeconds, subject, id, amount, gateway, state, reason, remedy }) => [
        ageText(ageSeconds),
        subject,
        id,
        amount?.toString() ?? '',
        gateway,
        state ?? '',
        `${reason} ${remedy}`,
      ])
      const table = textTable(['since', 'what', 'id', 'amount', 'gateway', 'state', 'why, and what to do'], rows)
      return {
        data,
        text: `${table}\n${items.length} need a person. A refund with its whole story: npm run refunds -- show ID`,
      }
    }
  },
}
