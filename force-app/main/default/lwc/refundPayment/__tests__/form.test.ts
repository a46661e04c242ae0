import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import { OpenedDialog, openDialog, readAll, settle } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
  jest.useRealTimers()
})

describe('an opened Refund dialog', () => {
  it('shows where the payment stands, and offers all that is left', async () => {
    const dialog = await openDialog()
    expect(readAll(dialog.element)).toContain('Refund PAY-000000309')
    expect(dialog.read('facts')).toBe(
      'Original payment EUR 120.50 Refunded to date EUR 20.00 Under way EUR 30.00 Still refundable EUR 70.50',
    )
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('70.50')
    expect(dialog.inner('amount', 'label').textContent).toBe('Refund amount (EUR)')
    expect(dialog.read('all-left')).toBe('all that is left')
    expect(dialog.inner<HTMLSelectElement>('reason', 'select').value).toBe('requested_by_customer')
    expect(dialog.read('refund')).toBe('Refund EUR 70.50')
    expect(dialog.focused).toBe('amount')
    await expect(dialog.element).toBeAccessible()
  })

  it('says that it is loading, until it knows', async () => {
    jest.mocked(getRefundForm).mockReturnValue(new Promise(() => undefined))
    const dialog = new OpenedDialog()
    await settle()
    expect(readAll(dialog.element)).toBe('Refund Loading')
  })

  it('names what is held and what is with the bank, where there is some', async () => {
    const dialog = await openDialog({ held: '5.00', chargedBack: '6.00' })
    expect(dialog.read('facts')).toContain('Held EUR 5.00 With the bank EUR 6.00 Still refundable')
  })

  it('says what will happen to a card payment, and follows the amount', async () => {
    jest.useFakeTimers()
    const dialog = await openDialog()
    expect(dialog.read('what-happens')).toBe(
      'What happens: EUR 70.50 goes back to Visa •••• 1111 through Adyen. The customer usually sees it in 3-5 working days.',
    )
    await dialog.type('12.3')
    jest.runAllTimers()
    await settle()
    expect(dialog.read('what-happens')).toContain('EUR 12.30 goes back to Visa •••• 1111')
    expect(dialog.read('refund')).toBe('Refund EUR 12.30')
    expect(dialog.find('all-left')).toBeNull()
  })

  it('says what will happen to a direct debit, and to a method without a name', async () => {
    const debit = await openDialog({ route: 'Direct Debit', paymentMethod: 'SEPA •••• 3000' })
    expect(debit.read('what-happens')).toBe(
      'What happens: EUR 70.50 goes back to SEPA •••• 3000 through Adyen. The payer usually sees it within several working days.',
    )
    const unnamed = await openDialog({ route: 'Direct Debit', paymentMethod: null })
    expect(unnamed.read('what-happens')).toContain('goes back to the account it was collected from through Adyen')
    const card = await openDialog({ paymentMethod: null })
    expect(card.read('what-happens')).toContain('goes back to the card it was paid with through Adyen')
  })

  it('shows what is under way and what was just refunded, when it is opened again', async () => {
    const dialog = await openDialog({
      recentRefunds: [
        { amount: '30.00', minutesAgo: 0, stage: 'Sent to gateway' },
        { amount: '20.00', minutesAgo: 1, stage: 'Refunded' },
        { amount: '1.00', minutesAgo: 3 * 24 * 60, stage: 'Checking with gateway' },
      ],
    })
    expect(dialog.read('recent')).toBe(
      'EUR 30.00: Sent to gateway, just now EUR 20.00: Refunded, 1 minute ago EUR 1.00: Checking with gateway, 3 days ago',
    )
    await expect(dialog.element).toBeAccessible()
  })

  it('closes on Cancel and on Escape', async () => {
    const dialog = await openDialog()
    await dialog.press('cancel')
    dialog.key('Escape', 'amount', 'input')
    expect(dialog.closed).toBe(2)
    expect(requestRefund).not.toHaveBeenCalled()
  })
})

