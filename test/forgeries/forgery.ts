import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { signedDelivery } from '../emulators/adyen/webhook-item.ts'
import type { WebhookItem } from '../emulators/adyen/webhook-item.ts'
import { signedBatch } from '../emulators/gocardless/webhook-sender.ts'
import type { Captured } from './captured.ts'

/** One HTTP request that a forger might send. */
export interface Forgery {
  readonly kind: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
  /** Refused with 4xx; or perhaps taken, as something that was known already. */
  readonly may: 'be refused' | 'be taken as known'
}

type Item = Record<string, unknown> & { additionalData: Record<string, unknown>; amount: Record<string, unknown> }

const OTHER_PATHS = [
  '/webhooks/adyen/Somebody',
  '/webhooks/stripe/x',
  '/webhooks/gocardless/CR999',
  '/webhooks/adyen/%2e%2e',
]
const TYPES = [
  'text/html',
  'multipart/form-data; boundary=x',
  'application/xml',
  'image/png',
  'application/json; charset=utf-16',
  '',
]
const NO_DELIVERY = [
  '',
  '{',
  '[]',
  'null',
  '<html><body>502 Bad Gateway</body></html>',
  '{"live":"false"}',
  '\u0000\u0000',
  '{"events":{}}',
  'bt_signature=&bt_payload=',
  '{"notificationItems":[]}',
]
const TRICKS: readonly Record<string, string | string[]>[] = [
  { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
  { 'x-http-method-override': 'PUT' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br' },
  { 'x-original-url': '/v1/refunds', 'x-rewrite-url': '/health' },
  { authorization: 'Bearer x' },
  { authorization: 'Basic ' },
  { authorization: `Basic ${Buffer.from('refund-relay:').toString('base64')}` },
  { 'webhook-signature': ['', ''] },
]

/** Deliveries that nobody may believe, and genuine ones that were believed already, made of what was captured. */
export function forgeries(captures: readonly Captured[]): fc.Arbitrary<Forgery> {
  const of = (gateway: Captured['gateway']) => fc.constantFrom(...captures.filter((each) => each.gateway === gateway))
  const any = fc.constantFrom(...captures)
  const refused = (kind: string, made: fc.Arbitrary<Omit<Forgery, 'kind' | 'may'>>) =>
    made.map((request): Forgery => ({ ...request, kind, may: 'be refused' }))
  const known = (kind: string, made: fc.Arbitrary<Omit<Forgery, 'kind' | 'may'>>) =>
    made.map((request): Forgery => ({ ...request, kind, may: 'be taken as known' }))
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })

  return fc.oneof(
    { weight: 6, arbitrary: refused('no signature', any.map(unsigned)) },
    {
      weight: 8,
      arbitrary: refused(
        'spoilt signature',
        fc.tuple(any, spoiler()).map(([each, spoil]) => resigned(each, spoil)),
      ),
    },
    {
      weight: 8,
      arbitrary: refused(
        'another key',
        fc.tuple(any, hex).map(([each, key]) => withKey(each, key)),
      ),
    },
    {
      weight: 6,
      arbitrary: refused(
        'another endpoint',
        fc
          .tuple(any, any)
          .filter(([a, b]) => a.path !== b.path)
          .map(([a, b]) => ({ ...a, path: b.path })),
      ),
    },
    {
      weight: 3,
      arbitrary: refused(
        'nobody’s endpoint',
        fc.tuple(any, fc.constantFrom(...OTHER_PATHS)).map(([each, path]) => ({ ...each, path })),
      ),
    },
    {
      weight: 14,
      arbitrary: refused(
        'signed field changed',
        fc.oneof(tamperedAdyen(of('adyen')), tamperedBraintree(of('braintree')), tamperedGoCardless(of('gocardless'))),
      ),
    },
    {
      weight: 4,
      arbitrary: refused(
        'a forged item among genuine ones',
        fc.tuple(of('adyen'), of('adyen'), hex).map(([a, b, key]) => mixed(a, b, key)),
      ),
    },
    {
      weight: 14,
      arbitrary: known(
        'unsigned field changed',
        fc.tuple(of('adyen'), unsignedFields()).map(([each, change]) => adyen(each, change)),
      ),
    },
    { weight: 14, arbitrary: known('replay', any) },
    {
      weight: 4,
      arbitrary: known(
        'replay as another type',
        fc
          .tuple(any, fc.constantFrom(...TYPES))
          .map(([each, type]) => ({ ...each, headers: { ...each.headers, 'content-type': type } })),
      ),
    },
    {
      weight: 6,
      arbitrary: refused(
        'header tricks',
        fc
          .tuple(any, fc.constantFrom(...TRICKS))
          .map(([each, trick]) => ({ ...unsigned(each), headers: { 'content-type': 'application/json', ...trick } })),
      ),
    },
    {
      weight: 5,
      arbitrary: refused(
        'no delivery at all',
        fc
          .tuple(any, fc.oneof(fc.constantFrom(...NO_DELIVERY), fc.string(), fc.json()))
          .map(([each, body]) => ({ ...each, body })),
      ),
    },
    {
      weight: 3,
      arbitrary: refused(
        'deeply nested',
        fc
          .tuple(any, fc.integer({ min: 100, max: 50_000 }), fc.constantFrom('[]', '{}'))
          .map(([each, depth, kind]) => ({ ...each, body: nested(depth, kind) })),
      ),
    },
    {
      weight: 1,
      arbitrary: refused(
        'huge',
        fc
          .tuple(any, fc.integer({ min: 525_000, max: 700_000 }))
          .map(([each, size]) => ({ ...each, body: `{"live":"false","x":"${'a'.repeat(size)}"}` })),
      ),
    },
  )
}

