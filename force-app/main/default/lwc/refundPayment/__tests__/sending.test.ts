import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import { onRefundRequested } from 'c/refundRequested'
import { FORM, openDialog, PAYMENT_ID, PENDING, readAll, settle } from './opened-dialog.ts'

jest.mock('@salesforce/apex/RefundController.getRefundForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.previewRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.requestRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const sent = () => jest.mocked(requestRefund).mock.calls.map(([request]) => request)
const answer = (outcome: Partial<RefundOutcome>) =>
  jest.mocked(requestRefund).mockResolvedValue({ ...PENDING, ...outcome })
const recently = (amount: string, stage: string) => ({ recentRefunds: [{ amount, stage, minutesAgo: 4 }] })

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

describe('pressing Refund', () => {
  it('sends what the form says, as exact text', async () => {
    answer({})
    const dialog = await openDialog()
    await dialog.type('12.3')
    await dialog.choose('duplicate')
    await dialog.type('  charged twice ', 'note')
    await dialog.press('refund')
    expect(sent()).toEqual([
      {
        paymentId: PAYMENT_ID,
        amount: '12.30',
        reason: 'duplicate',
        note: 'charged twice',
        acknowledged: false,
        undo: false,
        idempotencyKey: 'form-key-1',
      },
    ])
  })

  it('sends on Enter in a field, but not on the Enter of an input method', async () => {
    answer({})
    const dialog = await openDialog()
    const composing = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, isComposing: true })
    dialog.inner('amount', 'input').dispatchEvent(composing)
    expect(sent()).toHaveLength(0)
    dialog.key('Enter', 'note', 'input')
    await settle()
    expect(sent()).toMatchObject([{ amount: '70.50', note: null }])
  })

  it('sends one refund for a double click, and for Enter twice', async () => {
    jest.mocked(requestRefund).mockReturnValue(new Promise(() => undefined))
    const clicked = await openDialog()
    const button = clicked.inner('refund', 'button')
    button.click()
    button.click()
    const typed = await openDialog()
    typed.key('Enter', 'amount', 'input')
    typed.key('Enter', 'amount', 'input')
    await settle()
    expect(sent()).toHaveLength(2)
  })

  it('says what is being sent, holds everything still, and stays open', async () => {
    jest.mocked(requestRefund).mockReturnValue(new Promise(() => undefined))
    const dialog = await openDialog()
    await dialog.press('refund')
    expect(dialog.read('sending')).toContain('Sending EUR 70.50 to Adyen')
    expect(dialog.focused).toBe('sending')
    for (const id of ['refund', 'cancel']) {
      expect(dialog.inner<HTMLButtonElement>(id, 'button').disabled).toBe(true)
    }
    expect(dialog.inner<HTMLInputElement>('amount', 'input').disabled).toBe(true)
    expect(dialog.key('Escape', 'sending')).toBe(false)
    expect(dialog.closed).toBe(0)
    await expect(dialog.element).toBeAccessible()
  })

  it('tells the page once it knows, and lets nothing there undo the outcome', async () => {
    const heard = jest.fn()
    const end = onRefundRequested(PAYMENT_ID, heard)
    answer({})
    jest.mocked(notifyRecordUpdateAvailable).mockRejectedValue(new Error('no such record'))
    const dialog = await openDialog()
    await dialog.press('refund')
    end()
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: PAYMENT_ID }])
    expect(heard).toHaveBeenCalledWith(PENDING.refundId)
    expect(dialog.read('outcome')).toBe('Sent to Adyen')
  })
})

