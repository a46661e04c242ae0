import fc from 'fast-check'
import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import { adyenSettings } from '../../../contracts/gateway-rig-adyen.ts'
import { OTHER_KEY, REFUND, bodyOf, read } from './adyen-delivery.ts'
import type { Delivery } from './adyen-delivery.ts'

const refusedAs = (code: string) => expect.objectContaining({ name: 'RefundError', code })

describe('a delivery that is not believed', () => {
  const item = ({ notificationItems }: Delivery) => notificationItems[0]!.NotificationRequestItem
  const extra = (delivery: Delivery) => item(delivery)['additionalData'] as Record<string, unknown>

  it.each<[string, (delivery: Delivery) => void]>([
    ['no signature', (delivery) => void delete extra(delivery)['hmacSignature']],
    ['an empty signature', (delivery) => void (extra(delivery)['hmacSignature'] = '')],
    ['a signature with more behind it', (delivery) => void (extra(delivery)['hmacSignature'] += 'AA')],
    [
      'a signature without its end',
      (delivery) => void (extra(delivery)['hmacSignature'] = String(extra(delivery)['hmacSignature']).slice(0, -1)),
    ],
    ['a signature that is no text', (delivery) => void (extra(delivery)['hmacSignature'] = 7)],
    ['no additional data', (delivery) => void delete item(delivery)['additionalData']],
    [
      'the signature of another item',
      (delivery) => void (extra(delivery)['hmacSignature'] = 'xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0='),
    ],
    ['another amount', (delivery) => void (item(delivery)['amount'] = { value: 1231, currency: 'EUR' })],
    ['success turned around', (delivery) => void (item(delivery)['success'] = 'false')],
    ['a live flag in a test account', (delivery) => void (delivery.live = 'true')],
    [
      'one forged item behind a genuine one',
      (delivery) =>
        void delivery.notificationItems.push({
          NotificationRequestItem: { ...item(delivery), pspReference: 'FORGED' },
        }),
    ],
  ])('%s', (_, change) => {
    expect(() => read(bodyOf([{}], change))).toThrow(refusedAs('webhook_not_authentic'))
  })

  it('an item of another merchant account, though well signed', () => {
    expect(() => read(bodyOf([{ merchantAccountCode: 'SomebodyElse' }]))).toThrow(refusedAs('webhook_not_authentic'))
  })

  it('one signed with a key of another endpoint', () => {
    expect(() => read(bodyOf([{}], undefined, OTHER_KEY))).toThrow(refusedAs('webhook_not_authentic'))
  })

  it('a test delivery in a live account', () => {
    expect(() => read(bodyOf([{}]), { live: true })).toThrow(refusedAs('webhook_not_authentic'))
  })

  it.each(['adyen:wrong', 'other:local-password', 'adyen', '', 'adyen:local-password\n'])(
    'one that logs in as %j',
    (login) => {
      expect(() => read(bodyOf([{}]), {}, login)).toThrow(refusedAs('webhook_not_authentic'))
    },
  )

  it.each([{}, { authorization: 'Bearer abc' }, { authorization: ['Basic x', 'Basic y'] }])(
    'one with the headers %j',
    (headers) => {
      const gateway = new AdyenGateway(adyenSettings())
      expect(() => gateway.readWebhook({ headers, body: bodyOf([{}]) })).toThrow(refusedAs('webhook_not_authentic'))
    },
  )

  it.each([
    ['', 'nothing'],
    ['eventCode=REFUND', 'a form'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{"live":"false"}', 'no items'],
    ['{"live":"false","notificationItems":[]}', 'an empty list of items'],
    ['{"live":"false","notificationItems":[null]}', 'an item that is null'],
    ['{"live":"false","notificationItems":[{"NotificationRequestItem":[]}]}', 'an item that is a list'],
    ['{"notificationItems":[{"NotificationRequestItem":{}}]}', 'no mode'],
    [`{"live":"false","notificationItems":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'lists in lists'],
  ])('%j: %s', (body) => {
    expect(() => read(body)).toThrow(refusedAs('webhook_unreadable'))
  })

  it('any other value of a signed field', () => {
    const signed = [
      'pspReference',
      'originalReference',
      'merchantAccountCode',
      'merchantReference',
      'eventCode',
      'success',
    ]
    fc.assert(
      fc.property(fc.constantFrom('value', 'currency', ...signed), fc.anything(), (name, value) => {
        const json = JSON.parse(JSON.stringify(value ?? null)) as unknown
        const body = bodyOf([{}], (delivery) => {
          const target = name === 'value' || name === 'currency' ? item(delivery)['amount'] : item(delivery)
          // The same text in another type is not another value: what is signed is text.
          fc.pre(signedText(json) !== signedText((target as Record<string, unknown>)[name]))
          Object.assign(target as object, { [name]: json })
        })
        expect(() => read(body)).toThrow(refusedAs('webhook_not_authentic'))
      }),
    )
  })

  /** As the vendor's validator joins it; an object may hold a toString that is none. */
  function signedText(value: unknown): string | null {
    try {
      return [value].join()
    } catch {
      return null
    }
  }

  it('signed text cut at other places: it says nothing else', () => {
    // The merchant chose this reference; what is signed can be cut into eight fields in 330 ways.
    const genuine = { ...REFUND, merchantReference: `${REFUND.merchantAccountCode}:500:EUR:REFUND:true` }
    const text = [genuine.pspReference, genuine.originalReference, genuine.merchantAccountCode]
      .concat(genuine.merchantReference.split(':'))
      .concat('1230', 'EUR', 'REFUND', 'true')
    expect(cutsOf(text)).toHaveLength(330)
    const said = cutsOf(text).flatMap((fields) => {
      const [pspReference, originalReference, merchantAccountCode, merchantReference, value, ...last] = fields
      const [currency, eventCode, success] = last
      const body = bodyOf([genuine], (delivery) => {
        const references = { pspReference, originalReference, merchantAccountCode, merchantReference }
        const amount = { value: /^\d+$/.test(value!) ? Number(value) : value, currency }
        Object.assign(item(delivery), references, { eventCode, success, amount })
      })
      return eventsOrNone(body).filter(({ kind }) => kind !== 'other' && kind !== 'unreadable')
    })
    expect(said).toEqual(read(bodyOf([genuine])))
  })

  /** Every way to join neighbours until eight are left. */
  function cutsOf(parts: readonly string[]): string[][] {
    const ways = (from: number, left: number): string[][] => {
      if (left === 1) return [[parts.slice(from).join(':')]]
      const ends = Array.from({ length: parts.length - from - left + 1 }, (_, i) => from + 1 + i)
      return ends.flatMap((end) => ways(end, left - 1).map((rest) => [parts.slice(from, end).join(':'), ...rest]))
    }
    return ways(0, 8)
  }

  function eventsOrNone(body: Buffer) {
    try {
      return read(body)
    } catch {
      return []
    }
  }
})
