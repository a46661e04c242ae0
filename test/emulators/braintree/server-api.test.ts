import type braintree from 'braintree'
import { codesOf, KEYS, openMerchant, vendorsApi } from './local-merchant.ts'
import type { LocalMerchant } from './local-merchant.ts'

describe('the local Braintree, with the vendor’s SDK as its client', () => {
  let merchant: LocalMerchant
  let api: braintree.BraintreeGateway
  beforeEach(async () => {
    merchant = await openMerchant({ settleAfterMs: 60_000 })
    api = vendorsApi(merchant.braintree)
  })
  afterEach(() => merchant.close())

  const pay = (options: object = {}) => merchant.braintree.addTransaction({ amount: '100.00', ...options })
  const refund = (payment: string, request: object = {}) => api.transaction.refund(payment, request as never)

  it('shows a payment', async () => {
    const found = await api.transaction.find(pay({ id: 'p1', orderId: 'Order <1> & "more"' }))
    expect(found).toMatchObject({
      id: 'p1',
      type: 'sale',
      status: 'settled',
      amount: '100.00',
      currencyIsoCode: 'EUR',
      merchantAccountId: 'shop_eur',
      orderId: 'Order <1> & "more"',
      refundIds: [],
      disputes: [],
      refundedTransactionId: null,
    })
  })

  it('refunds a part, then the rest when no amount is named, then nothing', async () => {
    const payment = pay()
    const part = await refund(payment, { amount: '30.00', orderId: 'rf-1' })
    expect(part).toMatchObject({
      success: true,
      transaction: { type: 'credit', amount: '30.00', orderId: 'rf-1', refundedTransactionId: payment },
    })
    const rest = await refund(payment)
    expect(rest.transaction).toMatchObject({ amount: '70.00', orderId: `order-${payment}` })
    expect(codesOf(await refund(payment))).toEqual(['91512'])
    const { refundIds } = await api.transaction.find(payment)
    expect(refundIds).toEqual([part.transaction.id, rest.transaction.id])
  })

  it('says what is wrong with an amount', async () => {
    const payment = pay()
    for (const [amount, code] of [
      ['100.01', '91521'],
      ['-1', '81501'],
      ['0.00', '81531'],
      ['1.005', '81503'],
      ['1,00', '81503'],
      ['99999999999999', '81528'],
    ]) {
      expect([amount, codesOf(await refund(payment, { amount }))]).toEqual([amount, [code]])
    }
    const yen = pay({ amount: '500', merchantAccountId: 'shop_jpy' })
    expect(codesOf(await refund(yen, { amount: '1.5' }))).toEqual(['81503'])
    expect((await refund(yen, { amount: '500' })).transaction.amount).toBe('500')
  })

  it.each([
    ['a payment that is not settled', { status: 'submitted_for_settlement' }, '91506'],
    ['a voided payment', { status: 'voided' }, '91506'],
    ['a PayPal payment that is settling', { status: 'settling', instrument: 'paypal_account' }, '91574'],
    ['a part of an escrow', { escrow: true }, '91563'],
    ['a payment of an account that refunds nothing', { merchantAccountId: 'shop_closed' }, '91547'],
  ])('refuses to refund %s', async (_, options, code) => {
    expect(codesOf(await refund(pay(options), { amount: '10.00' }))).toEqual([code])
  })

  it('refuses the account, the order id and the line items, each where it stands', async () => {
    expect(codesOf(await refund(pay(), { merchantAccountId: 'other' }))).toEqual(['91513'])
    expect(codesOf(await refund(pay(), { orderId: 'x'.repeat(256) }))).toEqual(['91501'])
    expect(codesOf(await refund(pay({ instrument: 'paypal_account' }), { orderId: 'x'.repeat(128) }))).toEqual([
      '91501',
    ])
    const item = { name: 'x'.repeat(36), kind: 'credit', quantity: '1', unitAmount: '1', totalAmount: '1' }
    const answer = await refund(pay(), { lineItems: [{ ...item, name: 'Scarf' }, item] })
    const lineItems = answer.errors.for('transaction').for('lineItems')
    expect(lineItems.forIndex(1).on('name')).toMatchObject([{ code: '95823' }])
    expect(lineItems.forIndex(0)).toBeUndefined()
    expect(codesOf(await refund(pay(), { lineItems: Array(250).fill(item) }))).toEqual(['915157'])
  })

  it('refuses to refund a refund', async () => {
    const { transaction } = await refund(pay())
    expect(codesOf(await refund(transaction.id))).toEqual(['91505'])
  })

  it('declines hard without any validation error, and softly with success', async () => {
    const payment = pay({ amount: '9000.00' })
    const hard = await refund(payment, { amount: '2004.00' })
    expect(hard).toMatchObject({
      success: false,
      transaction: {
        status: 'processor_declined',
        processorResponseCode: '2004',
        processorResponseType: 'hard_declined',
      },
    })
    expect(codesOf(hard)).toEqual([])
    const soft = await refund(payment, { amount: '2046.00' })
    expect(soft).toMatchObject({
      success: true,
      transaction: { processorResponseCode: '1005', additionalProcessorResponse: '2046 : Declined' },
    })
  })

  it('voids what has not begun to settle, whole', async () => {
    const payment = pay({ status: 'authorized' })
    expect(await api.transaction.void(payment)).toMatchObject({ success: true, transaction: { status: 'voided' } })
    expect(codesOf(await api.transaction.void(payment))).toEqual(['91504'])
    expect(codesOf(await api.transaction.void(pay()))).toEqual(['91504'])
  })

  it('settles by its clock', async () => {
    const { transaction } = await refund(pay())
    expect((await api.transaction.find(transaction.id)).status).toBe('submitted_for_settlement')
    merchant.braintree.advanceClock(60_000)
    await merchant.braintree.settleWebhooks()
    expect((await api.transaction.find(transaction.id)).status).toBe('settled')
  })

  it('settles, confirms and declines when the sandbox is told to', async () => {
    const submitted = () => pay({ status: 'submitted_for_settlement' })
    const status = async (id: string) => (await api.transaction.find(id)).status
    const [one, two, three] = [submitted(), submitted(), submitted()]
    await api.testing.settle(one)
    expect(await status(one)).toBe('settled')
    await api.testing.settlementPending(two)
    expect(await status(two)).toBe('settlement_pending')
    await api.testing.settlementConfirm(two)
    expect(await status(two)).toBe('settled')
    await api.testing.settlementDecline(three)
    expect(await api.transaction.find(three)).toMatchObject({
      status: 'settlement_declined',
      processorSettlementResponseCode: '4001',
    })
  })

  it('finds by order id in the two steps of the SDK', async () => {
    const payment = pay()
    const { transaction } = await refund(payment, { amount: '1.00', orderId: 'rf-1' })
    await refund(payment, { amount: '1.00', orderId: 'rf-2' })
    const found = api.transaction.search((search) => {
      search.orderId().is('rf-1')
      search.refund().is(true)
      search.type().is('credit')
    })
    const ids: string[] = []
    for await (const result of found) ids.push((result as braintree.Transaction).id)
    expect(ids).toEqual([transaction.id])
  })

  it('finds by day of settlement, page after page of the SDK', async () => {
    const payment = pay()
    const made: string[] = []
    for (let count = 0; count < 52; count++) made.push((await refund(payment, { amount: '0.10' })).transaction.id)
    await Promise.all(made.map((id) => api.testing.settle(id)))
    const hour = 3_600_000
    const settled = async (sinceMs: number, untilMs: number) => {
      const found = api.transaction.search((search) => {
        search.type().in(['credit'])
        search.merchantAccountId().in(['shop_eur'])
        search.settledAt().between(new Date(Date.now() + sinceMs), new Date(Date.now() + untilMs))
      })
      const ids: string[] = []
      for await (const result of found) ids.push((result as braintree.Transaction).id)
      return ids
    }
    expect((await settled(-hour, hour)).sort()).toEqual(made.sort())
    expect(await settled(-2 * hour, -hour)).toEqual([])
  })

  it('knows its callers, and what it does not have', async () => {
    const payment = pay()
    const find = (keys: Partial<typeof KEYS>, id = payment) => vendorsApi(merchant.braintree, keys).transaction.find(id)
    await expect(find({ privateKey: 'wrong' })).rejects.toMatchObject({ type: 'authenticationError' })
    await expect(find({ merchantId: 'another' })).rejects.toMatchObject({ type: 'authorizationError' })
    await expect(find({}, 'nosuch')).rejects.toMatchObject({ type: 'notFoundError' })
    await expect(refund('nosuch')).rejects.toMatchObject({ type: 'notFoundError' })
  })

  it('answers compressed and plain', async () => {
    const payment = pay()
    const credentials = Buffer.from(`${KEYS.publicKey}:${KEYS.privateKey}`).toString('base64')
    const ask = (encoding: string) =>
      fetch(`${merchant.braintree.url}/merchants/shop/transactions/${payment}`, {
        headers: { authorization: `Basic ${credentials}`, 'accept-encoding': encoding },
      })
    const [gzip, plain] = await Promise.all([ask('gzip'), ask('identity')])
    expect(gzip.headers.get('content-encoding')).toBe('gzip')
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(await gzip.text()).toBe(await plain.text())
  })

  it('keeps keys: the same refund again, and no other', async () => {
    const payment = pay()
    const asked = { amount: '1.00', apiRequestKey: 'k1' }
    const first = await refund(payment, asked)
    expect((await refund(payment, asked)).transaction.id).toBe(first.transaction.id)
    expect(codesOf(await refund(payment, { ...asked, amount: '2.00' }))).toEqual(['915232'])
    expect(codesOf(await refund(pay(), asked))).toEqual(['915232'])
    expect(codesOf(await refund(payment, { apiRequestKey: 'x'.repeat(256) }))).toEqual(['915230'])
    expect(codesOf(await refund(payment, { amount: '900.00', apiRequestKey: 'k2' }))).toEqual(['91521'])
    expect(codesOf(await refund(payment, { amount: '900.00', apiRequestKey: 'k2' }))).toEqual(['915234'])
    expect(codesOf(await refund(pay({ merchantAccountId: 'shop_jpy' }), { apiRequestKey: 'k3' }))).toEqual(['915231'])
    expect(merchant.braintree.acceptedRefunds(payment)).toHaveLength(1)
    merchant.braintree.advanceClock(30 * 24 * 60 * 60 * 1000 + 60_000)
    await refund(payment, asked)
    expect(merchant.braintree.acceptedRefunds(payment)).toHaveLength(2)
  })
})
