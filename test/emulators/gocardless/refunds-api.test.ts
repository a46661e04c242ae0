import { ask, openOrganisation, refundOf, vendorsClient } from './local-organisation.ts'
import type { LocalOrganisation } from './local-organisation.ts'

describe("the local GoCardless's API", () => {
  let local: LocalOrganisation
  let payment: string
  beforeEach(async () => {
    local = await openOrganisation()
    payment = local.goCardless.addPayment({ amount: 1000, currency: 'GBP' })
  })
  afterEach(() => local.close())

  const create = (amount: number, confirmation: number, key: string) =>
    vendorsClient(local.goCardless).refunds.create(
      { amount, total_amount_confirmation: confirmation, metadata: { refund: 'r1' }, links: { payment } },
      key,
    )

  it("speaks to the vendor's own SDK: create, find, update, list", async () => {
    const client = vendorsClient(local.goCardless)
    const made = await create(400, 400, 'k1')
    expect(made).toMatchObject({ amount: 400, currency: 'GBP', status: 'created', metadata: { refund: 'r1' } })
    expect(made.id).toMatch(/^RF[0-9A-Z]+$/)
    expect(made.links).toEqual({ payment })
    expect(await client.refunds.find(made.id!)).toMatchObject({ id: made.id, amount: 400 })
    await client.refunds.update(made.id!, { metadata: { note: 'n' } })
    expect((await client.refunds.find(made.id!)).metadata).toEqual({ note: 'n' })
    const { refunds } = await client.refunds.list({ payment })
    expect(refunds.map(({ id }) => id)).toEqual([made.id])
    expect(await client.payments.find(payment)).toMatchObject({ amount: 1000, amount_refunded: 400 })
  })

  it("leads the vendor's SDK through all pages, newest first", async () => {
    for (let count = 1; count <= 7; count++) await create(10, count * 10, `k${count}`)
    const ids: string[] = []
    for await (const { id } of vendorsClient(local.goCardless).refunds.all({ payment, limit: 3 })) ids.push(id!)
    expect(ids).toEqual(
      local.goCardless
        .acceptedRefunds(payment)
        .map(({ id }) => id)
        .reverse(),
    )
  })

  it("tells the vendor's SDK of creditors, balances and events", async () => {
    const client = vendorsClient(local.goCardless)
    local.goCardless.changeCreditor('CR1', { confirmedFunds: { GBP: 5000 } })
    await create(400, 400, 'k1')
    expect((await client.creditors.find('CR2')).can_create_refunds).toBe(false)
    const { balances } = await client.balances.list({ creditor: 'CR1' })
    const funds = balances.find(({ currency }) => currency === 'GBP')
    expect(funds).toMatchObject({ balance_type: 'confirmed_funds', amount: 4600 })
    await local.goCardless.settleWebhooks()
    const { events } = await client.events.list({ resource_type: 'refunds' })
    expect(events.map(({ action }) => action)).toEqual(['paid', 'created'])
    await expect(client.events.list({ resource_type: 'refunds', payment })).rejects.toThrow(/cannot be used together/)
  })

  it("tells the vendor's SDK what a payout is made of", async () => {
    const client = vendorsClient(local.goCardless)
    const made = await create(400, 400, 'k1')
    await local.goCardless.settleWebhooks()
    const [id] = local.goCardless.payOut()
    const { payouts } = await client.payouts.list({ creditor: 'CR1' })
    expect(payouts).toMatchObject([{ id, amount: 579, currency: 'GBP', status: 'paid' }])
    const items: unknown[] = []
    for await (const item of client.payoutItems.all({ payout: id!, limit: 2 })) items.push(item)
    expect(items).toMatchObject([
      { type: 'payment_refunded', amount: '-400.0', links: { payment, refund: made.id } },
      { type: 'gocardless_fee', amount: '-20.4' },
      { type: 'payment_paid_out', amount: '1000.0', links: { payment } },
    ])
    expect(local.goCardless.payOut()).toEqual([])
  })

  it("shows the vendor's SDK a conflict, or the earlier refund, as the SDK is told to", async () => {
    const made = await create(400, 400, 'k1')
    const error = await create(400, 400, 'k1').catch((cause: unknown) => cause)
    expect(error).toMatchObject({ conflictingResourceId: made.id })
    const trusting = vendorsClient(local.goCardless, false)
    const other = await trusting.refunds.create({ amount: 999, links: { payment: 'PMELSE' } }, 'k1')
    expect(other).toMatchObject({ id: made.id, amount: 400 })
    expect(local.goCardless.acceptedRefunds()).toHaveLength(1)
  })

  it('checks the body before the key when it is told to', async () => {
    local.goCardless.setKeyOrder('body_before_key')
    await create(400, 400, 'k1')
    await expect(create(400, 400, 'k1')).rejects.toMatchObject({
      errors: [{ reason: 'total_amount_confirmation_invalid' }],
    })
    await expect(create(400, 800, 'k1')).rejects.toMatchObject({
      errors: [{ reason: 'idempotent_creation_conflict' }],
    })
    expect(local.goCardless.acceptedRefunds()).toHaveLength(1)
  })

  it('takes one refund when the same key comes many times at once', async () => {
    const many = Array.from({ length: 20 }, () =>
      ask(local.goCardless, '/refunds', refundOf(payment, 400), { key: 'k' }),
    )
    const statuses = (await Promise.all(many)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  })

  it.each<[string, unknown, number, unknown]>([
    ['no JSON', '{', 400, 'bad_request'],
    ['no refund in it', {}, 400, 'invalid_document_structure'],
    ['a payment that it does not know', refundOf('PMNOSUCH', 100), 422, 'link_not_found'],
    ['no payment', { refunds: { amount: 1 } }, 422, undefined],
    ['a fraction', refundOf('', 10.5), 422, undefined],
    ['an amount as text', refundOf('', '100'), 422, undefined],
    ['nothing', refundOf('', 0), 422, undefined],
    ['a field that is none', refundOf('', 1, 1, { currency: 'GBP' }), 422, undefined],
    ['four metadata', refundOf('', 1, 1, { metadata: { a: '', b: '', c: '', d: '' } }), 422, undefined],
  ])('refuses %s and takes nothing', async (_, body, status, reason) => {
    const refused = await ask(local.goCardless, '/refunds', body)
    expect([refused.status, refused.reason]).toEqual([status, reason])
    expect(local.goCardless.acceptedRefunds()).toHaveLength(0)
  })

  it.each([
    ['a sum that is not confirmed', 100, null, 'total_amount_confirmation_invalid'],
    ['a sum that is wrong', 100, 200, 'total_amount_confirmation_invalid'],
    ['more than is left', 1001, 1001, undefined],
  ])('refuses %s', async (_, amount, confirmation, reason) => {
    const refused = await ask(local.goCardless, '/refunds', refundOf(payment, amount, confirmation))
    expect([refused.status, refused.reason]).toEqual([422, reason])
    expect(local.goCardless.acceptedRefunds()).toHaveLength(0)
  })

  it('refuses what state, settings, number and funds forbid', async () => {
    const { goCardless } = local
    const reasonOf = async (id: string, amount = 100, confirmation = amount) =>
      (await ask(goCardless, '/refunds', refundOf(id, amount, confirmation))).reason
    const young = goCardless.addPayment({ amount: 1000, currency: 'EUR', status: 'submitted' })
    expect(await reasonOf(young)).toBe('refund_payment_invalid_state')
    expect(await reasonOf(goCardless.addPayment({ amount: 1000, currency: 'EUR', creditor: 'CR2' }))).toBe('forbidden')
    goCardless.setMaxRefunds(1)
    expect(await reasonOf(payment)).toBeUndefined()
    expect(await reasonOf(payment, 100, 200)).toBe('number_of_refunds_exceeded')
    goCardless.changeCreditor('CR1', { confirmedFunds: { SEK: 99 } })
    const poor = goCardless.addPayment({ amount: 1000, currency: 'SEK' })
    expect(await reasonOf(poor)).toBe('available_refund_amount_insufficient')
    expect(await reasonOf(poor, 99)).toBeUndefined()
  })

  it('lets nobody in without token and version', async () => {
    const asked = refundOf(payment, 100)
    const headers = (authorization: string, version: string) => ({
      headers: { authorization, 'gocardless-version': version },
    })
    const stranger = await ask(local.goCardless, '/refunds', asked, headers('Bearer other', '2015-07-06'))
    expect([stranger.status, stranger.reason]).toEqual([401, 'access_token_not_found'])
    const reader = await ask(local.goCardless, `/payments/${payment}`, undefined, headers('Bearer other', '2015-07-06'))
    expect(reader.status).toBe(401)
    const old = await ask(local.goCardless, '/refunds', asked, headers('Bearer sandbox_local', '2014-01-01'))
    expect([old.status, old.reason]).toEqual([400, 'version_not_found'])
    expect(local.goCardless.acceptedRefunds()).toHaveLength(0)
  })

  it('cancels a payment that was not submitted yet, once', async () => {
    const waiting = local.goCardless.addPayment({ amount: 1000, currency: 'GBP', status: 'pending_submission' })
    const client = vendorsClient(local.goCardless)
    expect(await client.payments.cancel(waiting, {})).toMatchObject({ id: waiting, status: 'cancelled' })
    await expect(client.payments.cancel(waiting, {})).rejects.toMatchObject({
      errors: [{ reason: 'cancellation_failed' }],
    })
    await expect(client.payments.cancel(payment, {})).rejects.toThrow(/paid_out/)
  })

  it('cuts calls off while it is down, and takes the same call when it is back', async () => {
    local.goCardless.setDown(true)
    await expect(ask(local.goCardless, '/refunds', refundOf(payment, 100))).rejects.toThrow(/fetch failed/)
    local.goCardless.setDown(false)
    expect((await ask(local.goCardless, '/refunds', refundOf(payment, 100))).status).toBe(201)
  })

  it('has each fault once, and says when it will listen again', async () => {
    local.goCardless.faultOnNextRequest('http_429')
    const busy = await ask(local.goCardless, '/refunds', refundOf(payment, 100))
    expect([busy.status, busy.reason]).toEqual([429, 'rate_limit_exceeded'])
    expect(Date.parse(busy.headers.get('ratelimit-reset')!)).toBeGreaterThan(Date.now())
    expect((await ask(local.goCardless, '/refunds', refundOf(payment, 100))).status).toBe(201)
  })
})
