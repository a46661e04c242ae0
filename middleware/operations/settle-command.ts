import { z } from 'zod'
import { reasonTextSchema } from '../free-text.ts'
import { SETTLEMENTS, releaseByHand, settleByHand } from '../refunds/settle-by-hand.ts'
import { refundIdOf } from './command.ts'
import type { Command } from './command.ts'
import { operatorName } from './open-ledger.ts'

const settleSchema = z.strictObject({
  as: z.enum(SETTLEMENTS, `must be ${SETTLEMENTS.join(', ')}`),
  reason: reasonTextSchema,
  'gateway-reference': z
    .string()
    .regex(/^[\w.@-]{1,80}$/)
    .optional(),
})
const releaseSchema = settleSchema.pick({ reason: true })

/** Stores what a person found out. */
export const settle: Command = {
  usage: `settle REFUND --as ${SETTLEMENTS.join('|')} --reason TEXT [--gateway-reference REFERENCE]`,
  about: 'what a person found out at the gateway; what the gateway says later still counts',
  options: { as: { type: 'string' }, reason: { type: 'string' }, 'gateway-reference': { type: 'string' } },
  prepare(positionals, options) {
    const id = refundIdOf(positionals, 'settle REFUND')
    const { as, reason, 'gateway-reference': gatewayReference } = settleSchema.parse(options)
    return async ({ database }) => {
      const settlement = { outcome: as, reason, by: operatorName(), gatewayReference: gatewayReference ?? null }
      const { state, version } = await settleByHand(database, id, settlement)
      return { data: { id, state, version }, text: `${id} is ${state}. Salesforce shows it within seconds.` }
    }
  },
}

/** Gives back what a late failure holds. */
export const release: Command = {
  usage: 'release REFUND --reason TEXT',
  about: 'lets the amount of a late failure be refunded again before the gateway’s time to repair it is over',
  options: { reason: { type: 'string' } },
  prepare(positionals, options) {
    const id = refundIdOf(positionals, 'release REFUND')
    const { reason } = releaseSchema.parse(options)
    return async ({ database }) => {
      const { state, version } = await releaseByHand(database, id, { by: operatorName(), reason })
      return { data: { id, state, version }, text: `The amount of ${id} can be refunded again.` }
    }
  },
}
