import fc from 'fast-check'
import { bodyOf, read } from './adyen-delivery.ts'

const PAYMENT = 'NC6HT9CRT65ZGN82'
const OWN = 'BC7HT9CRT65ZGN83'
const REFUND_ID = '0195f2a0-0000-7000-8000-000000000001'
const AMOUNT = { value: '12.30', currency: 'EUR' }

const readOne = (item: object) => read(bodyOf([item]))[0]!

describe('what Adyen tells of a whole payment', () => {
  it.each(['CANCELLATION', 'TECHNICAL_CANCEL', 'CANCEL_OR_REFUND'])('%s with success: it was undone', (eventCode) => {
    expect(readOne({ eventCode })).toMatchObject({
      kind: 'void_succeeded',
      gatewayKind: eventCode,
      paymentReference: PAYMENT,
      refundReference: OWN,
      refundId: REFUND_ID,
      amount: AMOUNT,
      refusal: null,
    })
  })

  it.each([
    ['CANCELLATION', 'Transaction has already been captured', 'void_too_late'],
    ['CANCELLATION', 'Transaction was already cancelled', 'payment_already_voided'],
    ['CANCELLATION', 'The maximum period for this operation has expired', 'refund_period_over'],
    ['CANCELLATION', 'Something new', 'gateway_refused'],
    ['CANCELLATION', '', 'gateway_refused'],
    ['TECHNICAL_CANCEL', 'Transaction not found', 'original_payment_not_found'],
    ['CANCEL_OR_REFUND', 'Already fully refunded, no balance available for new requested refund', 'already_refunded'],
  ])('%s without success because of %j is a failure with a code', (eventCode, reason, code) => {
    expect(readOne({ eventCode, reason, success: 'false' })).toMatchObject({
      kind: 'void_failed',
      refundReference: OWN,
      refusal: { code, gatewayMessage: reason },
    })
  })

  it('is read with an amount of nothing, or with none, because the whole payment is meant', () => {
    const nothing = { eventCode: 'CANCELLATION', amount: { value: 0, currency: 'EUR' } }
    expect(readOne(nothing)).toMatchObject({ kind: 'void_succeeded', amount: null })
    // A missing amount is signed as empty text.
    const missing = bodyOf([{ ...nothing, amount: { value: '', currency: '' } }], ({ notificationItems }) => {
      delete notificationItems[0]!.NotificationRequestItem['amount']
    })
    expect(read(missing)).toMatchObject([{ kind: 'void_succeeded', amount: null }])
  })

  it('is read of a technical cancel that found no payment', () => {
    const item = { eventCode: 'TECHNICAL_CANCEL', originalReference: '', success: 'false', reason: 'unknown' }
    expect(readOne(item)).toMatchObject({ kind: 'void_failed', paymentReference: null, refundReference: OWN })
    expect(readOne({ ...item, eventCode: 'CANCELLATION' })).toMatchObject({ kind: 'unreadable' })
  })

  it.each(['cancel', 'refund', 'something else', undefined])(
    'is the same event whatever the unsigned modification.action says: %s',
    (action) => {
      const body = bodyOf([{ eventCode: 'CANCEL_OR_REFUND' }], ({ notificationItems }) => {
        const extra = notificationItems[0]!.NotificationRequestItem['additionalData'] as Record<string, unknown>
        extra['modification.action'] = action
      })
      expect(read(body)).toEqual(read(bodyOf([{ eventCode: 'CANCEL_OR_REFUND' }])))
    },
  )
})

describe('what Adyen tells of captures', () => {
  it.each([
    ['CAPTURE', 'captured'],
    ['CAPTURE_FAILED', 'capture_failed'],
  ])('%s is %s, by its amount', (eventCode, kind) => {
    expect(readOne({ eventCode })).toMatchObject({
      kind,
      paymentReference: PAYMENT,
      refundReference: null,
      refundId: null,
      amount: AMOUNT,
    })
  })

  it.each(['CAPTURE', 'CAPTURE_FAILED'])('%s without success changes nothing', (eventCode) => {
    expect(readOne({ eventCode, success: 'false' })).toMatchObject({ kind: 'other', paymentReference: PAYMENT })
  })

  it.each(['CAPTURE', 'CAPTURE_FAILED'])('%s told again on another day is counted once', (eventCode) => {
    const again = { eventCode, eventDate: '2026-11-05T00:19:34+01:00' }
    expect(readOne(again).identity).toBe(readOne({ eventCode }).identity)
    expect(readOne({ eventCode, pspReference: 'ANOTHERCAPTURE00' }).identity).not.toBe(readOne({ eventCode }).identity)
  })

  it.each([0, -1, 1.5])('is parked with an amount of %s', (value) => {
    expect(readOne({ eventCode: 'CAPTURE', amount: { value, currency: 'EUR' } })).toMatchObject({ kind: 'unreadable' })
  })
})

