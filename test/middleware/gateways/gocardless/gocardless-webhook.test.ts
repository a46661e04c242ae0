import { createHmac } from 'node:crypto'
import { verifySignature } from 'gocardless-nodejs/webhooks'
import { GoCardlessGateway } from '../../../../middleware/gateways/gocardless/gocardless-gateway.ts'
import type { GoCardlessSettings } from '../../../../middleware/gateways/gocardless/gocardless-settings.ts'
import { goCardlessSettings, startGoCardlessRig, WEBHOOK_SECRET } from '../../../contracts/gateway-rig-gocardless.ts'
import type { GoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import { signedBatch } from '../../../emulators/gocardless/webhook-sender.ts'
import { REFUND_ID, list, withScript } from './gocardless-refunds.ts'

const EVENT = {
  id: 'EV1',
  created_at: '2026-11-01T10:00:00.123Z',
  resource_type: 'refunds',
  action: 'paid',
  links: { refund: 'RF1' },
  details: { origin: 'gocardless', cause: 'refund_paid', description: 'The refund has been paid to your customer.' },
  metadata: {},
  resource_metadata: { refund: REFUND_ID },
}

function read(
  { body, signature }: { body: string | Buffer; signature?: string | string[] },
  changes: Partial<GoCardlessSettings> = {},
) {
  const headers = { ...(signature !== undefined && { 'webhook-signature': signature }) }
  return new GoCardlessGateway(goCardlessSettings(changes)).readWebhook({ headers, body: Buffer.from(body) })
}
const readEvents = (...events: unknown[]) => read(signedBatch(events, WEBHOOK_SECRET))
const notAuthentic = expect.objectContaining({ code: 'webhook_not_authentic' })

describe('who may tell us something', () => {
  const { body, signature } = signedBatch([EVENT], WEBHOOK_SECRET)

  it("is who the vendor's own verifier lets in: who signed the raw bytes with the secret as it is written", () => {
    expect(() => verifySignature(body, WEBHOOK_SECRET, signature)).not.toThrow()
    expect(read({ body, signature })).toHaveLength(1)
    const spaced = ` ${body.replaceAll(',', ' , ')}\n`
    const own = createHmac('sha256', WEBHOOK_SECRET).update(spaced).digest('hex')
    expect(read({ body: spaced, signature: own })).toHaveLength(1)
  })

  it('is who signed with either secret while they are being changed', () => {
    const both = { webhook: { secrets: ['new-secret', WEBHOOK_SECRET] } }
    expect(read({ body, signature }, both)).toHaveLength(1)
    expect(read(signedBatch([EVENT], 'new-secret'), both)).toHaveLength(1)
    expect(() => read(signedBatch([EVENT], 'old-secret'), both)).toThrow(notAuthentic)
  })

  it.each<[string, { body: string; signature?: string | string[] }]>([
    ['did not sign', { body }],
    ['signed nothing', { body, signature: '' }],
    ['signed with another secret', signedBatch([EVENT], 'another')],
    [
      'took the secret for base64',
      { body, signature: createHmac('sha256', Buffer.from(WEBHOOK_SECRET, 'base64')).update(body).digest('hex') },
    ],
    ['signed in base64', { body, signature: Buffer.from(signature, 'hex').toString('base64') }],
    ['signed in capitals', { body, signature: signature.toUpperCase() }],
    ['cut the signature', { body, signature: signature.slice(0, 62) }],
    ['padded the signature', { body, signature: `${signature}00` }],
    ['signed twice', { body, signature: [signature, signature] }],
    ['changed an action', { body: body.replace('"paid"', '"failed"'), signature }],
    ['added a space', { body: `${body} `, signature }],
    ['dropped the events', { body: '{}', signature }],
  ])('is not who %s', (_, delivery) => {
    expect(() => read(delivery)).toThrow(notAuthentic)
  })

  it.each(['', '{', '[]', '"text"', '{"events":{}}', '{"meta":{}}'])('is not understood when it says %j', (text) => {
    const own = createHmac('sha256', WEBHOOK_SECRET).update(text).digest('hex')
    expect(() => read({ body: text, signature: own })).toThrow(expect.objectContaining({ code: 'webhook_unreadable' }))
  })
})

describe('what an event says', () => {
  it('is that a refund changed, whose it is, and nothing about money', () => {
    expect(readEvents(EVENT)).toEqual([
      {
        identity: 'EV1',
        kind: 'refund_changed',
        gatewayKind: 'refunds.paid',
        occurredAt: '2026-11-01T10:00:00.123Z',
        paymentReference: null,
        refundReference: 'RF1',
        refundId: REFUND_ID,
        amount: null,
        refusal: null,
        payload: {
          id: 'EV1',
          created_at: '2026-11-01T10:00:00.123Z',
          resource_type: 'refunds',
          action: 'paid',
          cause: 'refund_paid',
          origin: 'gocardless',
          'links.refund': 'RF1',
        },
      },
    ])
  })

  it.each([
    ...['created', 'submitted', 'failed', 'paid', 'funds_returned', 'bounced', 'a_new_word'].map((action) => [
      'refunds',
      action,
      'refund_changed',
    ]),
    ['refunds', 'refund_settled', 'other'],
    ...['confirmed', 'paid_out', 'failed', 'late_failure_settled', 'charged_back'].map((action) => [
      'payments',
      action,
      'payment_changed',
    ]),
    ...['chargeback_cancelled', 'chargeback_settled', 'cancelled', 'resubmission_requested'].map((action) => [
      'payments',
      action,
      'payment_changed',
    ]),
    ['payments', 'created', 'other'],
    ['payments', 'a_new_word', 'other'],
    ['mandates', 'cancelled', 'other'],
    ['payouts', 'paid', 'other'],
    ['a_new_resource', 'created', 'other'],
  ])('%s %s is %s', (resource_type, action, kind) => {
    const links = { refund: 'RF1', payment: 'PM1', mandate: 'MD1' }
    expect(readEvents({ ...EVENT, resource_type, action, links })).toMatchObject([
      { kind, gatewayKind: `${resource_type}.${action}`, paymentReference: 'PM1' },
    ])
  })

  it("is recognised by our stamp alone, and a payment's metadata is no stamp", () => {
    const stamps = (changes: object) => readEvents({ ...EVENT, ...changes }).map(({ refundId }) => refundId)
    expect(stamps({ resource_metadata: { refund: 'order 77' } })).toEqual([null])
    expect(stamps({ resource_metadata: undefined })).toEqual([null])
    expect(stamps({ resource_metadata: 'text' })).toEqual([null])
    expect(stamps({ resource_type: 'payments', links: { payment: 'PM1' } })).toEqual([null])
  })

  it('is kept without what the merchant or the customer wrote', () => {
    const secrets = {
      ...EVENT,
      metadata: { name: 'canary' },
      resource_metadata: { iban: 'canary' },
      details: { ...EVENT.details, description: 'canary', bank_account_id: 'canary' },
      links: { refund: 'RF1', customer: 'canary', customer_bank_account: 'canary' },
      customer_notifications: [{ id: 'canary' }],
    }
    expect(JSON.stringify(readEvents(secrets))).not.toContain('canary')
  })

  it.each<[string, unknown]>([
    ['no id', { ...EVENT, id: undefined }],
    ['an id of something else', { ...EVENT, id: 'RF1' }],
    ['no time', { ...EVENT, created_at: 'yesterday' }],
    ['no links', { ...EVENT, links: 'none' }],
    ['no refund', { ...EVENT, links: {} }],
    ['no payment', { ...EVENT, resource_type: 'payments', links: {} }],
    ['a refund that is none', { ...EVENT, links: { refund: '../1' } }],
    ['an action that is none', { ...EVENT, action: 7 }],
    ['an action with a line break', { ...EVENT, action: 'paid\nforged' }],
    ['no object', 'text'],
    ['nothing', null],
  ])('is parked when it has %s', (_, event) => {
    const [read] = readEvents(event)
    expect(read).toMatchObject({ kind: 'unreadable', amount: null })
    expect(read!.identity).toMatch(/^(EV1|sha256:[0-9a-f]{64})$/)
    expect(read!.gatewayKind).not.toContain('\n')
    expect(readEvents(event)[0]!.identity).toBe(read!.identity)
  })

  it('stands for itself: one of 250 that makes no sense holds none of the others back', () => {
    const events: unknown[] = Array.from({ length: 250 }, (_, count) => ({ ...EVENT, id: `EV${count}` }))
    events[100] = { id: { toString: 1 }, links: [] }
    const read = readEvents(...events)
    expect(read).toHaveLength(250)
    expect(read.map(({ kind }) => kind).filter((kind) => kind === 'refund_changed')).toHaveLength(249)
    expect(read[100]).toMatchObject({ kind: 'unreadable' })
    expect(new Set(read.map(({ identity }) => identity)).size).toBe(250)
  })
})

describe('what the local GoCardless tells', () => {
  let rig: GoCardlessRig
  beforeEach(async () => {
    rig = await startGoCardlessRig()
  })
  afterEach(() => rig.stop())

  it('is believed when it is genuine, whatever else is in the batch, and not when it was forged on the way', async () => {
    rig.goCardless.webhookFault('poison_event')
    rig.goCardless.simulate('payment_charged_back', rig.paymentReference)
    const kinds = (await rig.events()).map(({ kind }) => kind)
    expect(kinds).toEqual(['payment_changed', 'unreadable'])
    rig.goCardless.webhookFault('tamper_body')
    rig.goCardless.simulate('payment_chargeback_cancelled', rig.paymentReference)
    await expect(rig.events()).rejects.toThrow(notAuthentic)
  })

  it('can be read again after an outage, oldest first, the same events with the same identities', async () => {
    const from = new Date().toISOString()
    for (let count = 0; count < 130; count++) rig.goCardless.refundInDashboard(rig.paymentReference, 1)
    rig.goCardless.simulate('payment_charged_back', rig.paymentReference)
    rig.goCardless.disputeMandate(rig.paymentReference)
    const told = (await rig.events()).filter(({ kind }) => kind !== 'other')
    const listed = (await rig.gateway.eventsSince(from))!
    const byId = (one: { identity: string }, other: { identity: string }) => one.identity.localeCompare(other.identity)
    expect([...listed].sort(byId)).toEqual([...told].sort(byId))
    expect(listed).toHaveLength(261)
    const times = listed.map(({ occurredAt }) => occurredAt)
    expect(times).toEqual([...times].sort())
    expect(await rig.gateway.eventsSince(new Date(Date.now() + 60_000).toISOString())).toEqual([])
  })

  it.each(['drop_read', 'html_500_read', 'http_429_read'] as const)('is not to be had on %s', async (fault) => {
    rig.goCardless.faultOnNextRead(fault)
    expect(await rig.gateway.eventsSince(new Date().toISOString())).toBeNull()
  })
})

describe('events read again', () => {
  it('are asked for by kind, since the instant and through all pages', async () => {
    const events = {
      'GET /events': ({ path }: { path: string | undefined }) => {
        const query = new URLSearchParams(path!.split('?')[1])
        if (query.get('resource_type') !== 'refunds') return list('events', [])
        return query.has('after') ? list('events', [EVENT]) : list('events', [{ ...EVENT, id: 'EV2' }, 'poison'], 'EV2')
      },
    }
    await withScript(events, async (gateway, requests) => {
      const read = await gateway.eventsSince('2026-11-01T00:00:00.000Z')
      expect(read!.map(({ identity, kind }) => [identity.slice(0, 3), kind])).toEqual([
        ['sha', 'unreadable'],
        ['EV1', 'refund_changed'],
        ['EV2', 'refund_changed'],
      ])
      const queries = requests.map(({ path }) => new URLSearchParams(path!.split('?')[1]))
      expect(queries.every((query) => query.get('created_at[gte]') === '2026-11-01T00:00:00.000Z')).toBe(true)
    })
  })
})
