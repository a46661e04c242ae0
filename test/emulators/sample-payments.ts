import type { PaymentOptions as AdyenPayment } from './adyen/company.ts'
import type { TransactionOptions as BraintreePayment } from './braintree/merchant.ts'
import type { PaymentOptions as GoCardlessPayment } from './gocardless/organisation.ts'

/** A payment as its gateway knows it and as the org shows it. */
export type SamplePayment = {
  /** What to try with it, for the visitor. */
  readonly hint: string
  /** Set: the gateway never heard of this reference. */
  readonly unknownToGateway?: string
  /** The gateway's usual one when left out. */
  readonly account?: string
  readonly inOrg: Readonly<Record<string, string | number | boolean>>
} & (
  | { readonly gateway: 'adyen'; readonly atGateway: AdyenPayment }
  | { readonly gateway: 'braintree'; readonly atGateway: BraintreePayment }
  | { readonly gateway: 'gocardless'; readonly atGateway: GoCardlessPayment }
)

/** The fields of a collected card payment. */
export const card = (amount: number, currency: string, method: string, date: string) => ({
  Amount__c: amount,
  Currency__c: currency,
  Route__c: 'Card',
  Payment_Method__c: method,
  Stage__c: 'Collected',
  Payment_Date__c: date,
  Charged_Back__c: 0,
  Voided__c: false,
})

/** The fields of a collected direct debit. */
export const debit = (amount: number, currency: string, scheme: string, method: string, date: string) => ({
  ...card(amount, currency, method, date),
  Route__c: 'Direct Debit',
  Scheme__c: scheme,
})

/** ISO 8601 date so many days ago: a debit's age decides what may be done with it. */
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

/** The first ones carry the suggestions of the "Try it" panel, in its order. */
export const SAMPLE_PAYMENTS: readonly SamplePayment[] = [
  {
    hint: 'Refund a part and watch the roll-up',
    gateway: 'adyen',
    atGateway: { amount: { value: 12050, currency: 'EUR' } },
    inOrg: card(120.5, 'EUR', 'Visa •••• 1111', daysAgo(42)),
  },
  {
    hint: 'Declined by webhook: the balance at Adyen is too low',
    gateway: 'adyen',
    atGateway: { amount: { value: 8900, currency: 'EUR' }, refundOutcome: 'insufficient_funds' },
    inOrg: card(89, 'EUR', 'Mastercard •••• 4444', daysAgo(26)),
  },
  {
    hint: 'Refunded, then fails three days later: press Advance clock',
    gateway: 'adyen',
    atGateway: { amount: { value: 4500, currency: 'EUR' }, holderName: 'refund failed' },
    inOrg: card(45, 'EUR', 'Visa •••• 0002', daysAgo(21)),
  },
  {
    hint: 'Take the gateway down, refund, bring it back',
    gateway: 'adyen',
    atGateway: { amount: { value: 6000, currency: 'EUR' } },
    inOrg: card(60, 'EUR', 'Visa •••• 1111', daysAgo(18)),
  },
  {
    hint: 'Declined at once: Adyen does not know this payment',
    gateway: 'adyen',
    atGateway: { amount: { value: 2599, currency: 'EUR' } },
    unknownToGateway: 'ZZUNKNOWN0000001',
    inOrg: card(25.99, 'EUR', 'Visa •••• 1881', daysAgo(17)),
  },
  {
    hint: 'No decimals',
    gateway: 'adyen',
    atGateway: { amount: { value: 5000, currency: 'JPY' } },
    inOrg: card(5000, 'JPY', 'JCB •••• 0505', daysAgo(14)),
  },
  {
    hint: 'Three decimals',
    gateway: 'adyen',
    atGateway: { amount: { value: 12345, currency: 'KWD' } },
    inOrg: card(12.345, 'KWD', 'Visa •••• 1111', daysAgo(13)),
  },
  {
    hint: 'Not collected yet: undo it, and Adyen decides between cancel and refund',
    gateway: 'adyen',
    atGateway: { amount: { value: 19900, currency: 'USD' }, captured: false },
    inOrg: { ...card(199, 'USD', 'Amex •••• 0005', daysAgo(1)), Stage__c: 'Authorised' },
  },
  {
    hint: 'Braintree: refund two parts, and see the second wait in line',
    gateway: 'braintree',
    atGateway: { amount: '75.00' },
    inOrg: card(75, 'EUR', 'Visa •••• 1111', daysAgo(12)),
  },
  {
    hint: 'Braintree: not settled yet, so undo voids it',
    gateway: 'braintree',
    atGateway: { amount: '32.00', status: 'submitted_for_settlement', settlesInMs: 2 * 86_400_000 },
    inOrg: card(32, 'EUR', 'Mastercard •••• 4444', daysAgo(0)),
  },
  {
    hint: 'Direct debit: the payer may still claim it back',
    gateway: 'gocardless',
    atGateway: { amount: 4800, currency: 'EUR', chargeDate: daysAgo(20) },
    inOrg: debit(48, 'EUR', 'sepa_core', 'SEPA •••• 3000', daysAgo(20)),
  },
  {
    hint: 'Direct debit, too young to refund',
    gateway: 'gocardless',
    atGateway: { amount: 2100, currency: 'GBP', chargeDate: daysAgo(2) },
    inOrg: debit(21, 'GBP', 'bacs', 'Bacs •••• 8899', daysAgo(2)),
  },
]
