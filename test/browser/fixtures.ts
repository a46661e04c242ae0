import type { FixtureOrg, FixtureRecord } from './fixture-org.ts'

export const PAYMENT_ID = 'a01000000000001AAA'
export const REFUND_ID = 'a02000000000001AAA'
export const EXPOSURE_ID = 'a03000000000001AAA'
export const CREDIT_ID = 'a04000000000001AAA'

const METHOD = { label: 'Stored method', value: 'stored_method' }

function payment(number: number, amount: string, refundable: string, method: string): FixtureRecord {
  const [currency, value] = amount.split(' ') as [string, string]
  return {
    Id: `a0100000000000${number}AAA`,
    Name: `PAY-00000000${number}`,
    Route__c: 'Card',
    Payment_Method__c: method,
    Gateway__c: 'adyen',
    Gateway_Account__c: 'RefundRelayECOM',
    Gateway_Reference__c: `DZ4DPSHB4WD2WN8${number}`,
    Gateway_Key__c: `adyen:RefundRelayECOM:DZ4DPSHB4WD2WN8${number}`,
    Stage__c: 'Collected',
    Payment_Date__c: '2026-10-12',
    Voided__c: false,
    Amount__c: Number(value),
    Currency__c: currency,
    Decimals__c: 2,
    Charged_Back__c: 0,
    Amount_Refunded__c: 20,
    Amount_Display__c: amount,
    Amount_Refunded_Display__c: `${currency} 20.00`,
    Amount_Pending_Display__c: `${currency} 30.00`,
    Refundable_Display__c: refundable,
  }
}

