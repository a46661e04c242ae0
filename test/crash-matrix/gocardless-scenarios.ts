import type { PaymentOptions } from '../emulators/gocardless/organisation.ts'
import { debit } from '../emulators/sample-payments.ts'
import { DECISION_MS } from './connection.ts'
import type { Connection, LedgerRefund, Scenario } from './connection.ts'

const STAGES: Readonly<Record<string, LedgerRefund['stage']>> = { paid: 'Refunded', bounced: 'Failed' }
const CHARGED_ON = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)

function scenario(
  atGateway: Partial<PaymentOptions>,
  more: Partial<Scenario> & Pick<Scenario, 'stage' | 'webhooksBefore'>,
): Scenario {
  return {
    payment: {
      hint: '',
      gateway: 'gocardless',
      atGateway: { amount: 4800, currency: 'EUR', chargeDate: CHARGED_ON, ...atGateway },
      inOrg: debit(48, 'EUR', 'sepa_core', 'SEPA •••• 3000', CHARGED_ON),
    },
    asks: { amount: '20.00', acknowledged: true },
    amount: 20,
    isInLedger: true,
    isListed: true,
    inLedger: ({ goCardless }, payment) =>
      goCardless.acceptedRefunds(payment).map(({ id, amount }) => {
        const changes = goCardless.ledger().filter((entry) => entry.kind === 'refund changed')
        const status = changes.findLast((entry) => entry.id === id)?.status
        return { reference: id, stage: STAGES[status ?? ''] ?? 'Sent to gateway', amount: amount / 100 }
      }),
    ...more,
  }
}

export const GOCARDLESS: Connection = {
  name: 'gocardless',
  label: 'GoCardless',
  outcomes: {
    // The undo of a debit that was not collected yet cancels it.
    'in-answer': scenario(
      { status: 'pending_submission' },
      {
        asks: { undo: true },
        amount: 48,
        stage: 'Voided',
        isListed: false,
        // It tells the cancellation too.
        webhooksBefore: 0,
        inLedger: ({ goCardless }, payment) =>
          goCardless
            .ledger()
            .filter((entry) => entry.kind === 'payment changed' && entry.id === payment && entry.status === 'cancelled')
            .map(() => ({ reference: payment, stage: 'Voided', amount: 48 })),
      },
    ),
    // The first webhook tells that the refund was made.
    'by-webhook': scenario(
      {},
      { stage: 'Refunded', webhooksBefore: 1, decide: ({ goCardless }) => goCardless.advanceClock(DECISION_MS) },
    ),
    'by-look-up': 'GoCardless tells by webhook; a look-up a day later is only the net under it',
    'refused-in-answer': scenario(
      {},
      {
        stage: 'Failed',
        isInLedger: false,
        isListed: false,
        webhooksBefore: null,
        arrange: ({ goCardless }) => goCardless.setMaxRefunds(0),
      },
    ),
    'failed-by-webhook': scenario(
      { refundOutcome: 'bounced' },
      {
        stage: 'Failed',
        webhooksBefore: 1,
        decide: ({ goCardless }) => goCardless.advanceClock(DECISION_MS),
      },
    ),
  },
}
