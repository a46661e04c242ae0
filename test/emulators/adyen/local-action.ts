import type { Fields, LocalGateway } from '../gateway-local-action.ts'
import { minorUnits } from './amount-text.ts'
import type { RefundOutcome } from './ledger.ts'
import { situationsOf } from './steps.ts'
import { REQUEST_FAULTS, WEBHOOK_FAULTS } from './faults.ts'
import type { PageState } from './page.ts'
import type { LocalAdyen } from './server.ts'

/** What the buttons do, on this page and in the local org's panel. Not part of Adyen. */
export function localActions(adyen: Omit<LocalAdyen, 'url' | 'close'>, state: PageState): LocalGateway {
  const { ledger, schedule, deliveries } = state
  /** Decimal text, in the payment's own decimals; left out: whatever is left. */
  const valueOf = (reference: string, amount: unknown) => {
    const payment = ledger.payments.get(reference)
    return payment && amount !== undefined ? minorUnits(String(amount), payment.amount.currency) : undefined
  }
  /** What is done to a payment, or to a part of it. */
  const toPayment =
    (act: (reference: string, value?: number) => unknown) =>
    ({ pspReference, amount }: Fields) => {
      const reference = String(pspReference)
      act(reference, valueOf(reference, amount))
    }
  return {
    advanceClock: (ms) => adyen.advanceClock(ms),
    setDown: (down) => adyen.setDown(down),
    fault(name) {
      const request = REQUEST_FAULTS.find((fault) => fault === name)
      const webhook = WEBHOOK_FAULTS.find((fault) => fault === name)
      if (request) adyen.faultOnNextRequest(request)
      else if (webhook) adyen.webhookFault(webhook)
      else throw new RangeError(`no fault is called ${name}`)
    },
    now: () => schedule.now(),
    isDown: () => schedule.paused,
    ledger: () => ({ entries: ledger.entries, tasks: [...ledger.tasks.values()], deliveries }),
    situations: (payment) => situationsOf(ledger, payment),
    actions: {
      '/_local/fail': ({ pspReference }) => adyen.failRefund(String(pspReference)),
      '/_local/decline': ({ pspReference, outcome }) => adyen.decideRefunds(String(pspReference), outcomeOf(outcome)),
      '/_local/reverse': ({ pspReference }) => adyen.reverseRefund(String(pspReference)),
      '/_local/repair': ({ pspReference }) => adyen.repairRefund(String(pspReference)),
      '/_local/console-refund': toPayment(adyen.refundInConsole),
      '/_local/capture': toPayment(adyen.capture),
      '/_local/capture-failed': toPayment(adyen.captureFailed),
      '/_local/chargeback': toPayment(adyen.chargeback),
      '/_local/announce-chargeback': toPayment(adyen.announceChargeback),
      '/_local/reverse-chargeback': ({ pspReference }) => adyen.reverseChargeback(String(pspReference)),
    },
  }
}

const OUTCOMES: readonly RefundOutcome[] = ['ok', 'insufficient_funds', 'period_expired']

function outcomeOf(text: unknown): RefundOutcome {
  const outcome = OUTCOMES.find((one) => one === text)
  if (!outcome) throw new RangeError(`outcome is ${OUTCOMES.join(', ')}`)
  return outcome
}
