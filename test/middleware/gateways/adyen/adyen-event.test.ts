import { HMAC_KEY } from '../../../contracts/gateway-rig-adyen.ts'
import { OTHER_KEY, bodyOf, read } from './adyen-delivery.ts'

describe('a genuine delivery', () => {
  it('says what became of a refund', () => {
    expect(read(bodyOf([{}]))).toEqual([
      {
        identity: 'REFUND:BC7HT9CRT65ZGN83:true:2026-10-31T23:19:34.000Z',
        kind: 'refund_succeeded',
        gatewayKind: 'REFUND',
        occurredAt: '2026-10-31T23:19:34.000Z',
        paymentReference: 'NC6HT9CRT65ZGN82',
        refundReference: 'BC7HT9CRT65ZGN83',
        refundId: '0195f2a0-0000-7000-8000-000000000001',
        amount: { value: '12.30', currency: 'EUR' },
        refusal: null,
        payload: {
          eventCode: 'REFUND',
          success: 'true',
          pspReference: 'BC7HT9CRT65ZGN83',
          originalReference: 'NC6HT9CRT65ZGN82',
          merchantReference: '0195f2a0-0000-7000-8000-000000000001',
          merchantAccountCode: 'RefundRelayECOM',
          eventDate: '2026-11-01T00:19:34+01:00',
          paymentMethod: 'visa',
          reason: '',
          amountValue: '1230',
          amountCurrency: 'EUR',
        },
      },
    ])
  })

  const full = 'Already fully refunded, no balance available for new requested refund'
  it.each([
    [{ success: 'false', reason: full }, 'refund_failed', { code: 'already_refunded', gatewayMessage: full }],
    [
      { eventCode: 'REFUND_FAILED', reason: 'Closed' },
      'refund_failed_late',
      { code: 'bank_returned_refund', gatewayMessage: 'Closed' },
    ],
    [{ eventCode: 'REFUNDED_REVERSED' }, 'refund_reversed', { code: 'refund_came_back', gatewayMessage: '' }],
    [{ eventCode: 'REFUND_FAILED', success: 'false' }, 'unreadable', null],
    [{ eventCode: 'AUTHORISATION' }, 'other', null],
    [{ eventCode: 'VOID_PENDING_REFUND' }, 'other', null],
    [{ eventCode: 'ISSUER_RESPONSE_TIMEFRAME_EXPIRED' }, 'other', null],
    [{ eventCode: 'constructor' }, 'other', null],
    [{ eventCode: 'REPORT_AVAILABLE', pspReference: 'report.csv', originalReference: '' }, 'other', null],
    [{ eventCode: 'A_NEW_KIND' }, 'other', null],
  ])('%j is %s', (item, kind, refusal) => {
    expect(read(bodyOf([item]))).toMatchObject([{ kind, refusal }])
  })

  it.each([
    ['JPY', 500, '500'],
    ['KWD', 1234, '1.234'],
    ['IDR', 5000, '5000.00'],
    ['ISK', 5000, '50'],
    ['CLP', 100, '1'],
  ])("reads %s %i by Adyen's decimals as %s", (currency, value, decimal) => {
    expect(read(bodyOf([{ amount: { currency, value } }]))).toMatchObject([{ amount: { currency, value: decimal } }])
  })

  it('takes an order number in the reference for what it is', () => {
    expect(read(bodyOf([{ merchantReference: 'ORDER-7' }]))).toMatchObject([
      { refundId: null, kind: 'refund_succeeded' },
    ])
  })

  it('keeps old references, which are 16 digits as a card number is', () => {
    const [event] = read(bodyOf([{ pspReference: '8312534564722331', originalReference: '9313547924770610' }]))
    expect(event).toMatchObject({ refundReference: '8312534564722331', payload: { pspReference: '8312534564722331' } })
  })

  it('keeps nothing of additionalData, and no card number of a reason', () => {
    const body = bodyOf([{ reason: 'Card 4111111111111111' }], ({ notificationItems }) => {
      Object.assign(notificationItems[0]!.NotificationRequestItem['additionalData'] as object, {
        cardSummary: '1111',
        shopperEmail: 'canary@example.com',
      })
    })
    const kept = JSON.stringify(read(body))
    expect(kept).not.toMatch(/canary|cardSummary|41111111|hmac/i)
  })

  it('accepts either key and either password while they are being changed', () => {
    const webhook = {
      hmacKeys: [OTHER_KEY, HMAC_KEY],
      username: 'adyen',
      passwords: ['new-password', 'local-password'],
    }
    for (const key of webhook.hmacKeys) {
      for (const password of webhook.passwords) {
        expect(read(bodyOf([{}], undefined, key), { webhook }, `adyen:${password}`)).toHaveLength(1)
      }
    }
  })

  it('is read in a live account when it is live', () => {
    expect(
      read(
        bodyOf([{}], (delivery) => void (delivery.live = 'true')),
        { live: true },
      ),
    ).toHaveLength(1)
  })
})

