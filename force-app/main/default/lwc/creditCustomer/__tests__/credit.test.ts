import getCreditForm from '@salesforce/apex/CreditController.getCreditForm'
import requestCredit from '@salesforce/apex/CreditController.requestCredit'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import { FORM, OpenedForm, openForm, SENT, settle } from './opened-form.ts'

jest.mock('@salesforce/apex/CreditController.getCreditForm', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/CreditController.requestCredit', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Credits', () => ({ default: true }), { virtual: true })

async function filledForBank(): Promise<OpenedForm> {
  const form = await openForm()
  await form.choose('target', 'bank_account')
  await form.type({ account: ' RefundRelayECOM ', amount: '50', currency: 'eur', iban: 'de89 3704 0044 0532 0130 00' })
  await form.type({ owner: 'Rosa Raben', note: 'Goodwill' })
  await form.choose('reason', 'duplicate')
  return form
}

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
})

describe('the form of a credit', () => {
  it('warns that it pays without an original payment, and takes no focus by itself', async () => {
    const form = await openForm()
    expect(form.read('warning')).toBe(
      'This pays a customer without an original payment. Nothing compares it with money that was taken, ' +
        'so check amount and account twice.',
    )
    expect(document.activeElement).toBe(document.body)
    await expect(form.element).toBeAccessible()
  })

  it('says field by field what is missing, with the focus on the first, and sends nothing', async () => {
    const form = await openForm()
    await form.press('pay')
    expect(form.message('account')).toBe('Enter the gateway account')
    expect(form.message('amount')).toBe('Enter an amount')
    expect(form.message('currency')).toBe('Three letters, such as EUR')
    expect(form.message('token')).toBe('Enter the token of the payment method')
    expect(form.focused).toBe('account')
    await form.type({ account: 'RefundRelayECOM' })
    expect(form.message('account')).toBe('')
    expect(requestCredit).not.toHaveBeenCalled()
    await expect(form.element).toBeAccessible()
  })

  it.each([
    ['JPY', '1.5', 'JPY has no decimals'],
    ['EUR', '1.005', 'EUR has at most 2 decimals'],
    ['KWD', '0', 'At least KWD 0.001'],
    ['EUR', 'ten', 'Write the amount in digits, such as 70.50'],
  ])('judges the amount in its currency: %s %s', async (currency, amount, message) => {
    const form = await openForm()
    await form.type({ currency, amount })
    expect(form.message('amount')).toBe(message)
    expect(form.read('pay')).toBe('Pay')
  })

  it('checks the IBAN when the field is left, not before', async () => {
    const form = await openForm()
    await form.choose('target', 'bank_account')
    await form.type({ iban: 'DE89 3704 0044 0532 0130 01' })
    expect(form.message('iban')).toBe('')
    form.find('iban')!.dispatchEvent(new CustomEvent('blur'))
    await settle()
    expect(form.message('iban')).toBe('This IBAN is not right: its check digits do not fit')
    await form.press('pay')
    expect(requestCredit).not.toHaveBeenCalled()
  })

  it('offers what the chosen gateway can do', async () => {
    const form = await openForm()
    await form.choose('target', 'bank_account')
    await form.choose('gateway', 'braintree')
    expect(form.inner<HTMLSelectElement>('target', 'select').value).toBe('stored_method')
    expect(form.find('iban')).toBeNull()
    expect(form.inner<HTMLSelectElement>('account', 'select').value).toBe('refundrelay_eur')
    expect(form.inner<HTMLInputElement>('currency', 'input').value).toBe('EUR')
  })
})

