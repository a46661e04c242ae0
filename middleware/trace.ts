import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { LogFields } from './log.ts'

/**
 * The steps of a refund's journey, as the process tells them to whoever listens: traces, and tests that stop a process at one.
 * `request` to `answer` is what the org sees; `reserve`, `lease`, `settle`, `inbox`, `apply` and `written` store something; `submit`,
 * `look_up`, `write` and `read_org` call somebody; `commit` is the end of any transaction inside them, with its last
 * statement where the two leave together.
 */
export const STEPS = [
  'request',
  'reserve',
  'answer',
  'lease',
  'submit',
  'settle',
  'look_up',
  'webhook',
  'inbox',
  'apply',
  'write',
  'written',
  'read_org',
  'commit',
] as const

export type Step = (typeof STEPS)[number]

/** Ids only, as in the log: what is told here may leave the process. */
export type StepFacts = Pick<
  LogFields,
  'requestId' | 'refundId' | 'orgId' | 'gateway' | 'account' | 'event' | 'count' | 'state' | 'deliveryMs' | 'waitMs'
>

/** Channels `tracing:refund-relay.<step>:start`, `…:asyncEnd` and `…:error` of node:diagnostics_channel. */
export function channelOf(step: Step) {
  return tracingChannel(`refund-relay.${step}`)
}

const CHANNELS = new Map<Step, ReturnType<typeof channelOf>>()

/** Does one step, and tells that it begins and how it ended. Costs nothing while nobody listens. */
export function trace<Result>(step: Step, facts: StepFacts, work: () => Promise<Result>): Promise<Result> {
  let channel = CHANNELS.get(step)
  if (!channel) CHANNELS.set(step, (channel = channelOf(step)))
  return channel.tracePromise(work, { ...facts })
}

export const STATE_CHANNEL = 'refund-relay.state'
const STATES = channel(STATE_CHANNEL)

/** Tells that a refund came to a state. A transaction that is rolled back and done again tells it twice. */
export function tellState(gateway: string, state: string): void {
  if (STATES.hasSubscribers) STATES.publish({ gateway, state })
}
