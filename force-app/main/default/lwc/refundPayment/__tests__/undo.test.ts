import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import previewRefund from '@salesforce/apex/RefundController.previewRefund'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import { FORM, openDialog, PAYMENT_ID, PENDING, previewWith, readAll } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const WHOLE = { refunded: '0.00', underWay: '0.00', refundable: '120.50' }

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

const answer = (outcome: Partial<RefundOutcome>) =>
  jest.mocked(requestRefund).mockResolvedValue({ ...PENDING, amount: '120.50', ...outcome })

describe('"Undo this payment"', () => {
  it.each([
    { refundable: '100.50', refunded: '20.00' },
    { refundable: '100.50', underWay: '20.00' },
    { refundable: '100.50', held: '20.00' },
    { refundable: '100.50', chargedBack: '20.00' },
    { refundable: '100.00' },
  ])('is not offered where the whole payment is no longer there: %p', async (form) => {
    const dialog = await openDialog({ ...WHOLE, ...form })
    expect(dialog.find('undo-choice')).toBeNull()
  })

  it('is a quiet choice where it is, asks for no amount and says what would happen', async () => {
    const dialog = await openDialog(WHOLE)
    expect(dialog.read('undo-choice')).toBe('Undo this payment')
    previewWith({ action: 'void' })
    await dialog.press('undo-choice')
    expect(jest.mocked(previewRefund).mock.lastCall).toEqual([{ paymentId: PAYMENT_ID, amount: null }])
    expect(readAll(dialog.element)).toContain('Undo PAY-000000309')
    expect(dialog.find('amount')).toBeNull()
    expect(dialog.focused).toBe('what-happens')
    expect(dialog.read('announcement')).toBe(
      'What happens: The whole payment is voided; nothing will appear on the statement.',
    )
    expect(dialog.read('refund')).toBe('Void EUR 120.50')
    await expect(dialog.element).toBeAccessible()
  })

  it('says that it is too late to void, where it is, and refunds then', async () => {
    const dialog = await openDialog(WHOLE)
    await dialog.press('undo-choice')
    expect(dialog.read('what-happens')).toBe(
      'What happens: It is too late to void this payment, so it is refunded. ' +
        'EUR 120.50 goes back to Visa •••• 1111 through Adyen. The customer usually sees it in 3-5 working days.',
    )
    expect(dialog.read('refund')).toBe('Undo EUR 120.50')
  })

  it('goes back to an amount as it was typed', async () => {
    const dialog = await openDialog(WHOLE)
    await dialog.type('12')
    await dialog.press('undo-choice')
    expect(dialog.read('undo-choice')).toBe('Refund an amount instead')
    await dialog.press('undo-choice')
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('12')
    expect(dialog.focused).toBe('amount')
    expect(dialog.read('refund')).toBe('Refund EUR 12.00')
  })

  it('sends an undo without an amount, under the key of the form', async () => {
    answer({ state: 'succeeded', stage: 'Voided' })
    const dialog = await openDialog(WHOLE)
    await dialog.press('undo-choice')
    await dialog.press('refund')
    expect(jest.mocked(requestRefund).mock.lastCall).toEqual([
      {
        paymentId: PAYMENT_ID,
        amount: null,
        reason: 'requested_by_customer',
        note: null,
        acknowledged: false,
        undo: true,
        idempotencyKey: 'form-key-1',
      },
    ])
  })

  it.each<[Partial<RefundOutcome>, string, string]>([
    [
      { state: 'succeeded', stage: 'Voided' },
      'Voided',
      'The whole payment is voided; nothing will appear on the statement.',
    ],
    [
      { state: 'succeeded', stage: 'Cancelled or refunded' },
      'Undone',
      'Adyen took the whole payment back: voided where nothing had been collected yet, refunded where it had.',
    ],
    [
      { state: 'succeeded', stage: 'Refunded' },
      'EUR 120.50 refunded',
      'The customer usually sees it in 3-5 working days.',
    ],
    [
      { state: 'pending' },
      'Being undone',
      'You can close this. Adyen takes the whole payment back; the refunds of this payment show how.',
    ],
    [
      { state: 'submitting', stage: 'Processing' },
      'Being undone',
      'You can close this. Adyen takes the whole payment back; the refunds of this payment show how.',
    ],
  ])('tells what became of it: %#', async (outcome, heading, sentence) => {
    answer(outcome)
    const dialog = await openDialog(WHOLE)
    await dialog.press('undo-choice')
    await dialog.press('refund')
    expect(dialog.read('outcome')).toBe(heading)
    expect(dialog.read('announcement')).toBe(sentence)
    expect(dialog.focused).toBe('outcome')
    await expect(dialog.element).toBeAccessible()
  })

  it('says that it was not undone, and goes back to a fresh form', async () => {
    answer({ state: 'rejected', stage: 'Failed', sentence: 'It was already captured.', remedy: 'Refund it.' })
    const dialog = await openDialog(WHOLE)
    await dialog.press('undo-choice')
    await dialog.press('refund')
    expect(dialog.read('outcome')).toBe('Not undone')
    expect(dialog.read('change-amount')).toBe('Go back')
    jest.mocked(getRefundForm).mockResolvedValue({ ...FORM, ...WHOLE, idempotencyKey: 'form-key-2' })
    await dialog.press('change-amount')
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('120.50')
  })
})
