/** What a gateway's own button does, told to its local stand-in. */
export interface Act {
  /** `name` of the gateway. */
  readonly gateway: string
  /** Its endpoint, e.g. "/_local/settle". */
  readonly path: string
  readonly body: object
  /** Said once it is done. */
  readonly done: string
}

interface Suggestion {
  /** Name of the sample payment: npm start adds them first, so that they keep these names. */
  readonly payment: string
  readonly before: string
  /** Follows the name at once: begins with a space or a comma. */
  readonly after: string
  readonly buttons: readonly { readonly label: string; act(reference: string): Act }[]
}

const simulate = (name: string, done: string) => (resource: string) => ({
  gateway: 'gocardless',
  path: '/_local/simulate',
  body: { name, resource },
  done,
})

export const SUGGESTIONS: readonly Suggestion[] = [
  {
    payment: 'PAY-000000010',
    before: 'Undo',
    after:
      ' at Braintree: it has not settled, so the whole payment is voided. Settle it first, and it is refunded instead.',
    buttons: [
      {
        label: 'Settle it at Braintree',
        act: (id) => ({
          gateway: 'braintree',
          path: '/_local/settle',
          body: { id },
          done: 'Braintree has settled it.',
        }),
      },
    ],
  },
  {
    payment: 'PAY-000000009',
    before: 'Refund two parts of',
    after: ' at Braintree, one right after the other: the second waits in line, and can be withdrawn.',
    buttons: [],
  },
  {
    payment: 'PAY-000000011',
    before: 'Refund',
    after: ', a direct debit that the payer can still claim back from the bank. Then let that happen.',
    buttons: [
      {
        label: 'Payer claims it back',
        act: simulate('payment_charged_back', 'The bank has taken the debit back: open the payment, or Exposures.'),
      },
      {
        label: 'Claim is withdrawn',
        act: simulate('payment_chargeback_cancelled', 'The bank has let go of the debit again.'),
      },
    ],
  },
  {
    payment: 'PAY-000000007',
    before: 'Somebody refunds KWD 2.345 of',
    after: " in Adyen's console, not here.",
    buttons: [
      {
        label: "Refund in Adyen's console",
        act: (pspReference) => ({
          gateway: 'adyen',
          path: '/_local/console-refund',
          body: { pspReference, amount: '2.345' },
          done: 'It was refunded at Adyen; it shows here within half a minute.',
        }),
      },
    ],
  },
]
