import type { LocalGateway } from '../gateway-local-action.ts'
import { REQUEST_FAULTS, WEBHOOK_FAULTS } from './faults.ts'
import type { PageState } from './page.ts'
import type { LocalBraintree } from './server.ts'
import { situationsOf } from './steps.ts'

/** What the buttons do, on this page and in the local org's panel. Not part of Braintree. */
export function localActions(braintree: Omit<LocalBraintree, 'url' | 'close'>, state: PageState): LocalGateway {
  const { ledger, schedule, deliveries } = state
  return {
    advanceClock: (ms) => braintree.advanceClock(ms),
    setDown: (down) => braintree.setDown(down),
    fault(name) {
      const request = REQUEST_FAULTS.find((fault) => fault === name)
      const webhook = WEBHOOK_FAULTS.find((fault) => fault === name)
      if (request) braintree.faultOnNextRequest(request)
      else if (webhook) braintree.webhookFault(webhook)
      else throw new RangeError(`no fault is called ${name}`)
    },
    now: () => schedule.now(),
    isDown: () => schedule.paused,
    ledger: () => ({ entries: ledger.entries, tasks: [...ledger.tasks.values()], deliveries }),
    situations: (payment) => situationsOf(ledger, payment),
    actions: {
      '/_local/settle': ({ id }) => braintree.settle(String(id)),
      '/_local/decline': ({ id }) => braintree.declineSettlement(String(id)),
      '/_local/fail': ({ id }) => braintree.failRefund(String(id)),
      '/_local/expire-card': ({ id }) => braintree.expireCard(String(id)),
      '/_local/dispute': ({ id }) => void braintree.openDispute(String(id)),
      '/_local/win': ({ id }) => braintree.closeDispute(String(id), 'won'),
      '/_local/lose': ({ id }) => braintree.closeDispute(String(id), 'lost'),
    },
  }
}
