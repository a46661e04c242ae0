import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import withdrawRefund from '@salesforce/apex/RefundController.withdrawRefund'
import { onRefundRequested } from 'c/refundRequested'
import { openDialog, PAYMENT_ID, PENDING, settle, type OpenedDialog } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const WAITING: RefundOutcome = {
  ...PENDING,
  state: 'requested',
  stage: 'Processing',
  waitingSentence: 'Another refund of this payment is under way.',
  position: 2,
  inSeconds: 10,
}
const WITHDRAWN: RefundOutcome = { ...PENDING, state: 'rejected', stage: 'Failed', sentence: 'It was withdrawn.' }

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

async function refundThatWaits(outcome: Partial<RefundOutcome> = {}): Promise<OpenedDialog> {
  jest.mocked(requestRefund).mockResolvedValue({ ...WAITING, ...outcome })
  const dialog = await openDialog()
  await dialog.press('refund')
  return dialog
}

describe('a refund that waits in line', () => {
  it.each<[Partial<RefundOutcome>, string]>([
    [{}, 'Number 2 in line; it goes out in about 10 seconds.'],
    [{ inSeconds: null }, 'Number 2 in line.'],
    [{ position: null, inSeconds: 2 * 24 * 60 * 60 }, 'It goes out in about 2 days.'],
    [{ inSeconds: 600 }, 'Number 2 in line; it goes out in about 10 minutes.'],
    [{ inSeconds: 0 }, 'Number 2 in line; it goes out in about a moment.'],
  ])('says why, its place and about when: %#', async (outcome, place) => {
    const dialog = await refundThatWaits(outcome)
    expect(dialog.read('outcome')).toBe('Waiting in line')
    expect(dialog.read('announcement')).toBe(
      `Another refund of this payment is under way. ${place} You can close this: it goes out by itself. ` +
        'Withdraw it if it is no longer wanted.',
    )
    expect(dialog.focused).toBe('outcome')
    await expect(dialog.element).toBeAccessible()
  })

  it('can be withdrawn, and that is said', async () => {
    jest.mocked(withdrawRefund).mockResolvedValue(WITHDRAWN)
    const heard = jest.fn()
    const end = onRefundRequested(PAYMENT_ID, heard)
    const dialog = await refundThatWaits()
    heard.mockClear()
    await dialog.press('withdraw')
    end()
    expect(withdrawRefund).toHaveBeenCalledWith({ refundKey: PENDING.refundId, paymentId: PAYMENT_ID })
    expect(dialog.read('outcome')).toBe('Withdrawn')
    expect(dialog.read('announcement')).toBe('Nothing was sent to Adyen, and EUR 70.50 can be refunded again.')
    expect(dialog.focused).toBe('outcome')
    expect(dialog.find('withdraw')).toBeNull()
    expect(dialog.find('change-amount')).toBeNull()
    expect(heard).toHaveBeenCalledWith(PENDING.refundId)
    await expect(dialog.element).toBeAccessible()
  })

  it('is withdrawn once, and the dialog stays open meanwhile', async () => {
    jest.mocked(withdrawRefund).mockReturnValue(new Promise(() => undefined))
    const dialog = await refundThatWaits()
    const button = dialog.inner('withdraw', 'button')
    button.click()
    button.click()
    await settle()
    expect(withdrawRefund).toHaveBeenCalledTimes(1)
    expect(dialog.read('sending')).toContain('Withdrawing EUR 70.50')
    expect(dialog.focused).toBe('sending')
    dialog.key('Escape', 'sending')
    expect(dialog.closed).toBe(0)
  })

  it('says why it could not be withdrawn, and what it was stays in sight', async () => {
    const tooLate = 'This refund is already on its way, so it can no longer be withdrawn. Wait for its outcome.'
    jest.mocked(withdrawRefund).mockRejectedValue({ body: { message: tooLate } })
    const dialog = await refundThatWaits()
    await dialog.press('withdraw')
    expect(dialog.read('problem')).toBe(tooLate)
    expect(dialog.focused).toBe('problem')
    expect(dialog.read('outcome')).toBe('Waiting in line')
    await expect(dialog.element).toBeAccessible()
  })

  it('says that Withdraw may be pressed again where its answer was lost', async () => {
    jest.mocked(withdrawRefund).mockRejectedValueOnce(new Error('connection lost')).mockResolvedValue(WITHDRAWN)
    const dialog = await refundThatWaits()
    await dialog.press('withdraw')
    expect(dialog.read('problem')).toContain('Press Withdraw again')
    await dialog.press('withdraw')
    expect(dialog.find('problem')).toBeNull()
    expect(dialog.read('outcome')).toBe('Withdrawn')
  })
})
