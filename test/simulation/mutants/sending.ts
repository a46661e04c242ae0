import type { Attempt, GatewayAnswer } from '../../../middleware/gateways/gateway.ts'
import { allowing, replaced, unfenced } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** Changes the answers to a sending. */
function answering(change: (answer: GatewayAnswer, attempt: Attempt) => GatewayAnswer): NonNullable<Mutant['gateway']> {
  return (gateway) => ({
    ...gateway,
    submit: async (attempt) => change(await gateway.submit(attempt), attempt),
  })
}

let fresh = 0

/** What sending, and sending again, may not get wrong. */
export const SENDING: readonly Mutant[] = [
  {
    name: 'new-key-per-attempt',
    bug: 'each sending has a key of its own',
    gateway: (gateway) => ({
      ...gateway,
      submit: (attempt) => gateway.submit({ ...attempt, key: `${attempt.key}-${++fresh}` }),
    }),
  },
  {
    name: 'key-with-another-amount',
    bug: 'a repeated sending carries another amount under the same key',
    gateway: (gateway) => {
      const sent = new Set<string>()
      return {
        ...gateway,
        submit: (attempt) => {
          const { amount } = attempt.body as { amount?: number }
          const again = sent.has(attempt.key)
          sent.add(attempt.key)
          if (!again || amount === undefined || amount < 2) return gateway.submit(attempt)
          return gateway.submit({ ...attempt, body: { ...attempt.body, amount: amount - 1 } })
        },
      }
    },
  },
  {
    name: 'failed-on-timeout',
    bug: 'no answer is called a refusal',
    gateway: answering((answer) =>
      answer.kind === 'unknown' ? { kind: 'rejected', code: 'gateway_refused', gatewayMessage: 'timeout' } : answer,
    ),
  },
  {
    name: 'timeout-is-not-taken',
    bug: 'no answer is called "not taken", so the refund can be withdrawn',
    gateway: answering((answer) => (answer.kind === 'unknown' ? { kind: 'not_taken', detail: 'timeout' } : answer)),
  },
  {
    name: 'pending-is-success',
    bug: '"received" is called refunded',
    gateway: answering((answer) => (answer.kind === 'pending' ? { ...answer, kind: 'succeeded' } : answer)),
  },
  {
    name: 'refusal-is-taken',
    bug: 'a refusal is called "received"',
    gateway: answering((answer) =>
      answer.kind === 'rejected' ? { kind: 'pending', gatewayReference: 'none' } : answer,
    ),
  },
  {
    name: 'wait-is-refusal',
    bug: 'a key in flight is called a refusal',
    gateway: answering((answer) =>
      answer.kind === 'not_taken' && answer.detail === 'key in flight'
        ? { kind: 'rejected', code: 'gateway_refused', gatewayMessage: '409' }
        : answer,
    ),
  },
  {
    name: 'terminal-first',
    bug: 'success is stored before the gateway is called',
    product: (product) => ({
      submitRefund: async (database, gateway, job) => {
        await database.query(`UPDATE refunds SET state = 'submitting' WHERE id = $1 AND state = 'requested'`, [
          job.refund.id,
        ])
        await database.query(
          `UPDATE refunds SET state = 'succeeded', evidence = 'hope' WHERE id = $1 AND state = 'submitting'`,
          [job.refund.id],
        )
        return product.submitRefund(database, gateway, job)
      },
    }),
  },
  {
    name: 'look-up-skipped',
    bug: 'where a look-up would tell, the answer is taken to be "not there"',
    otherHalf: "the gateway's memory of keys: it makes the sending again harmless, until it has forgotten",
    gateway: (gateway) =>
      gateway.lookUpRefund ? { ...gateway, lookUpRefund: () => Promise.resolve({ kind: 'absent' as const }) } : gateway,
  },
  {
    name: 'retry-after-retention',
    bug: 'the same key is sent again after the gateway has forgotten it',
    gateway: (gateway) => ({ ...gateway, capabilities: { ...gateway.capabilities, keyRetentionMs: 400 * 86_400_000 } }),
  },
  {
    name: 'lost-lease-is-requested',
    bug: 'the refund of a process that died is taken to be unsent',
    rewrite: (text, parameters) =>
      /UPDATE refunds AS r SET state = \$4/.test(text) && parameters[4] === 'lease lost'
        ? { text, parameters: parameters.map((value, place) => (place === 3 ? 'requested' : value)) }
        : null,
  },
  {
    name: 'no-fencing',
    bug: 'whoever lost the lease stores its answer all the same',
    otherHalf: 'the state that is expected (from): it stops most late writers',
    rewrite: (text, parameters) =>
      /UPDATE refunds (AS r )?SET state/.test(text) ? { text: unfenced(text), parameters } : null,
  },
  {
    name: 'withdrawn-too-late',
    bug: 'what was sent can still be withdrawn',
    sql: allowing('unknown rejected', 'pending rejected'),
    rewrite: replaced(
      /evidence = 'withdrawn by '([^]*)AND state = 'requested' AND/,
      `evidence = 'withdrawn by '$1AND state IN ('requested', 'submitting', 'unknown', 'pending') AND`,
    ),
  },
  {
    name: 'float-money',
    bug: 'amounts are computed in binary floating point and cut off: 0.29 becomes 28 cents',
    gateway: (gateway) => ({
      ...gateway,
      prepareRefund: (instruction) => {
        const scale = { EUR: 100, JPY: 1, KWD: 1_000 }[instruction.amount.currency]!
        const cut = Math.floor(Number(instruction.amount.toDecimal()) * scale)
        return { ...gateway.prepareRefund(instruction), amount: Math.max(1, cut) }
      },
    }),
  },
  {
    name: 'two-decimals-always',
    bug: 'every currency is taken to have two decimals',
    gateway: (gateway) => ({
      ...gateway,
      prepareRefund: (instruction) => ({
        ...gateway.prepareRefund(instruction),
        amount: Math.max(1, Math.round(Number(instruction.amount.toDecimal()) * 100)),
      }),
    }),
  },
]