describe('the amount, as it is typed', () => {
  it.each([
    ['80', 'At most EUR 70.50'],
    ['0', 'At least EUR 0.01'],
    ['-1', 'At least EUR 0.01'],
    ['', 'Enter an amount'],
    ['seven', 'Write the amount in digits, such as 70.50'],
    ['1.005', 'EUR has at most 2 decimals'],
  ])('"%s" is answered with "%s"', async (typed, message) => {
    const dialog = await openDialog()
    await dialog.type(typed)
    expect(dialog.amountMessage).toBe(message)
    expect(dialog.read('refund')).toBe('Refund')
    expect(dialog.find('what-happens')).toBeNull()
    await expect(dialog.element).toBeAccessible()
  })

  it('is answered in the decimals of its currency', async () => {
    const dialog = await openDialog({ currencyCode: 'JPY', decimals: 0, refundable: '500' })
    await dialog.type('1.5')
    expect(dialog.amountMessage).toBe('JPY has no decimals')
    await dialog.type('501')
    expect(dialog.amountMessage).toBe('At most JPY 500')
  })

  it('loses its message when it is right again', async () => {
    const dialog = await openDialog()
    await dialog.type('80')
    await dialog.type('70')
    expect(dialog.amountMessage).toBe('')
  })

  it('is not sent while it is wrong, and takes the focus instead', async () => {
    const dialog = await openDialog()
    await dialog.type('80')
    dialog.inner('refund', 'button').focus()
    await dialog.press('refund')
    expect(dialog.focused).toBe('amount')
    expect(dialog.key('Enter', 'amount', 'input')).toBe(true)
    expect(requestRefund).not.toHaveBeenCalled()
  })
})

describe('a payment of which nothing can be refunded', () => {
  const none = { refundable: '0.00', underWay: '0.00', refunded: '0.00' }
  const line = { refundId: 'r', stage: 'Refunded', requestedAt: '2026-10-01T10:00:00Z' }

  it.each([
    [{ ...none, voided: true }, 'Voided. No money was taken, so there is nothing to refund.'],
    [
      { ...none, chargedBack: '120.50' },
      'Charged back: EUR 120.50 is with the bank. Do not refund it. Answer the dispute in Adyen.',
    ],
    [{ ...none, underWay: '120.50' }, 'All that is left is under way: EUR 120.50. Wait for its answer.'],
    [{ ...none, held: '120.50' }, 'EUR 120.50 is held: a refund was sent back and the gateway may still repair it.'],
    [none, 'Nothing of this payment can be refunded any more.'],
  ])('says why: %#', async (form, sentence) => {
    const dialog = await openDialog(form)
    expect(dialog.read('refusal')).toBe(sentence)
    expect(dialog.find('amount')).toBeNull()
    await expect(dialog.element).toBeAccessible()
    await dialog.press('close')
    expect(dialog.closed).toBe(1)
  })

  it('says on which day it was refunded in full', async () => {
    const refunds = [
      { ...line, stage: 'Failed', decidedAt: '2026-11-09T10:00:00Z' },
      { ...line, decidedAt: '2026-11-03T10:00:00Z' },
      { ...line, decidedAt: null },
    ]
    jest.mocked(getRefundHistory).mockResolvedValue({ refunds } as never)
    const dialog = await openDialog({ ...none, refunded: '120.50' })
    expect(dialog.read('refusal')).toBe('Refunded in full on Nov 3, 2026.')
  })

  it('says it without the day, where the day cannot be read', async () => {
    jest.mocked(getRefundHistory).mockRejectedValue(new Error('no'))
    const dialog = await openDialog({ ...none, refunded: '120.50' })
    expect(dialog.read('refusal')).toBe('Refunded in full.')
  })
})

it('says why the form could not be read', async () => {
  jest.mocked(getRefundForm).mockRejectedValueOnce({ body: { message: 'This payment has no gateway reference.' } })
  const told = new OpenedDialog()
  jest.mocked(getRefundForm).mockRejectedValueOnce(new Error('offline'))
  const untold = new OpenedDialog()
  await settle()
  expect(told.read('refusal')).toBe('This payment has no gateway reference.')
  expect(untold.read('refusal')).toBe(
    'This payment could not be read, so nothing was refunded. Close this and open it again.',
  )
})
