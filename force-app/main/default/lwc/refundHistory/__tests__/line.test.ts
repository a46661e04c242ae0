import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import type { RefundLine } from '@salesforce/apex/RefundController.getRefundHistory'
import withdrawRefund from '@salesforce/apex/RefundController.withdrawRefund'
import {
  answerWith,
  asked,
  HISTORY,
  LINE,
  NOW,
  PAYMENT_ID,
  read,
  settle,
  showHistory,
  type ShownHistory,
} from './shown-history.ts'

jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const WAITING: RefundLine = {
  ...LINE,
  refundId: '0198c0de-0000-7000-8000-000000000009',
  stage: 'Processing',
  amount: '30.00',
  decidedAt: null,
  waitingSentence: 'Another refund of this payment is under way.',
  position: 2,
}
const IN_LINE = { ...HISTORY, underWay: '30.00', refundable: '70.50', refunds: [WAITING, LINE] }
const WITHDRAWN = {
  ...HISTORY,
  refunds: [{ ...WAITING, stage: 'Failed', version: 4, waitingSentence: null, position: null }, LINE],
}
const OUTCOME = { amount: '30.00', currencyCode: 'EUR', state: 'rejected' } as never

beforeEach(() => jest.useFakeTimers({ now: NOW }))

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
  jest.useRealTimers()
})

const pass = async (milliseconds: number) => {
  jest.advanceTimersByTime(milliseconds)
  await settle()
}
const withdrawButton = (card: ShownHistory) =>
  card.lines[0]!.querySelector('[data-id="withdraw"]')?.shadowRoot!.querySelector('button') ?? null

describe('a refund that waits in line', () => {
  it('says why and its place, and can be withdrawn', async () => {
    const card = await showHistory(IN_LINE)
    expect(read(card.lines[0]!, 'stage')).toBe('Waiting in line')
    expect(read(card.lines[0]!, 'meaning')).toBe('Another refund of this payment is under way. Number 2 in line.')
    expect(withdrawButton(card)!.textContent).toBe('Withdraw EUR 30.00')
    expect(read(card.lines[1]!, 'withdraw')).toBe('')
    jest.useRealTimers()
    await expect(card.element).toBeAccessible()
  })

  it('keeps its place while only the records are read, which do not know it', async () => {
    const card = await showHistory(IN_LINE)
    await pass(130_000)
    answerWith({ ...IN_LINE, refunds: [{ ...WAITING, waitingSentence: null, position: null }, LINE] })
    await pass(10_000)
    expect(asked().at(-1)).toBe(false)
    expect(read(card.lines[0]!, 'meaning')).toContain('Number 2 in line.')
  })

  it('asks the middleware for its place for two minutes', async () => {
    await showHistory(IN_LINE)
    await pass(2_000)
    await pass(2_000)
    expect(asked()).toEqual([false, true, true, true])
  })

  it('is withdrawn, says so, and the focus stays at its line', async () => {
    jest.mocked(withdrawRefund).mockResolvedValue(OUTCOME)
    const card = await showHistory(IN_LINE)
    answerWith(WITHDRAWN)
    withdrawButton(card)!.click()
    await settle()
    expect(withdrawRefund).toHaveBeenCalledWith({ refundKey: WAITING.refundId, paymentId: PAYMENT_ID })
    expect(card.read('announcement')).toBe('EUR 30.00: withdrawn. Nothing was sent.')
    expect(read(card.lines[0]!, 'stage')).toBe('Failed')
    expect(withdrawButton(card)).toBeNull()
    expect((card.lines[0]!.activeElement as HTMLElement).dataset['id']).toBe('stage')
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: PAYMENT_ID }])
  })

  it('is withdrawn once for a double click', async () => {
    jest.mocked(withdrawRefund).mockReturnValue(new Promise(() => undefined))
    const card = await showHistory(IN_LINE)
    const button = withdrawButton(card)!
    button.click()
    button.click()
    await settle()
    expect(withdrawRefund).toHaveBeenCalledTimes(1)
    expect(button.disabled).toBe(true)
  })

  it('says why it could not be withdrawn', async () => {
    jest.mocked(withdrawRefund).mockRejectedValue({ body: { message: 'This refund is already on its way.' } })
    const card = await showHistory(IN_LINE)
    withdrawButton(card)!.click()
    await settle()
    expect(card.read('withdraw-problem')).toBe('This refund is already on its way.')
    expect(withdrawButton(card)!.disabled).toBe(false)
  })
})

describe('a line of the history', () => {
  const show = async (line: Partial<RefundLine>) =>
    (await showHistory({ ...HISTORY, refunds: [{ ...LINE, ...line }] })).lines[0]!

  it.each([
    [{ kind: 'Void', stage: 'Voided' }, 'Void of the whole payment'],
    [{ kind: 'Undo', stage: 'Cancelled or refunded' }, 'Undo of the whole payment'],
    [{ kind: 'Refund' }, ''],
  ] as const)('says what it is, where it is no refund: %#', async (line, kind) => {
    expect(read(await show(line), 'kind')).toBe(kind)
  })

  it('says until when its amount is held', async () => {
    expect(read(await show({ stage: 'Failed', held: true }), 'held')).toBe(
      'EUR 20.00 is held until Adyen has repaired this refund or given it up, so that it is not paid twice.',
    )
  })

  it.each([
    [{ stage: 'Failed', attention: 'The bank sent it back on 9 Nov: account closed.' }, true],
    [{ stage: 'Reversed' }, true],
    [{ stage: 'Failed', held: true }, true],
    [{ stage: 'Failed' }, false],
  ])('shows the remedy at once where it looked right before: %#', async (line, isOpen) => {
    const shown = await show({ ...line, remedy: 'Ask the customer for a new account.' })
    const details = shown.querySelector('[data-id="what-to-do"]')!.shadowRoot!.querySelector('details')!
    expect(details.open).toBe(isOpen)
  })

  it('shows its gateway reference as evidence of a part of the balance', async () => {
    const held = { ...LINE, refundId: '2', stage: 'Failed', held: true, gatewayReference: 'HELD' }
    const card = await showHistory({ ...HISTORY, held: '20.00', refunds: [LINE, held] })
    expect(read(card.lines[0]!, 'reference')).toBe('')
    card.balance.querySelector<HTMLButtonElement>('button[data-part="held"]')!.click()
    await settle()
    expect(card.lines.map((line) => read(line, 'reference'))).toEqual(['Gateway reference HELD'])
  })
})

it('says that a payment was voided', async () => {
  const card = await showHistory({ ...HISTORY, refunded: '0.00', refundable: '0.00', voided: true, refunds: [] })
  expect(read(card.balance, 'balance-in-words')).toBe(
    'EUR 0.00 of EUR 120.50 can still be refunded. Voided: no money was taken.',
  )
})