/** A few payments, a refund, and Apex answers as the controller's contract describes them. */
export function fillWithSamples(org: FixtureOrg): void {
  org.payments = [
    payment(1, 'EUR 120.50', 'EUR 70.50', 'Visa •••• 1111'),
    payment(2, 'JPY 500', 'JPY 500', 'Mastercard •••• 4444'),
    payment(3, 'KWD 1.234', 'KWD 1.234', 'American Express •••• 0005'),
    payment(4, 'EUR 1000000.00', 'EUR 0.00', 'SEPA Direct Debit •••• 3000'),
  ]
  org.exposures = [
    {
      Id: EXPOSURE_ID,
      Name: 'EXP-000000001',
      Payment__c: PAYMENT_ID,
      Kind__c: 'Double refund',
      Amount__c: 20,
      Currency__c: 'EUR',
      Amount_Display__c: 'EUR 20.00',
      At_Risk__c: true,
      Explanation__c: 'The payer claimed EUR 120.50 back from the bank, and EUR 20.00 of it was refunded before.',
      Opened_At__c: '2026-11-20T10:15:00.000Z',
      Closed_At__c: null,
      Handled__c: false,
      Handling__c: null,
      State_Version__c: 1,
    },
  ]
  org.credits = [
    {
      Id: CREDIT_ID,
      Name: 'CR-000000001',
      Amount__c: 25,
      Currency__c: 'EUR',
      Amount_Display__c: 'EUR 25.00',
      Gateway__c: 'braintree',
      Gateway_Account__c: 'refundrelay_eur',
      Target__c: 'Stored method',
      Stage__c: 'Refunded',
      Requested_By__c: '005000000000001AAA',
      Requested_At__c: '2026-11-21T08:30:00.000Z',
      State_Version__c: 2,
    },
  ]
  org.refunds = [
    {
      Id: REFUND_ID,
      Name: 'REF-000000001',
      Payment__c: PAYMENT_ID,
      Amount__c: 20,
      Currency__c: 'EUR',
      Amount_Display__c: 'EUR 20.00',
      Kind__c: 'Refund',
      Origin__c: 'Here',
      Stage__c: 'Refunded',
      Reason__c: 'Returned',
      Note__c: 'The shoes came back in their box.',
      Held__c: false,
      Error_Code__c: null,
      Gateway__c: 'adyen',
      Gateway_Reference__c: 'VLWRT9Q5XZ6X7T82',
      Requested_By__c: '005000000000001AAA',
      Requested_At__c: '2026-11-03T09:30:00.000Z',
      Refund_Key__c: '0199f0a8-2f1c-7b3e-9c1d-2a4b6c8d0e1f',
      State_Version__c: 3,
    },
  ]
  const line = {
    recordId: REFUND_ID,
    name: 'REF-000000001',
    kind: 'Refund',
    origin: 'Here',
    reasonLabel: 'Returned',
    note: null,
    requestedByName: 'Ava Agent',
    decidedAt: null,
    sentence: null,
    remedy: null,
    gatewayMessage: null,
    gatewayReference: 'VLWRT9Q5XZ6X7T82',
    attention: null,
    held: false,
    waitingSentence: null,
    position: null,
    version: 3,
    written: true,
  }
  const balance = {
    currencyCode: 'EUR',
    decimals: 2,
    captured: '120.50',
    refunded: '20.00',
    underWay: '30.00',
    held: '0.00',
    chargedBack: '0.00',
    refundable: '70.50',
    exposure: '0.00',
    voided: false,
    gatewayLabel: 'Adyen',
    gatewayReference: 'DZ4DPSHB4WD2WN81',
    chargebacks: null,
  }
  org.apex = {
    'CreditController.getCreditForm': () => ({
      idempotencyKey: crypto.randomUUID(),
      accounts: [
        {
          gateway: 'adyen',
          gatewayLabel: 'Adyen',
          targets: [METHOD, { label: 'Bank account', value: 'bank_account' }],
        },
        { gateway: 'braintree', gatewayLabel: 'Braintree', targets: [METHOD] },
      ],
      reasons: [{ label: 'Other', value: 'other' }],
    }),
    'RefundController.getRefundForm': () => ({
      ...balance,
      idempotencyKey: crypto.randomUUID(),
      paymentName: 'PAY-000000001',
      route: 'Card',
      scheme: null,
      schemeLabel: null,
      collectedOn: '2026-10-12',
      paymentMethod: 'Visa •••• 1111',
      reasons: [
        { label: 'Duplicate', value: 'duplicate' },
        { label: 'Fraud', value: 'fraud' },
        { label: 'Requested by customer', value: 'requested_by_customer' },
        { label: 'Returned', value: 'returned' },
        { label: 'Other', value: 'other' },
      ],
      recentRefunds: [{ amount: '30.00', minutesAgo: 4, stage: 'Sent to gateway' }],
    }),
    'RefundController.requestRefund': ({ amount }) => ({
      refundId: '0199f0a8-2f1c-7b3e-9c1d-000000000004',
      state: 'pending',
      stage: 'Sent to gateway',
      amount,
      currencyCode: 'EUR',
      gatewayLabel: 'Adyen',
      sentence: null,
      remedy: null,
      gatewayMessage: null,
      errorCode: null,
      waitingSentence: null,
      position: null,
      inSeconds: null,
    }),
    'RefundController.previewRefund': ({ amount }) => ({
      action: 'refund',
      amount,
      sentence: 'It is refunded.',
      settlesOn: null,
      queue: null,
      directDebit: null,
      obstacle: null,
    }),
    'RefundController.getRefundHistory': () => ({
      ...balance,
      exposures: [],
      refunds: [
        {
          ...line,
          refundId: '0199f0a8-2f1c-7b3e-9c1d-000000000003',
          stage: 'Sent to gateway',
          amount: '30.00',
          requestedAt: new Date().toISOString(),
        },
        {
          ...line,
          refundId: '0199f0a8-2f1c-7b3e-9c1d-000000000002',
          stage: 'Refunded',
          amount: '20.00',
          requestedAt: '2026-11-03T09:30:00.000Z',
          decidedAt: '2026-11-03T09:31:00.000Z',
        },
        {
          ...line,
          refundId: '0199f0a8-2f1c-7b3e-9c1d-000000000001',
          stage: 'Failed',
          amount: '99.00',
          requestedAt: '2026-11-01T09:30:00.000Z',
          decidedAt: '2026-11-01T09:31:00.000Z',
          sentence: 'Your Adyen balance was too low for this refund.',
          remedy: 'Top up the balance, then refund again.',
          gatewayMessage: 'Insufficient balance on payment',
        },
      ],
    }),
  }
}