describe('paying', () => {
  it('asks first, in words, with the safe answer in focus', async () => {
    const form = await filledForBank()
    await form.press('pay')
    expect(form.read('confirming')).toContain(
      'Pay EUR 50.00 to Rosa Raben, DE89 3704 0044 0532 0130 00, through Adyen (RefundRelayECOM)? ' +
        'No payment is refunded by this. It cannot be taken back here.',
    )
    expect(form.focused).toBe('keep')
    expect(requestCredit).not.toHaveBeenCalled()
    await expect(form.element).toBeAccessible()
    await form.press('keep')
    expect(form.inner<HTMLInputElement>('owner', 'input').value).toBe('Rosa Raben')
    expect(form.focused).toBe('amount')
  })

  it('sends it once, as exact text, and nothing that was not chosen', async () => {
    jest.mocked(requestCredit).mockResolvedValue(SENT)
    const form = await filledForBank()
    await form.press('pay')
    const yes = form.inner('confirm', 'button')
    yes.click()
    yes.click()
    await settle()
    expect(jest.mocked(requestCredit).mock.calls).toEqual([
      [
        {
          gateway: 'adyen',
          gatewayAccount: 'RefundRelayECOM',
          amount: '50.00',
          currencyCode: 'EUR',
          targetKind: 'bank_account',
          token: null,
          shopperReference: null,
          iban: 'DE89370400440532013000',
          ownerName: 'Rosa Raben',
          reason: 'duplicate',
          note: 'Goodwill',
          idempotencyKey: 'credit-key-1',
        },
      ],
    ])
  })

  it.each<[Partial<RefundOutcome>, string, string]>([
    [{ state: 'succeeded', stage: 'Refunded' }, 'EUR 50.00 paid', ''],
    [{}, 'Sent to Adyen', 'You can leave this page. The credit shows as Sent until Adyen answers.'],
    [
      { state: 'unknown' },
      'Being checked with the gateway',
      "The gateway did not answer. Nothing is lost and nothing is sent twice: we keep asking. Don't pay it again.",
    ],
    [
      { state: 'requested', stage: 'Processing', waitingSentence: 'Your balance is too low.' },
      'Waiting in line',
      'Your balance is too low. You can leave this page: it goes out by itself.',
    ],
  ])('tells what became of it, and forgets the customer: %#', async (outcome, heading, sentence) => {
    jest.mocked(requestCredit).mockResolvedValue({ ...SENT, ...outcome })
    const form = await filledForBank()
    await form.press('pay')
    await form.press('confirm')
    expect(form.read('outcome')).toBe(heading)
    expect(form.read('announcement')).toBe(sentence)
    expect(form.focused).toBe('outcome')
    await expect(form.element).toBeAccessible()
    jest.mocked(getCreditForm).mockResolvedValue({ ...FORM, idempotencyKey: 'credit-key-2' })
    await form.press('another')
    expect(form.inner<HTMLInputElement>('iban', 'input').value).toBe('')
    expect(form.inner<HTMLInputElement>('amount', 'input').value).toBe('')
    expect(form.focused).toBe('amount')
  })

  it('says why it was refused, and lets it be corrected under a new key', async () => {
    const refused = {
      state: 'rejected',
      stage: 'Failed',
      sentence: 'The token is not known.',
      remedy: 'Check it.',
    } as const
    jest.mocked(requestCredit).mockResolvedValue({ ...SENT, ...refused })
    const form = await openForm()
    await form.type({ account: 'RefundRelayECOM', amount: '50', currency: 'EUR', token: 'tok_1' })
    await form.press('pay')
    expect(form.read('confirming')).toContain('Pay EUR 50.00 to the stored payment method tok_1 through Adyen')
    await form.press('confirm')
    expect(form.read('outcome')).toBe('Not paid')
    expect(form.read('announcement')).toBe('The token is not known. Check it.')
    jest.mocked(getCreditForm).mockResolvedValue({ ...FORM, idempotencyKey: 'credit-key-2' })
    await form.press('change')
    expect(form.inner<HTMLInputElement>('token', 'input').value).toBe('tok_1')
    await form.press('pay')
    await form.press('confirm')
    const keys = jest.mocked(requestCredit).mock.calls.map(([{ idempotencyKey }]) => idempotencyKey)
    expect(keys).toEqual(['credit-key-1', 'credit-key-2'])
  })

  it('keeps the form and its key where the answer was lost', async () => {
    jest.mocked(requestCredit).mockRejectedValueOnce(new Error('connection lost')).mockResolvedValue(SENT)
    const form = await filledForBank()
    await form.press('pay')
    await form.press('confirm')
    expect(form.read('problem')).toBe(
      'The refund service did not answer. Press Pay again: it is the same credit, and it cannot go out twice.',
    )
    expect(form.focused).toBe('problem')
    await form.press('pay')
    await form.press('confirm')
    const [first, second] = jest.mocked(requestCredit).mock.calls
    expect(second).toEqual(first)
  })
})

it('says why the form could not be read', async () => {
  jest.mocked(getCreditForm).mockRejectedValue(new Error('offline'))
  const form = new OpenedForm()
  await settle()
  expect(form.read('refusal')).toBe('This form could not be read, so nothing was paid.')
})
