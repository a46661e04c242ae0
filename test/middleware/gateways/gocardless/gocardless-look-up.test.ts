import type { RefundQuery } from '../../../../middleware/gateways/gateway.ts'
import { CREDITOR, startGoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import type { GoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import type { PaymentStatus } from '../../../emulators/gocardless/ledger.ts'
import { PAYMENT, REFUND_ID, TAKEN, attempt, error, euros, list, withScript } from './gocardless-refunds.ts'
import type { Script } from './gocardless-refunds.ts'

const OTHER_ID = '0195f2a0-0000-7000-8000-000000000002'

describe('a payment looked up at the local GoCardless', () => {
  let rig: GoCardlessRig
  beforeEach(async () => {
    rig = await startGoCardlessRig()
  })
  afterEach(() => rig.stop())

  const pay = (status: PaymentStatus) =>
    rig.goCardless.addPayment({ amount: 10000, currency: 'EUR', status, chargeDate: '2026-11-02' })
  const look = (payment: string) => rig.gateway.lookUpPayment(payment)

  it.each<[PaymentStatus, string, string | null, string | null]>([
    ['pending_customer_approval', 'not_settled', null, 'payment_not_captured'],
    ['pending_submission', 'not_settled', null, 'payment_not_captured'],
    ['submitted', 'settling', null, 'payment_not_captured'],
    ['confirmed', 'settled', '2026-11-02', null],
    ['paid_out', 'settled', '2026-11-02', null],
    ['cancelled', 'voided', null, 'payment_already_voided'],
    ['failed', 'failed', null, 'payment_debit_failed'],
    ['charged_back', 'charged_back', '2026-11-02', 'payment_disputed'],
  ])('that is %s is %s', async (given, status, chargedOn, obstacle) => {
    const found = await look(pay(given))
    expect(found).toMatchObject({ kind: 'found', facts: { status, chargedOn, settlesOn: null, wholeOnly: false } })
    expect(found.kind === 'found' && found.facts.amount.toString()).toBe('EUR 100.00')
    expect(found.kind === 'found' && (found.facts.obstacle?.code ?? null)).toBe(obstacle)
  })

  it('comes with all of its refunds, ours and those of the dashboard, from every page', async () => {
    const payment = rig.goCardless.addPayment({ amount: 100_000, currency: 'EUR', refundOutcome: 'manual' })
    await rig.gateway.submit(attempt({ paymentReference: payment, alreadyRefunded: euros('0') }))
    for (let count = 0; count < 300; count++) rig.goCardless.refundInDashboard(payment, 1)
    const found = await look(payment)
    const refunds = found.kind === 'found' ? found.facts.refunds : []
    expect(refunds).toHaveLength(301)
    expect(refunds.filter(({ refundId }) => refundId === REFUND_ID)).toMatchObject([{ status: 'pending' }])
    expect(new Set(refunds.map(({ gatewayReference }) => gatewayReference)).size).toBe(301)
    expect(new Set(refunds.map(({ paymentReference }) => paymentReference))).toEqual(new Set([payment]))
  })

  it.each([
    ['refund_paid', 'succeeded', null],
    ['refund_bounced', 'failed', 'bank_returned_refund'],
    ['refund_returned', 'reversed', 'refund_came_back'],
    // Only a payout of the merchant was lowered by it.
    ['refund_settled', 'pending', null],
  ])('shows a refund after %s as %s', async (simulator, status, code) => {
    const payment = rig.goCardless.addPayment({ amount: 10000, currency: 'EUR', refundOutcome: 'manual' })
    const reference = rig.goCardless.refundInDashboard(payment, 250)
    rig.goCardless.simulate(simulator, reference)
    const found = await look(payment)
    expect(found.kind === 'found' && found.facts.refunds).toMatchObject([
      { gatewayReference: reference, status, refundId: null },
    ])
    expect(found.kind === 'found' && (found.facts.refunds[0]!.refusal?.code ?? null)).toBe(code)
  })

  it('names what would stand in the way: settings before the mandate before funds', async () => {
    const obstacle = async () => {
      const found = await look(rig.paymentReference)
      return found.kind === 'found' ? (found.facts.obstacle?.code ?? null) : found
    }
    expect(await obstacle()).toBeNull()
    rig.goCardless.changeCreditor(CREDITOR, { confirmedFunds: { EUR: 0 } })
    expect(await obstacle()).toBe('insufficient_gateway_funds')
    rig.goCardless.disputeMandate(rig.paymentReference)
    expect(await obstacle()).toBe('mandate_disputed')
    rig.goCardless.changeCreditor(CREDITOR, { canCreateRefunds: false })
    expect(await obstacle()).toBe('refunds_not_enabled')
  })

  it('is not there when GoCardless does not know it, or it is of another creditor', async () => {
    expect(await look('PMNOSUCH')).toEqual({ kind: 'absent' })
    const elsewhere = await startGoCardlessRig({ account: 'CR000OTHER' })
    expect(await elsewhere.gateway.lookUpPayment(elsewhere.paymentReference)).toEqual({ kind: 'absent' })
    await elsewhere.stop()
  })

  it.each(['drop_read', 'html_500_read', 'http_429_read', 'unreadable_read'] as const)(
    'is left open on %s',
    async (fault) => {
      rig.goCardless.faultOnNextRead(fault)
      expect(await look(rig.paymentReference)).toEqual({ kind: 'unavailable', detail: expect.stringMatching(/\S/) })
    },
  )

  it('is left open when nobody is there', async () => {
    await rig.switchOff()
    expect(await look(rig.paymentReference)).toMatchObject({ kind: 'unavailable' })
  })
})

describe('a payment looked up, said otherwise', () => {
  const fine: Script = {
    'GET /payments/PM1': { body: { payments: PAYMENT } },
    'GET /refunds': list('refunds', [TAKEN]),
    'GET /creditors/CR000RELAY': { body: { creditors: { id: CREDITOR, can_create_refunds: true } } },
    'GET /balances': list('balances', []),
    'GET /events': list('events', []),
  }
  const look = (script: Script = {}) => withScript({ ...fine, ...script }, (gateway) => gateway.lookUpPayment('PM1'))
  const dispute = { action: 'cancelled', details: { cause: 'authorisation_disputed' } }

  it('is found with amounts as text, and asks for no more than its own mandate', async () => {
    const texts = { ...PAYMENT, amount: '10000', amount_refunded: '500' }
    await withScript({ ...fine, 'GET /payments/PM1': { body: { payments: texts } } }, async (gateway, requests) => {
      expect(await gateway.lookUpPayment('PM1')).toMatchObject({ kind: 'found', facts: { obstacle: null } })
      expect(requests.map(({ path }) => path).find((path) => path?.startsWith('/events'))).toBe(
        '/events?mandate=MD1&limit=250',
      )
    })
  })

  it('has no obstacle when a mandate was reinstated after the dispute', async () => {
    expect(await look({ 'GET /events': list('events', [dispute]) })).toMatchObject({
      facts: { obstacle: { code: 'mandate_disputed' } },
    })
    const events = [{ action: 'reinstated', details: {} }, dispute]
    expect(await look({ 'GET /events': list('events', events) })).toMatchObject({ facts: { obstacle: null } })
  })

  it('has too little funds only when confirmed ones of its own currency are used up', async () => {
    const balance = (balance_type: string, currency: string, amount: number | string) => ({
      balance_type,
      currency,
      amount,
    })
    const others = [balance('pending_payouts', 'EUR', 0), balance('confirmed_funds', 'GBP', 0)]
    const fund = (amount: number | string) =>
      look({ 'GET /balances': list('balances', [...others, balance('confirmed_funds', 'EUR', amount)]) })
    expect(await fund(1)).toMatchObject({ facts: { obstacle: null } })
    for (const amount of [0, '-5']) {
      expect(await fund(amount)).toMatchObject({ facts: { obstacle: { code: 'insufficient_gateway_funds' } } })
    }
    expect(await look({ 'GET /balances': list('balances', others) })).toMatchObject({ facts: { obstacle: null } })
  })

  it('has no obstacle that the token may not see', async () => {
    const closed = error(403, 'invalid_api_usage', { reason: 'forbidden' })
    expect(
      await look({ 'GET /creditors/CR000RELAY': closed, 'GET /balances': closed, 'GET /events': closed }),
    ).toMatchObject({
      facts: { obstacle: null },
    })
  })

  it.each<[string, Script]>([
    ['a status that is new', { 'GET /payments/PM1': { body: { payments: { ...PAYMENT, status: 'new_word' } } } }],
    [
      'a currency that is none of GoCardless',
      { 'GET /payments/PM1': { body: { payments: { ...PAYMENT, currency: 'JPY' } } } },
    ],
    ['an amount that is no number', { 'GET /payments/PM1': { body: { payments: { ...PAYMENT, amount: '1e3' } } } }],
    [
      'an amount beyond exact numbers',
      { 'GET /payments/PM1': { body: { payments: { ...PAYMENT, amount: 2 ** 53 } } } },
    ],
    ['a refund with a status that is new', { 'GET /refunds': list('refunds', [{ ...TAKEN, status: 'new_word' }]) }],
    ['a list without its cursors', { 'GET /refunds': { body: { refunds: [] } } }],
    ['a creditor that cannot be read', { 'GET /creditors/CR000RELAY': { status: 500, body: '' } }],
    ['a token that is refused', { 'GET /payments/PM1': error(401, 'invalid_api_usage', {}) }],
  ])('is left open with %s', async (_, script) => {
    expect(await look(script)).toEqual({ kind: 'unavailable', detail: expect.stringMatching(/\S/) })
  })

  it('takes no reference for a path', async () => {
    await withScript({}, async (gateway, requests) => {
      await gateway.lookUpPayment('../refunds?x=1#')
      expect(requests[0]!.path).toBe('/payments/..%2Frefunds%3Fx%3D1%23')
    })
  })
})

describe('a refund looked up', () => {
  const query = (changes: Partial<RefundQuery> = {}): RefundQuery => ({
    refundId: REFUND_ID,
    paymentReference: 'PM1',
    gatewayReference: null,
    amount: euros('12.30'),
    ...changes,
  })
  const look = (script: Script, changes: Partial<RefundQuery> = {}) =>
    withScript(script, (gateway) => gateway.lookUpRefund(query(changes)))
  const payment = { 'GET /payments/PM1': { body: { payments: PAYMENT } } }

  it('is found by its reference', async () => {
    const found = await look({ 'GET /refunds/RF1': { body: { refunds: TAKEN } } }, { gatewayReference: 'RF1' })
    expect(found).toMatchObject({
      kind: 'found',
      facts: {
        gatewayReference: 'RF1',
        paymentReference: 'PM1',
        refundId: REFUND_ID,
        status: 'pending',
        refusal: null,
        occurredAt: '2026-11-01T10:00:00.000Z',
      },
    })
    expect(found.kind === 'found' && found.facts.amount.toString()).toBe('EUR 12.30')
  })

  it('is found by its reference when nobody knows its payment', async () => {
    const answer = { 'GET /refunds/RF1': { body: { refunds: TAKEN } } }
    expect(await look(answer, { gatewayReference: 'RF1', paymentReference: '' })).toMatchObject({ kind: 'found' })
  })

  it('is found by our stamp among the refunds of its payment, with the amount that it has', async () => {
    const theirs = { ...TAKEN, id: 'RF0', metadata: { refund: OTHER_ID } }
    const found = await look({ 'GET /refunds': list('refunds', [theirs, { ...TAKEN, amount: 999 }]) })
    expect(found.kind === 'found' && [found.facts.gatewayReference, found.facts.amount.toString()]).toEqual([
      'RF1',
      'EUR 9.99',
    ])
  })

  it('is absent only when the list of a payment that we can see has none with our stamp', async () => {
    expect(await look({ ...payment, 'GET /refunds': list('refunds', []) })).toEqual({ kind: 'absent' })
    const hidden = { 'GET /payments/PM1': error(404, 'invalid_api_usage', { reason: 'resource_not_found' }) }
    expect(await look({ ...hidden, 'GET /refunds': list('refunds', []) })).toMatchObject({ kind: 'unavailable' })
  })

  it.each<[string, Script, Partial<RefundQuery>]>([
    ['the list cannot be read', payment, {}],
    [
      'a reference that we had is gone',
      { 'GET /refunds/RF1': error(404, 'invalid_api_usage', {}) },
      { gatewayReference: 'RF1' },
    ],
    [
      'the reference is of another payment',
      { 'GET /refunds/RF1': { body: { refunds: { ...TAKEN, links: { payment: 'PM2' } } } } },
      { gatewayReference: 'RF1' },
    ],
    [
      'its status is new',
      { 'GET /refunds/RF1': { body: { refunds: { ...TAKEN, status: 'new' } } } },
      { gatewayReference: 'RF1' },
    ],
  ])('is left open when %s', async (_, script, changes) => {
    expect(await look(script, changes)).toEqual({ kind: 'unavailable', detail: expect.stringMatching(/\S/) })
  })
})
