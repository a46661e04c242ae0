import previewRefund from '@salesforce/apex/RefundController.previewRefund'
import type { DirectDebit } from '@salesforce/apex/RefundController.previewRefund'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import { openDialog, PENDING, previewWith, settle, type OpenedDialog } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const DEBIT = {
  route: 'Direct Debit',
  scheme: 'sepa_core',
  schemeLabel: 'SEPA Core',
  gatewayLabel: 'GoCardless',
} as const
const CLAIM: DirectDebit = {
  scheme: 'sepa_core',
  schemeLabel: 'SEPA Core',
  claimUntil: '2026-12-07',
  sentence:
    'The payer can still claim this debit back from the bank until 7 Dec 2026 (SEPA Core, 8 weeks). ' +
    'If they do so after this refund, you pay twice.',
  mustAcknowledge: true,
  tooYoungUntil: null,
}

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

async function tick(dialog: OpenedDialog): Promise<void> {
  dialog.inner('asked', 'input').click()
  await settle()
}

describe('a direct debit', () => {
  it('says until when the payer can claim it, before the amount', async () => {
    const dialog = await openDialog(DEBIT, { directDebit: CLAIM })
    expect(dialog.read('warning')).toBe(CLAIM.sentence)
    expect(dialog.inner('asked', 'label').textContent).toBe('I have asked the payer not to claim it from the bank.')
    const guard = dialog.find('guard')!
    expect(guard.compareDocumentPosition(dialog.find('amount')!)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
    await expect(dialog.element).toBeAccessible()
  })

  it('warns even where nothing could be looked up', async () => {
    const opened = openDialog(DEBIT)
    jest.mocked(previewRefund).mockRejectedValue(new Error('offline'))
    const dialog = await opened
    expect(dialog.find('asked')).not.toBeNull()
  })

  it('names the scheme until the server has told the date', async () => {
    const opened = openDialog(DEBIT)
    jest.mocked(previewRefund).mockReturnValue(new Promise(() => undefined))
    const dialog = await opened
    expect(dialog.read('warning')).toBe(
      'The payer can still claim this debit back from the bank (SEPA Core). If they do so after this refund, you pay twice.',
    )
  })

  it('is not refunded before the box is ticked, and says so at the box', async () => {
    jest.mocked(requestRefund).mockResolvedValue(PENDING)
    const dialog = await openDialog(DEBIT, { directDebit: CLAIM })
    await dialog.press('refund')
    expect(requestRefund).not.toHaveBeenCalled()
    expect(dialog.focused).toBe('asked')
    expect(dialog.inner('asked', '[aria-live]').textContent).toBe('Ask the payer not to claim it, then tick this box.')
    expect(dialog.inner('asked', 'input').getAttribute('aria-invalid')).toBe('true')
    await expect(dialog.element).toBeAccessible()
    await tick(dialog)
    expect(dialog.inner('asked', '[aria-live]').textContent).toBe('')
    await dialog.press('refund')
    expect(requestRefund).toHaveBeenCalledWith(expect.objectContaining({ acknowledged: true, undo: false }))
  })

  it('is not refunded once the tick was taken back', async () => {
    const dialog = await openDialog(DEBIT, { directDebit: CLAIM })
    await tick(dialog)
    await tick(dialog)
    await dialog.press('refund')
    expect(requestRefund).not.toHaveBeenCalled()
  })

  it('that is too young says from which day on, asks for no promise and sends nothing', async () => {
    const dialog = await openDialog(DEBIT, { directDebit: { ...CLAIM, tooYoungUntil: '2026-10-19' } })
    expect(dialog.read('warning')).toBe(
      'This debit is too young to refund: the bank may still send it back. It can be refunded from Oct 19, 2026.',
    )
    expect(dialog.find('asked')).toBeNull()
    await dialog.press('refund')
    expect(dialog.focused).toBe('warning')
    expect(requestRefund).not.toHaveBeenCalled()
    await expect(dialog.element).toBeAccessible()
  })

  it('asks for the promise for an undo, too', async () => {
    const whole = { refunded: '0.00', underWay: '0.00', refundable: '120.50' }
    const dialog = await openDialog({ ...DEBIT, ...whole }, { directDebit: CLAIM })
    await dialog.press('undo-choice')
    await dialog.press('refund')
    expect(requestRefund).not.toHaveBeenCalled()
    expect(dialog.focused).toBe('asked')
  })
})

it('a card asks for no promise', async () => {
  jest.mocked(requestRefund).mockResolvedValue(PENDING)
  const dialog = await openDialog()
  expect(dialog.find('guard')).toBeNull()
  previewWith({})
  await dialog.press('refund')
  expect(requestRefund).toHaveBeenCalledWith(expect.objectContaining({ acknowledged: false }))
})
