import type { Transaction } from '../emulators/braintree/ledger.ts'
import type { TransactionOptions } from '../emulators/braintree/merchant.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { card } from '../emulators/sample-payments.ts'
import { DECISION_MS } from './connection.ts'
import type { Connection, LedgerRefund, Scenario } from './connection.ts'

const STAGES: Partial<Record<Transaction['status'], LedgerRefund['stage']>> = {
  settled: 'Refunded',
  settlement_declined: 'Failed',
  processor_declined: 'Failed',
}

function scenario(
  atGateway: Omit<TransactionOptions, 'amount'>,
  more: Partial<Scenario> & Pick<Scenario, 'stage' | 'webhooksBefore'>,
): Scenario {
  return {
    payment: {
      hint: '',
      gateway: 'braintree',
      atGateway: { amount: '3000.00', ...atGateway },
      inOrg: card(3000, 'EUR', 'Visa •••• 1111', '2026-10-12'),
    },
    asks: { amount: '20.00' },
    amount: 20,
    isInLedger: true,
    isListed: true,
    inLedger: ({ braintree }, payment) =>
      braintree
        .ledger()
        .filter(
          ({ kind, transaction }) =>
            ['refund accepted', 'refund declined'].includes(kind) && transaction.refundedTransactionId === payment,
        )
        .map(({ reference, amount }) => ({
          reference,
          stage: STAGES[braintree.find(reference)!.status] ?? 'Sent to gateway',
          amount: Number(amount),
        })),
    ...more,
  }
}

const settles = ({ braintree }: LocalWorld) => braintree.advanceClock(DECISION_MS)

export const BRAINTREE: Connection = {
  name: 'braintree',
  label: 'Braintree',
  outcomes: {
    // The undo of a payment that has not settled is a void.
    'in-answer': scenario(
      { status: 'submitted_for_settlement' },
      {
        asks: { undo: true },
        amount: 3000,
        stage: 'Voided',
        isListed: false,
        webhooksBefore: null,
        inLedger: ({ braintree }, payment) =>
          braintree
            .ledger()
            .filter(({ kind, reference }) => kind === 'payment voided' && reference === payment)
            .map(({ reference, amount }) => ({ reference, stage: 'Voided', amount: Number(amount) })),
      },
    ),
    'by-webhook': scenario(
      { instrument: 'sepa_debit_account' },
      { stage: 'Refunded', webhooksBefore: 0, decide: settles },
    ),
    'by-look-up': scenario({}, { stage: 'Refunded', webhooksBefore: null, decide: settles, pollOutcomeMs: 500 }),
    // The bank says no by this amount.
    'refused-in-answer': scenario(
      {},
      { asks: { amount: '2004.00' }, amount: 2004, stage: 'Failed', webhooksBefore: null },
    ),
    'failed-by-webhook': scenario(
      {},
      {
        stage: 'Failed',
        webhooksBefore: 0,
        decide: ({ braintree }, payment) => braintree.failRefund(braintree.acceptedRefunds(payment)[0]!.reference),
      },
    ),
  },
}
