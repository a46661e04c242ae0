import { validate as isUuid } from 'uuid'
import { refundStory } from '../refunds/refund-story.ts'
import { replayEvent, tryAgain } from '../refunds/try-again.ts'
import { UsageError, anyIdOf } from './command.ts'
import type { Command } from './command.ts'

/** Does not wait for the back-off. */
export const retry: Command = {
  usage: 'retry ID',
  about:
    'asks the gateway again now, and writes to Salesforce again now, a refund or any other row that list shows; nothing is ever sent that could pay twice',
  options: {},
  prepare(positionals) {
    const id = anyIdOf(positionals, this.usage)
    return async ({ database }) => {
      const made = await tryAgain(database, id)
      // Others have no story, and nothing to ask a gateway.
      const isKnown = made.inCrm || (isUuid(id) && (await refundStory(database, id)) !== null)
      if (!isKnown) throw new UsageError(`${id} is not in the ledger, or Salesforce holds its newest state`)
      const told = [
        made.atGateway ? 'the gateway is asked again' : 'there is nothing to ask the gateway',
        made.inCrm ? 'Salesforce is written again' : 'Salesforce holds its newest state',
      ]
      return { data: { id, ...made }, text: `${id}: ${told.join('; ')}.` }
    }
  },
}

/** Judges a stored webhook once more. */
export const replay: Command = {
  usage: 'replay EVENT',
  about: 'judges a stored webhook event once more, against the state as it is now',
  options: {},
  prepare(positionals) {
    const [id] = positionals
    if (id === undefined || !/^\d{1,18}$/.test(id) || positionals.length > 1) {
      throw new UsageError('replay EVENT: give the number of one event, as show lists it')
    }
    return async ({ database }) => {
      if (!(await replayEvent(database, id)))
        throw new UsageError(
          `there is no event ${id} that can be judged again: a capture counts once, and some events say nothing`,
        )
      return { data: { event: id }, text: `Event ${id} is judged again within a second.` }
    }
  },
}