describe('one fact, however often and however it is delivered', () => {
  const identityOf = (item: object) => read(bodyOf([item]))[0]!.identity
  const same = identityOf({})

  it.each([
    ['the same moment in another time zone', { eventDate: '2026-10-31T23:19:34Z' }],
    ['another payment method and reason', { paymentMethod: 'mc', reason: 'later' }],
  ])('has one identity: %s', (_, item) => {
    expect(identityOf(item)).toBe(same)
  })

  it.each([
    ['a later event date, which may be a repair', { eventDate: '2026-11-05T00:19:34+01:00' }],
    ['the other outcome', { success: 'false' }],
    ['another refund', { pspReference: 'BC7HT9CRT65ZGN84' }],
    ['another kind', { eventCode: 'REFUND_FAILED' }],
  ])('is another fact with %s', (_, item) => {
    expect(identityOf(item)).not.toBe(same)
  })
})

describe('an item that is authentic but makes no sense', () => {
  it.each([
    ['half an Icelandic króna', { amount: { currency: 'ISK', value: 50 } }],
    ['a currency that does not exist', { amount: { currency: 'ZZZ', value: 50 } }],
    ['an amount of nothing', { amount: { currency: 'EUR', value: 0 } }],
    ['a negative amount', { amount: { currency: 'EUR', value: -5 } }],
    ['a fraction of a cent', { amount: { currency: 'EUR', value: 1.5 } }],
    ['an amount as text', { amount: { currency: 'EUR', value: '50' } }],
    ['an amount beyond counting', { amount: { currency: 'EUR', value: 1e21 } }],
    ['no reference of the refund', { pspReference: '' }],
    ['no reference of the payment', { originalReference: '' }],
    ['a word that is neither true nor false', { success: 'maybe' }],
  ])('is parked: %s', (_, item) => {
    const [event] = read(bodyOf([item]))
    expect(event).toMatchObject({ kind: 'unreadable', gatewayKind: 'REFUND', amount: null })
    expect(event!.identity).toMatch(/\S/)
  })

  it('is parked when it has no amount at all', () => {
    const body = bodyOf([{ amount: { value: '', currency: '' } }], ({ notificationItems }) => {
      delete notificationItems[0]!.NotificationRequestItem['amount']
    })
    expect(read(body)).toMatchObject([{ kind: 'unreadable' }])
  })

  it('holds back none of the others', () => {
    const kinds = read(bodyOf([{}, { amount: { currency: 'ZZZ', value: 1 } }, { eventCode: 'AUTHORISATION' }, {}]))
    expect(kinds.map(({ kind }) => kind)).toEqual(['refund_succeeded', 'unreadable', 'other', 'refund_succeeded'])
  })

  it('loses only its date when that is no date', () => {
    expect(read(bodyOf([{ eventDate: 'yesterday' }]))).toMatchObject([{ kind: 'refund_succeeded', occurredAt: null }])
  })
})
