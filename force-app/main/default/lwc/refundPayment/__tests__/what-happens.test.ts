import previewRefund from '@salesforce/apex/RefundController.previewRefund'
import type { UndoPreview } from '@salesforce/apex/RefundController.previewRefund'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import { openDialog, PAYMENT_ID, PENDING, previewWith, settle, USUAL } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const asked = () => jest.mocked(previewRefund).mock.calls.map(([{ amount }]) => amount)
const pause = async (milliseconds: number) => {
  jest.advanceTimersByTime(milliseconds)
  await settle()
}

beforeEach(() => jest.useFakeTimers({ now: new Date('2026-10-12T12:00:00Z') }))

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
  jest.useRealTimers()
})

describe('what happens', () => {
  it.each<[Partial<UndoPreview>, string]>([
    [{ action: 'void' }, 'The whole payment is voided; nothing will appear on the statement.'],
    [
      { action: 'wait', settlesOn: '2026-10-14' },
      'A part can be refunded once it has settled, about Oct 14. It waits in line until then.',
    ],
    [{ action: 'wait', sentence: '' }, 'A part can be refunded once it has settled. It waits in line until then.'],
    [{ action: 'wait', sentence: 'Your balance is too low today.' }, 'Your balance is too low today.'],
    [
      { queue: { position: 2, inSeconds: 10 } },
      'EUR 70.50 goes back to Visa •••• 1111 through Adyen. The customer usually sees it in 3-5 working days. ' +
        'Another refund of this payment is under way; this one is number 2 and goes out in about 10 seconds.',
    ],
    [
      { queue: { position: 1, inSeconds: 8 } },
      'EUR 70.50 goes back to Visa •••• 1111 through Adyen. The customer usually sees it in 3-5 working days. ' +
        'Another refund of this payment went out a moment ago; this one follows in about 8 seconds.',
    ],
    [
      { queue: { position: 3, inSeconds: null } },
      'EUR 70.50 goes back to Visa •••• 1111 through Adyen. The customer usually sees it in 3-5 working days. ' +
        'Another refund of this payment is under way; this one is number 3 in line.',
    ],
    [
      { action: 'gateway_decides' },
      'Adyen decides: it voids the whole payment where nothing has been collected yet, and refunds all of it where it has.',
    ],
    [{ action: 'nothing', sentence: 'It was voided yesterday.' }, 'It was voided yesterday.'],
    [{ action: 'nothing', sentence: '' }, 'Nothing would happen: there is nothing left to take back.'],
  ])('is said before anything is sent, and heard where it is unusual: %#', async (preview, sentence) => {
    const dialog = await openDialog({}, preview)
    expect(dialog.read('what-happens')).toBe(`What happens: ${sentence}`)
    expect(dialog.read('announcement')).toBe(`What happens: ${sentence}`)
    jest.useRealTimers()
    await expect(dialog.element).toBeAccessible()
  })

  it('names the day of everything, where everything must wait', async () => {
    const dialog = await openDialog(
      { refundable: '120.50', refunded: '0.00', underWay: '0.00' },
      { action: 'wait', settlesOn: '2027-01-02' },
    )
    expect(dialog.read('what-happens')).toBe(
      'What happens: This payment can be refunded once it has settled, about Jan 2, 2027. The refund waits in line until then.',
    )
  })

  it('is not spoken where it is what refunds usually do', async () => {
    const dialog = await openDialog()
    expect(dialog.read('announcement')).toBe('')
  })

  it('is asked once for what was typed in one go, and never holds the typing up', async () => {
    const dialog = await openDialog()
    jest.mocked(previewRefund).mockReturnValue(new Promise(() => undefined))
    for (const text of ['1', '12', '12.3']) {
      await dialog.type(text)
      await pause(100)
    }
    expect(dialog.read('what-happens')).toBe('What happens: looking at what is possible now')
    expect(dialog.read('refund')).toBe('Refund EUR 12.30')
    await pause(400)
    expect(asked()).toEqual(['70.50', '12.30'])
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('12.3')
  })

  it('is not asked for an amount that cannot be refunded', async () => {
    const dialog = await openDialog()
    await dialog.type('80')
    await pause(1_000)
    expect(asked()).toEqual(['70.50'])
    expect(dialog.find('what-happens')).toBeNull()
  })

  it('is the answer to the latest question, whichever comes last', async () => {
    const dialog = await openDialog()
    let late: (preview: UndoPreview) => void = () => undefined
    jest.mocked(previewRefund).mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
    await dialog.type('10')
    await pause(400)
    previewWith({})
    await dialog.type('20')
    await pause(400)
    late({ ...USUAL, action: 'void' })
    await settle()
    expect(dialog.read('what-happens')).toContain('EUR 20.00 goes back')
    expect(dialog.read('refund')).toBe('Refund EUR 20.00')
  })

  it('is what usually happens, and says so, where it could not be looked up', async () => {
    const dialog = await openDialog()
    jest.mocked(previewRefund).mockRejectedValue(new Error('offline'))
    await dialog.type('10')
    await pause(400)
    expect(dialog.read('what-happens')).toContain('EUR 10.00 goes back to Visa •••• 1111')
    expect(dialog.read('caution')).toBe(
      'What would happen could not be looked up. You can refund all the same: it is looked at again before anything is sent.',
    )
    jest.mocked(requestRefund).mockResolvedValue(PENDING)
    await dialog.press('refund')
    expect(dialog.read('outcome')).toBe('Sent to Adyen')
  })

  it('names the button after what it does: all of an unsettled payment is voided, and asked for as that', async () => {
    jest.mocked(requestRefund).mockResolvedValue({ ...PENDING, state: 'succeeded', stage: 'Voided', amount: '120.50' })
    const whole = { refundable: '120.50', refunded: '0.00', underWay: '0.00' }
    const dialog = await openDialog(whole, { action: 'void' })
    expect(dialog.read('refund')).toBe('Void EUR 120.50')
    await dialog.press('refund')
    expect(requestRefund).toHaveBeenCalledWith(expect.objectContaining({ amount: null, undo: true }))
    expect(dialog.read('outcome')).toBe('Voided')
  })
})

describe('an obstacle', () => {
  const obstacle = {
    sentence: 'Your GoCardless account does not allow refunds yet.',
    remedy: 'Ask your administrator to switch refunds on with GoCardless.',
  }

  it('is shown with its remedy, and nothing is sent against it', async () => {
    const dialog = await openDialog({}, { obstacle })
    expect(dialog.read('what-happens')).toBe(`Not possible now: ${obstacle.sentence} ${obstacle.remedy}`)
    jest.useRealTimers()
    await expect(dialog.element).toBeAccessible()
    await dialog.press('refund')
    expect(requestRefund).not.toHaveBeenCalled()
    expect(dialog.focused).toBe('what-happens')
  })

  it('is looked at again on Refund, for it may be gone', async () => {
    const dialog = await openDialog({}, { obstacle })
    jest.mocked(requestRefund).mockResolvedValue(PENDING)
    previewWith({})
    await dialog.press('refund')
    expect(dialog.read('what-happens')).toContain('EUR 70.50 goes back')
    await dialog.press('refund')
    expect(requestRefund).toHaveBeenCalledWith(expect.objectContaining({ paymentId: PAYMENT_ID, amount: '70.50' }))
  })
})
