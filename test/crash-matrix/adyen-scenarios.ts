import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { card } from '../emulators/sample-payments.ts'
import type { SamplePayment } from '../emulators/sample-payments.ts'
import { DECISION_MS } from './connection.ts'
import type { Connection, LedgerRefund, Scenario } from './connection.ts'

const STAGES: Readonly<Record<string, LedgerRefund['stage']>> = { sent: 'Refunded', refused: 'Failed' }

function scenario(account: string, more: Partial<Scenario> & Pick<Scenario, 'stage'>, refused = false): Scenario {
  const payment: SamplePayment = {
    hint: '',
    gateway: 'adyen',
    account,
    atGateway: {
      account,
      amount: { value: 12050, currency: 'EUR' },
      ...(more.stage === 'Failed' && { refundOutcome: 'insufficient_funds' }),
    },
    ...(refused && { unknownToGateway: 'ZZUNKNOWN0000009' }),
    inOrg: card(120.5, 'EUR', 'Visa •••• 1111', '2026-10-12'),
  }
  return {
    payment,
    asks: { amount: '20.00' },
    amount: 20,
    isInLedger: !refused,
    isListed: false,
    webhooksBefore: refused ? null : 0,
    ...(!refused && { decide: ({ adyen }) => adyen.advanceClock(DECISION_MS) }),
    inLedger: ({ adyen }, payment) =>
      adyen.acceptedRefunds(payment).map(({ pspReference, amount }) => {
        const last = adyen
          .ledger()
          .findLast((entry) => entry.kind.startsWith('refund ') && entry.pspReference === pspReference)
        const stage = STAGES[last!.kind.slice('refund '.length)] ?? 'Sent to gateway'
        return { reference: pspReference, stage, amount: amount.value / 100 }
      }),
    ...more,
  }
}

function connection(name: string, label: string, account: string): Connection {
  return {
    name,
    label,
    outcomes: {
      'in-answer': 'Adyen answers "received" and tells the outcome by webhook only',
      'by-webhook': scenario(account, { stage: 'Refunded' }),
      'by-look-up': 'Adyen cannot be asked what became of a refund',
      'refused-in-answer': scenario(account, { stage: 'Failed' }, true),
      'failed-by-webhook': scenario(account, { stage: 'Failed' }),
    },
  }
}

export const ADYEN: readonly Connection[] = [
  connection('adyen-checkout', 'Adyen Checkout', ACCOUNTS.adyen),
  connection('adyen-classic', 'Adyen Classic', ACCOUNTS.adyenClassic),
]