describe('when the answer is lost, or nothing was stored', () => {
  const LOST =
    'The refund service did not answer. Press Refund again: it is the same refund, and it cannot go out twice.'

  it('keeps the form as it was filled, says so, and sends the same key and body again', async () => {
    jest.mocked(requestRefund).mockRejectedValueOnce(new Error('connection lost'))
    const dialog = await openDialog()
    await dialog.type('12.30')
    await dialog.type('late parcel', 'note')
    await dialog.press('refund')
    expect(dialog.read('problem')).toBe(LOST)
    expect(dialog.focused).toBe('problem')
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('12.30')
    expect(dialog.inner<HTMLInputElement>('note', 'input').value).toBe('late parcel')
    await expect(dialog.element).toBeAccessible()
    answer({})
    await dialog.press('refund')
    const [first, second] = sent()
    expect(second).toEqual(first)
    expect(getRefundForm).toHaveBeenCalledTimes(1)
    expect(dialog.find('problem')).toBeNull()
  })

  it('lets the page look for a refund whose answer was lost', async () => {
    jest.mocked(requestRefund).mockRejectedValueOnce(new Error('connection lost'))
    const heard = jest.fn()
    const end = onRefundRequested(PAYMENT_ID, heard)
    const dialog = await openDialog()
    await dialog.press('refund')
    end()
    expect(heard).toHaveBeenCalledWith(null)
  })

  it('shows the sentence when another amount is sent under the key of the lost answer', async () => {
    const refusal = 'This form was already used for another refund. Close the form and open it again.'
    jest
      .mocked(requestRefund)
      .mockRejectedValueOnce({ body: { message: LOST } })
      .mockRejectedValueOnce({ body: { message: refusal } })
    const dialog = await openDialog()
    await dialog.press('refund')
    await dialog.type('12.30')
    await dialog.press('refund')
    expect(sent().map(({ idempotencyKey }) => idempotencyKey)).toEqual(['form-key-1', 'form-key-1'])
    expect(dialog.read('problem')).toBe(refusal)
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('12.30')
  })
})

describe('the same amount a second time', () => {
  const QUESTION = 'EUR 70.50 was refunded on this payment 4 minutes ago. Refund it a second time?'

  it('is asked about first, with the safe answer in focus', async () => {
    const dialog = await openDialog(recently('70.50', 'Refunded'))
    await dialog.press('refund')
    expect(dialog.read('confirming')).toBe(QUESTION)
    expect(dialog.read('announcement')).toBe(QUESTION)
    expect(dialog.focused).toBe('keep')
    expect(sent()).toHaveLength(0)
    await expect(dialog.element).toBeAccessible()
  })

  it('says that the first one is under way, where it is', async () => {
    const dialog = await openDialog(recently('70.5', 'Checking with gateway'))
    await dialog.press('refund')
    expect(dialog.read('confirming')).toBe(
      'EUR 70.50 was requested on this payment 4 minutes ago and is under way. Refund it a second time?',
    )
  })

  it('goes back to the form as it was, on No', async () => {
    const dialog = await openDialog(recently('70.50', 'Refunded'))
    await dialog.type('why twice', 'note')
    await dialog.press('refund')
    await dialog.press('keep')
    expect(dialog.inner<HTMLInputElement>('note', 'input').value).toBe('why twice')
    expect(dialog.focused).toBe('amount')
    await dialog.press('refund')
    expect(dialog.read('confirming')).toBe(QUESTION)
    expect(sent()).toHaveLength(0)
  })

  it('goes out once, on Yes, and is not asked about again when its answer is lost', async () => {
    jest.mocked(requestRefund).mockRejectedValueOnce(new Error('connection lost'))
    const dialog = await openDialog(recently('70.50', 'Refunded'))
    await dialog.press('refund')
    expect(dialog.read('again')).toBe('Refund EUR 70.50 again')
    const yes = dialog.inner('again', 'button')
    yes.click()
    yes.click()
    await settle()
    expect(sent()).toHaveLength(1)
    answer({})
    await dialog.press('refund')
    expect(sent()).toHaveLength(2)
    expect(dialog.read('outcome')).toBe('Sent to Adyen')
  })

  it('is not asked about when the amount is another one', async () => {
    answer({})
    const dialog = await openDialog(recently('70.50', 'Refunded'))
    await dialog.type('70.49')
    await dialog.press('refund')
    expect(sent()).toHaveLength(1)
  })
})