describe('what Adyen tells of disputes', () => {
  it.each([
    ['NOTIFICATION_OF_CHARGEBACK', 'chargeback_announced'],
    ['REQUEST_FOR_INFORMATION', 'chargeback_announced'],
    ['CHARGEBACK', 'chargeback'],
    ['SECOND_CHARGEBACK', 'chargeback'],
    ['PREARBITRATION_LOST', 'chargeback'],
    ['CHARGEBACK_REVERSED', 'chargeback_reversed'],
    ['PREARBITRATION_WON', 'chargeback_reversed'],
  ])('%s is %s, under the reference of the dispute', (eventCode, kind) => {
    const dispute = { eventCode, merchantReference: 'ORDER-7' }
    expect(readOne(dispute)).toMatchObject({
      kind,
      gatewayKind: eventCode,
      paymentReference: PAYMENT,
      refundReference: OWN,
      refundId: null,
      amount: AMOUNT,
      refusal: null,
    })
    expect(readOne({ ...dispute, success: 'false' })).toMatchObject({ kind: 'other', paymentReference: PAYMENT })
  })

  it('an announcement needs no amount, a chargeback does', () => {
    const amount = { value: 0, currency: 'EUR' }
    expect(readOne({ eventCode: 'REQUEST_FOR_INFORMATION', amount })).toMatchObject({
      kind: 'chargeback_announced',
      amount: null,
    })
    expect(readOne({ eventCode: 'CHARGEBACK', amount })).toMatchObject({ kind: 'unreadable', amount: null })
  })

  it('the same dispute on a later day is another fact: a second chargeback may follow a reversal', () => {
    const once = { eventCode: 'CHARGEBACK' }
    const later = { ...once, eventDate: '2026-12-05T00:19:34+01:00' }
    expect(readOne(later).identity).not.toBe(readOne(once).identity)
  })
})

describe('what Adyen tells of refunds that wait, and of credits', () => {
  it.each(['POSTPONED_REFUND', 'REFUND_NOT_CLEARED'])('%s: the refund waits, and nothing moves', (eventCode) => {
    expect(readOne({ eventCode })).toMatchObject({
      kind: 'refund_delayed',
      paymentReference: PAYMENT,
      refundReference: OWN,
      refundId: REFUND_ID,
    })
    expect(readOne({ eventCode, success: 'false' })).toMatchObject({ kind: 'other' })
  })

  const credit = { eventCode: 'REFUND_WITH_DATA', originalReference: 'OURREQUEST000001' }

  it('a credit is known by the reference of our request, which stands in originalReference', () => {
    expect(readOne(credit)).toMatchObject({
      kind: 'refund_succeeded',
      refundReference: 'OURREQUEST000001',
      paymentReference: null,
      refundId: REFUND_ID,
      amount: AMOUNT,
    })
  })

  it('a credit whose validations failed says why', () => {
    const reason = 'Insufficient in-process funds on account for refunding this payment'
    expect(readOne({ ...credit, success: 'false', reason })).toMatchObject({
      kind: 'refund_failed',
      refundReference: 'OURREQUEST000001',
      refusal: { code: 'insufficient_gateway_funds', gatewayMessage: reason },
    })
  })

  it('a credit without the reference of our request is parked', () => {
    expect(readOne({ ...credit, originalReference: '' })).toMatchObject({ kind: 'unreadable' })
  })

  it('keeps no account number that stands in the reason', () => {
    const event = readOne({ ...credit, success: 'false', reason: 'Account NL13TEST0123456789 is closed' })
    expect(JSON.stringify(event)).not.toContain('0123456789')
  })
})

describe('every event code', () => {
  const CODES = `CANCELLATION TECHNICAL_CANCEL CANCEL_OR_REFUND CAPTURE CAPTURE_FAILED NOTIFICATION_OF_CHARGEBACK
    REQUEST_FOR_INFORMATION CHARGEBACK SECOND_CHARGEBACK PREARBITRATION_LOST CHARGEBACK_REVERSED PREARBITRATION_WON
    POSTPONED_REFUND REFUND_NOT_CLEARED REFUND_WITH_DATA REFUND REFUND_FAILED REFUNDED_REVERSED`.split(/\s+/)

  it.each(CODES)("%s: reads amounts by Adyen's four deviations from ISO 4217", (eventCode) => {
    const amounts = [
      { currency: 'ISK', value: 5000, decimal: '50' },
      { currency: 'CLP', value: 100, decimal: '1' },
      { currency: 'IDR', value: 5000, decimal: '5000.00' },
      { currency: 'CVE', value: 7, decimal: '7.00' },
    ]
    for (const { decimal, ...amount } of amounts) {
      expect(readOne({ eventCode, amount }).amount).toEqual({ value: decimal, currency: amount.currency })
    }
    expect(readOne({ eventCode, amount: { currency: 'ISK', value: 50 } })).toMatchObject({ kind: 'unreadable' })
  })

  it.each(CODES)('%s: never throws, whatever the fields hold', (eventCode) => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
    const amount = fc.record({ value, currency: fc.oneof(value, fc.constantFrom('EUR', 'ISK', 'XAU')) })
    const fields = fc.record(
      { success: fc.oneof(value, fc.constantFrom('true', 'false')), amount, reason: value, eventDate: value },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fields, (changes) => {
        const json = JSON.parse(JSON.stringify(changes)) as object
        const kind = kindOrRefused({ eventCode, ...json })
        expect(kind).toMatch(/^(refused|unreadable|other|(refund|void|capture|chargeback)\w*)$/)
      }),
      { numRuns: 50 },
    )
  })

  /** A field of another type may sign differently; then the delivery is refused as a whole. */
  function kindOrRefused(item: object): string {
    try {
      return readOne(item).kind
    } catch (error) {
      return (error as { code?: string }).code === 'webhook_not_authentic' ? 'refused' : String(error)
    }
  }
})
