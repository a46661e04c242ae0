import type { LocalGateway } from '../gateway-local-action.ts'
import type { Faults } from './faults.ts'
import type { PageState } from './page.ts'
import type { LocalGoCardless } from './server.ts'
import { situationsOf } from './steps.ts'

/** What the buttons do, on this page and in the local org's panel. Not part of GoCardless. */
export function localActions(
  goCardless: Omit<LocalGoCardless, 'url' | 'close'>,
  faults: Faults,
  { ledger, schedule, deliveries }: PageState,
): LocalGateway {
  return {
    advanceClock: (ms) => goCardless.advanceClock(ms),
    setDown: (down) => goCardless.setDown(down),
    fault: (name) => faults.byName(name),
    now: () => schedule.now(),
    isDown: () => schedule.paused,
    ledger: () => ({ entries: ledger.entries, tasks: [...ledger.tasks.values()], deliveries }),
    situations: (payment) => situationsOf(ledger, payment),
    actions: {
      '/_local/simulate': ({ name, resource }) => goCardless.simulate(String(name), String(resource)),
      '/_local/dispute-mandate': ({ payment }) => goCardless.disputeMandate(String(payment)),
      '/_local/creditor': ({ id, canCreateRefunds, confirmedFunds }) =>
        goCardless.changeCreditor(String(id), {
          ...(canCreateRefunds !== undefined && { canCreateRefunds: String(canCreateRefunds) === 'true' }),
          ...(isFunds(confirmedFunds) && { confirmedFunds }),
        }),
      '/_local/funds': ({ id, currency, amount }) => {
        const funds = { [String(currency)]: Number(amount) }
        if (!isFunds(funds)) throw new RangeError('amount must be whole minor units')
        goCardless.changeCreditor(String(id), { confirmedFunds: funds })
      },
      '/_local/key-order': ({ order }) => {
        if (order !== 'key_before_body' && order !== 'body_before_key')
          throw new RangeError('order is key_before_body or body_before_key')
        goCardless.setKeyOrder(order)
      },
    },
  }
}

function isFunds(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((amount) => Number.isSafeInteger(amount))
  )
}
