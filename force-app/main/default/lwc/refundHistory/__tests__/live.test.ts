import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import type { RefundHistory as History } from '@salesforce/apex/RefundController.getRefundHistory'
import { refundRequested } from 'c/refundRequested'
import { HISTORY, LINE, PAYMENT_ID, readAll, SENT, settle, showHistory, WITH_ONE_UNDER_WAY } from './shown-history.ts'
import { answerWith, asked } from './shown-history.ts'

jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const UNWRITTEN = { ...WITH_ONE_UNDER_WAY, refunds: [{ ...SENT, written: false }, LINE] }
const DONE: History = {
  ...HISTORY,
  refunded: '50.00',
  refundable: '70.50',
  refunds: [{ ...SENT, stage: 'Refunded', version: 3 }, LINE],
}

/** The wire adapter of the test platform: what the page's cache hands out. */
const page = getRecord as unknown as { emit(record: object): void }

async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1_000) {
    jest.advanceTimersByTime(Math.min(left, 1_000))
    await settle()
  }
}

beforeEach(() => jest.useFakeTimers())

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

describe('loading the refunds of a payment', () => {
  it('reads the records first, then asks the middleware for what is not written to them yet', async () => {
    await showHistory(HISTORY)
    expect(asked()).toEqual([false, true])
  })

  it('rests when nothing is under way', async () => {
    await showHistory(HISTORY)
    await pass(60_000)
    expect(asked()).toHaveLength(2)
  })
})

describe('while a refund is under way', () => {
  it('looks every two seconds, at the records alone where it is written', async () => {
    await showHistory(WITH_ONE_UNDER_WAY)
    await pass(6_000)
    expect(asked()).toEqual([false, true, false, false, false])
  })

  it('keeps the disputes that only the middleware told, while the records say the same amount', async () => {
    const taken = { ...WITH_ONE_UNDER_WAY, chargedBack: '5.00' }
    const dispute = { reference: 'QCVN5MPBVLHBTX99', amount: '5.00', open: true, occurredAt: null }
    const card = await showHistory({ ...taken, chargebacks: [dispute] })
    card.balance.querySelector<HTMLButtonElement>('button[data-part="chargedBack"]')!.click()
    answerWith({ ...taken, chargebacks: null })
    await pass(4_000)
    expect(asked().at(-1)).toBe(false)
    expect(readAll(card.find('evidence')!)).toContain('QCVN5MPBVLHBTX99')
    answerWith({ ...taken, chargedBack: '6.00', chargebacks: null })
    await pass(2_000)
    expect(readAll(card.find('evidence')!)).toContain('Only the refund service knows')
  })

  it('asks the middleware where it is not written yet', async () => {
    await showHistory(UNWRITTEN)
    await pass(4_000)
    expect(asked()).toEqual([false, true, true, true])
  })

  it('waits for the record of a refund that is done, so that the roll-ups follow', async () => {
    await showHistory({ ...DONE, refunds: [{ ...DONE.refunds[0]!, written: false }, LINE] })
    await pass(2_000)
    expect(asked()).toEqual([false, true, true])
    answerWith(DONE)
    await pass(2_000)
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledTimes(1)
    await pass(60_000)
    expect(asked()).toHaveLength(4)
  })

  it('looks every ten seconds after two minutes', async () => {
    await showHistory(WITH_ONE_UNDER_WAY)
    await pass(120_000)
    const before = asked().length
    await pass(60_000)
    expect(asked().length - before).toBe(6)
  })

  it('tells the page and the screen reader what changed, once, and rests', async () => {
    const card = await showHistory(WITH_ONE_UNDER_WAY)
    await pass(2_000)
    expect(notifyRecordUpdateAvailable).not.toHaveBeenCalled()
    answerWith(DONE)
    await pass(2_000)
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledTimes(1)
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: PAYMENT_ID }])
    expect(card.read('announcement')).toBe('EUR 30.00: Refunded')
    const calls = asked().length
    await pass(60_000)
    expect(asked()).toHaveLength(calls)
  })

  it('keeps what it has when a look fails, says so, and looks again', async () => {
    const card = await showHistory(WITH_ONE_UNDER_WAY)
    jest.mocked(getRefundHistory).mockRejectedValue(new Error('offline'))
    await pass(2_000)
    expect(card.lines).toHaveLength(2)
    expect(card.read('stale')).toBe('The latest state could not be read. It is tried again by itself.')
    answerWith(DONE)
    await pass(2_000)
    expect(card.find('stale')).toBeNull()
  })

  it('stops when it leaves the page, and when an answer comes after that', async () => {
    const card = await showHistory(WITH_ONE_UNDER_WAY)
    let answer: (history: History) => void = () => undefined
    jest.mocked(getRefundHistory).mockReturnValue(new Promise((resolve) => (answer = resolve)))
    await pass(2_000)
    card.element.remove()
    const calls = asked().length
    answer(WITH_ONE_UNDER_WAY)
    await pass(60_000)
    expect(asked()).toHaveLength(calls)
    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not look while the page is hidden', async () => {
    await showHistory(WITH_ONE_UNDER_WAY)
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    await pass(10_000)
    expect(asked()).toHaveLength(2)
    hidden.mockRestore()
    await pass(2_000)
    expect(asked()).toHaveLength(3)
  })
})

describe('when a refund was just requested on the page', () => {
  it('asks the middleware at once, and goes on until it has seen that refund', async () => {
    await showHistory(HISTORY)
    refundRequested(PAYMENT_ID, SENT.refundId)
    await settle()
    await pass(2_000)
    expect(asked()).toEqual([false, true, true, true])
    answerWith(DONE)
    await pass(2_000)
    await pass(60_000)
    expect(asked()).toEqual([false, true, true, true, true])
  })

  it('asks once more where the answer was lost, and rests where there is no refund', async () => {
    await showHistory(HISTORY)
    refundRequested(PAYMENT_ID, null)
    await pass(60_000)
    expect(asked()).toEqual([false, true, true])
  })

  it('asks the middleware when the record is handed out again, but not for the first time', async () => {
    await showHistory(HISTORY)
    page.emit({ id: PAYMENT_ID, fields: {} })
    await settle()
    expect(asked()).toHaveLength(2)
    page.emit({ id: PAYMENT_ID, fields: {} })
    await settle()
    expect(asked()).toEqual([false, true, true])
  })

  it('does not ask again for what it told the page itself', async () => {
    await showHistory(WITH_ONE_UNDER_WAY)
    page.emit({ id: PAYMENT_ID, fields: {} })
    jest.mocked(notifyRecordUpdateAvailable).mockImplementation(async () => {
      page.emit({ id: PAYMENT_ID, fields: {} })
    })
    answerWith(DONE)
    await pass(2_000)
    const calls = asked().length
    await pass(10_000)
    expect(asked()).toHaveLength(calls)
    expect(calls).toBe(3)
  })
})
