import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { signedBatch } from '../emulators/gocardless/webhook-sender.ts'
import { itemsChanged, itemsOf, signedAgain } from './adyen-delivery.ts'
import type { Captured } from './captured.ts'

export function unsigned({ path, body, headers }: Captured) {
  const type = { 'content-type': headers['content-type']! }
  return {
    path,
    headers: type,
    body: body.replace(/"hmacSignature":"[^"]*",?/, '').replace(/bt_signature=[^&]*&?/, ''),
  }
}

/** What becomes of a signature: never the same signature, whatever it was. */
export function spoiler(): fc.Arbitrary<(signature: string) => string> {
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

export function resigned(each: Captured, spoil: (signature: string) => string) {
  const { path, headers, body } = each
  if (each.gateway === 'gocardless')
    return { path, body, headers: { ...headers, 'webhook-signature': spoil(headers['webhook-signature']!) } }
  if (each.gateway === 'adyen')
    return itemsChanged(each, (item) => {
      item.additionalData['hmacSignature'] = spoil(String(item.additionalData['hmacSignature']))
    })
  const form = new URLSearchParams(body)
  const [publicKey, digest] = form.get('bt_signature')!.split('|')
  form.set('bt_signature', `${publicKey}|${spoil(digest!)}`)
  return { path, headers, body: form.toString() }
}

export function withKey(each: Captured, key: string) {
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