function unsigned({ path, body, headers }: Captured) {
  const type = { 'content-type': headers['content-type']! }
  return {
    path,
    headers: type,
    body: body.replace(/"hmacSignature":"[^"]*",?/, '').replace(/bt_signature=[^&]*&?/, ''),
  }
}

/** What becomes of a signature: never the same signature, whatever it was. */
function spoiler(): fc.Arbitrary<(signature: string) => string> {
  return fc.oneof(
    fc.integer({ min: 1, max: 30 }).map((cut) => (signature: string) => signature.slice(0, -cut)),
    fc
      .string({ unit: fc.constantFrom(...'abc012'), minLength: 1, maxLength: 80 })
      .map((more) => (signature: string) => signature + more),
    fc.nat(18).map((place) => (signature: string) => {
      const other = signature[place] === 'a' ? 'b' : 'a'
      return signature.slice(0, place) + other + signature.slice(place + 1)
    }),
    fc.constantFrom('', 'null', '0'.repeat(64), '[object Object]').map((other) => () => other),
  )
}

function resigned(each: Captured, spoil: (signature: string) => string) {
  const { path, headers, body } = each
  if (each.gateway === 'gocardless')
    return { path, body, headers: { ...headers, 'webhook-signature': spoil(headers['webhook-signature']!) } }
  if (each.gateway === 'adyen')
    return adyen(each, (item) => {
      item.additionalData['hmacSignature'] = spoil(String(item.additionalData['hmacSignature']))
    })
  const form = new URLSearchParams(body)
  const [publicKey, digest] = form.get('bt_signature')!.split('|')
  form.set('bt_signature', `${publicKey}|${spoil(digest!)}`)
  return { path, headers, body: form.toString() }
}

function withKey(each: Captured, key: string) {
  const { path, headers, body } = each
  if (each.gateway === 'gocardless') {
    const batch = signedBatch((JSON.parse(body) as { events: unknown[] }).events, key)
    return { path, body: batch.body, headers: { ...headers, 'webhook-signature': batch.signature } }
  }
  if (each.gateway === 'adyen') return { path, headers, body: signedAgain(itemsOf(body)[0]!, key) }
  const form = new URLSearchParams(body)
  const digest = createHmac('sha1', createHash('sha1').update(key).digest())
    .update(form.get('bt_payload')!)
    .digest('hex')
  form.set('bt_signature', `${form.get('bt_signature')!.split('|')[0]}|${digest}`)
  return { path, headers, body: form.toString() }
}

function itemsOf(body: string): Item[] {
  const { notificationItems } = JSON.parse(body) as { notificationItems: { NotificationRequestItem: Item }[] }
  return notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem)
}

function adyen({ path, headers, body }: Captured, change: (item: Item) => void) {
  const items = itemsOf(body)
  for (const item of items) change(item)
  return { path, headers, body: deliveryOf(items) }
}

function deliveryOf(items: readonly object[]): string {
  return JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) })
}

function signedAgain({ additionalData: _, ...item }: Item, key: string): string {
  return signedDelivery(item as unknown as WebhookItem, key)
}

function mixed(genuine: Captured, other: Captured, key: string) {
  const forged = itemsOf(signedAgain({ ...itemsOf(other.body)[0]!, pspReference: 'FORGED' }, key))
  return { path: genuine.path, headers: genuine.headers, body: deliveryOf([...itemsOf(genuine.body), ...forged]) }
}

function tamperedAdyen(captures: fc.Arbitrary<Captured>) {
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
    adyen(each, (item) => {
      if (name === 'value') item.amount['value'] = Number(item.amount['value']) + number
      else if (name === 'currency') item.amount['currency'] = text
      else if (name === 'success') item['success'] = item['success'] === 'true' ? 'false' : 'true'
      else item[name] = text
    }),
  )
}

/** What Adyen does not sign. A later eventDate makes another event of it, which may be stored and must not decide anything. */
function unsignedFields(): fc.Arbitrary<(item: Item) => void> {
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

function tamperedBraintree(captures: fc.Arbitrary<Captured>) {
  return fc.tuple(captures, fc.nat(400)).map(([{ path, headers, body }, place]) => {
    const form = new URLSearchParams(body)
    const xml = Buffer.from(form.get('bt_payload')!, 'base64').toString('utf8')
    form.set('bt_payload', `${Buffer.from(flipped(xml, place)).toString('base64')}\n`)
    return { path, headers, body: form.toString() }
  })
}

function tamperedGoCardless(captures: fc.Arbitrary<Captured>) {
  return fc.tuple(captures, fc.nat(400)).map(([each, place]) => ({ ...each, body: flipped(each.body, place) }))
}

/** Another letter or digit at one place, so that it usually still parses. */
function flipped(text: string, from: number): string {
  const places = [...text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index)
  const place = places[from % places.length]!
  return text.slice(0, place) + (text[place] === '7' ? '8' : '7') + text.slice(place + 1)
}

function nested(depth: number, kind: string): string {
  return kind === '[]' ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
}