describe('the outcome', () => {
  it.each([
    [{ state: 'succeeded' }, 'EUR 70.50 refunded', 'The customer usually sees it in 3-5 working days.'],
    [{ state: 'pending' }, 'Sent to Adyen', 'You can close this. The refund shows as Sent until Adyen answers.'],
    [
      { state: 'submitting' },
      'Being sent to Adyen',
      'You can close this. The refund shows as Processing until Adyen has it.',
    ],
    [
      { state: 'unknown', sentence: 'x' },
      'Being checked with the gateway',
      "The gateway did not answer. Nothing is lost and nothing is sent twice: we keep asking. Don't refund it again.",
    ],
    [
      { state: 'some state of a later version' },
      'Being checked with the gateway',
      "The gateway did not answer. Nothing is lost and nothing is sent twice: we keep asking. Don't refund it again.",
    ],
  ])('%p has its words, takes the focus and is announced', async (outcome, heading, sentence) => {
    answer(outcome as Partial<RefundOutcome>)
    const dialog = await openDialog()
    await dialog.press('refund')
    expect(dialog.read('outcome')).toBe(heading)
    expect(dialog.read('sentence')).toBe(sentence)
    expect(dialog.read('announcement')).toBe(sentence)
    expect(dialog.focused).toBe('outcome')
    expect(dialog.find('change-amount')).toBeNull()
    await expect(dialog.element).toBeAccessible()
    await dialog.press('close')
    dialog.key('Escape', 'close', 'button')
    expect(dialog.closed).toBe(2)
  })

  it('names the payer where the money goes back to a bank account', async () => {
    answer({ state: 'succeeded' })
    const dialog = await openDialog({ route: 'Direct Debit' })
    await dialog.press('refund')
    expect(dialog.read('sentence')).toBe('The payer usually sees it within several working days.')
  })

  const DECLINED = {
    sentence: 'The gateway refused this request.',
    remedy: "Read the gateway's message, or ask your administrator.",
    gatewayMessage: 'Insufficient balance on payment',
  }

  it.each(['rejected', 'failed'] as const)('%s says why and what to do, the gateway folded away', async (state) => {
    answer({ ...DECLINED, state })
    const dialog = await openDialog()
    await dialog.press('refund')
    expect(dialog.read('outcome')).toBe('Not refunded')
    expect(dialog.read('announcement')).toBe(`${DECLINED.sentence} ${DECLINED.remedy}`)
    expect(dialog.read('gateway-message')).toBe("Gateway's message Insufficient balance on payment")
    expect(dialog.inner<HTMLDetailsElement>('gateway-message', 'details').open).toBe(false)
    await expect(dialog.element).toBeAccessible()
  })

  it('lets the agent change the amount, under a new key and with the rest as it was', async () => {
    answer({ ...DECLINED, state: 'rejected' })
    const dialog = await openDialog()
    await dialog.choose('duplicate')
    await dialog.type('late parcel', 'note')
    await dialog.press('refund')
    jest.mocked(getRefundForm).mockResolvedValue({ ...FORM, idempotencyKey: 'form-key-2', refundable: '60.00' })
    await dialog.press('change-amount')
    expect(dialog.inner<HTMLInputElement>('amount', 'input').value).toBe('60.00')
    expect(dialog.focused).toBe('amount')
    expect(readAll(dialog.element)).not.toContain('Not refunded')
    await dialog.press('refund')
    expect(sent()[1]).toMatchObject({ amount: '60.00', reason: 'duplicate', note: 'late parcel' })
    expect(sent().map(({ idempotencyKey }) => idempotencyKey)).toEqual(['form-key-1', 'form-key-2'])
  })
})
