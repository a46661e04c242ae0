import fc from 'fast-check'
import { itemsChanged, deliveryOf, itemsOf, signedAgain } from './adyen-delivery.ts'
import type { Item } from './adyen-delivery.ts'
import type { Captured } from './captured.ts'

export function mixed(genuine: Captured, other: Captured, key: string) {
  const forged = itemsOf(signedAgain({ ...itemsOf(other.body)[0]!, pspReference: 'FORGED' }, key))
  return { path: genuine.path, headers: genuine.headers, body: deliveryOf([...itemsOf(genuine.body), ...forged]) }
}

export function tamperedAdyen(captures: fc.Arbitrary<Captured>) {
  const word = fc
    .string({ unit: fc.constantFrom(...'ABCXYZ0189'), minLength: 1, maxLength: 16 })
    .map((text) => `${text}~`)
  const field = fc.constantFrom(
    'pspReference',
    'originalReference',
    'merchantAccountCode',
    'merchantReference',
    'eventCode',
    'success',
    'value',
    'currency',
  )
  return fc.tuple(captures, field, word, fc.integer({ min: 1, max: 1_000_000 })).map(([each, name, text, number]) =>
    itemsChanged(each, (item) => {
      if (name === 'value') item.amount['value'] = Number(item.amount['value']) + number
      else if (name === 'currency') item.amount['currency'] = text
      else if (name === 'success') item['success'] = item['success'] === 'true' ? 'false' : 'true'
      else item[name] = text
    }),
  )
}

/** What Adyen does not sign. A later eventDate makes another event of it, which may be stored and must not decide anything. */
export function unsignedFields(): fc.Arbitrary<(item: Item) => void> {
  const text = fc.string({ maxLength: 40 })
  return fc.oneof(
    fc.tuple(fc.constantFrom('reason', 'paymentMethod', 'operations', 'bankName'), text).map(
      ([name, value]) =>
        (item: Item) =>
          void (item[name] = value),
    ),
    fc
      .date({ min: new Date('2001-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((date) => (item: Item) => void (item['eventDate'] = date.toISOString())),
    fc
      .tuple(
        fc.constantFrom('modification.action', 'arn', 'cardHolderName', '__proto__', 'refundedAmount'),
        fc.constantFrom('refund', 'cancel', '999999', ''),
      )
      .map(
        ([name, value]) =>
          (item: Item) =>
            void Object.defineProperty(item.additionalData, name, {
              value,
              enumerable: true,
              configurable: true,
              writable: true,
            }),
      ),
  )
}

export function tamperedBraintree(captures: fc.Arbitrary<Captured>) {
  return fc.tuple(captures, fc.nat(400)).map(([{ path, headers, body }, place]) => {
    const form = new URLSearchParams(body)
    const xml = Buffer.from(form.get('bt_payload')!, 'base64').toString('utf8')
    form.set('bt_payload', `${Buffer.from(flipped(xml, place)).toString('base64')}\n`)
    return { path, headers, body: form.toString() }
  })
}

export function tamperedGoCardless(captures: fc.Arbitrary<Captured>) {
  return fc.tuple(captures, fc.nat(400)).map(([each, place]) => ({ ...each, body: flipped(each.body, place) }))
}

/** Another letter or digit at one place, so that it usually still parses. */
function flipped(text: string, from: number): string {
  const places = [...text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index)
  const place = places[from % places.length]!
  return text.slice(0, place) + (text[place] === '7' ? '8' : '7') + text.slice(place + 1)
}
