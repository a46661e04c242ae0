import fc from 'fast-check'
import { itemsChanged } from './adyen-delivery.ts'
import type { Captured } from './captured.ts'
import { mixed, tamperedAdyen, tamperedBraintree, tamperedGoCardless, unsignedFields } from './tampering.ts'
import { resigned, spoiler, unsigned, withKey } from './wrong-signatures.ts'

/** One HTTP request that a forger might send. */
export interface Forgery {
  readonly kind: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
  /** Refused with 4xx; or perhaps taken, as something that was known already. */
  readonly may: 'be refused' | 'be taken as known'
}

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
        fc.tuple(of('adyen'), unsignedFields()).map(([each, change]) => itemsChanged(each, change)),
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

function nested(depth: number, kind: string): string {
  return kind === '[]' ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
}
