/** A payment as its gateway knows it and as the org shows it. */
export interface SamplePayment {
  /** What to try with it, for the visitor. */
  readonly hint: string
  readonly atGateway: {
    /** Minor units, by the gateway's own table. */
    readonly amount: { readonly value: number; readonly currency: string }
    readonly captured?: boolean
    readonly holderName?: string
    readonly refundOutcome?: 'ok' | 'insufficient_funds' | 'period_expired'
  }
  /** Set: the gateway never heard of this reference. */
  readonly unknownToGateway?: string
  readonly inOrg: Readonly<Record<string, string | number | boolean>>
}

const card = (amount: number, currency: string, method: string, date: string) => ({
  Amount__c: amount,
  Currency__c: currency,
  Route__c: 'Card',
  Payment_Method__c: method,
  Stage__c: 'Collected',
  Payment_Date__c: date,
  Charged_Back__c: 0,
  Voided__c: false,
})

/** The first ones carry the suggestions of the "Try it" panel, in its order. */
export const SAMPLE_PAYMENTS: readonly SamplePayment[] = [
  {
    hint: 'Refund a part and watch the roll-up',
    atGateway: { amount: { value: 12050, currency: 'EUR' } },
    inOrg: card(120.5, 'EUR', 'Visa •••• 1111', '2026-10-12'),
  },
  {
    hint: 'Declined by webhook: the balance at Adyen is too low',
    atGateway: { amount: { value: 8900, currency: 'EUR' }, refundOutcome: 'insufficient_funds' },
    inOrg: card(89, 'EUR', 'Mastercard •••• 4444', '2026-10-28'),
  },
  {
    hint: 'Refunded, then fails three days later: press Advance clock',
    atGateway: { amount: { value: 4500, currency: 'EUR' }, holderName: 'refund failed' },
    inOrg: card(45, 'EUR', 'Visa •••• 0002', '2026-11-02'),
  },
  {
    hint: 'Take the gateway down, refund, bring it back',
    atGateway: { amount: { value: 6000, currency: 'EUR' } },
    inOrg: card(60, 'EUR', 'Visa •••• 1111', '2026-11-05'),
  },
  {
    hint: 'Declined at once: Adyen does not know this payment',
    atGateway: { amount: { value: 2599, currency: 'EUR' } },
    unknownToGateway: 'ZZUNKNOWN0000001',
    inOrg: card(25.99, 'EUR', 'Visa •••• 1881', '2026-11-06'),
  },
  {
    hint: 'No decimals',
    atGateway: { amount: { value: 5000, currency: 'JPY' } },
    inOrg: card(5000, 'JPY', 'JCB •••• 0505', '2026-11-09'),
  },
  {
    hint: 'Three decimals',
    atGateway: { amount: { value: 12345, currency: 'KWD' } },
    inOrg: card(12.345, 'KWD', 'Visa •••• 1111', '2026-11-10'),
  },
  {
    hint: 'Not collected yet: declined by webhook',
    atGateway: { amount: { value: 19900, currency: 'USD' }, captured: false },
    inOrg: { ...card(199, 'USD', 'Amex •••• 0005', '2026-11-12'), Stage__c: 'Authorised' },
  },
]
