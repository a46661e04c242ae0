import { answerWith, HISTORY, NOW, read, settle, showHistory, WITH_ONE_UNDER_WAY } from './shown-history.ts'

jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

const EXPOSURE = {
  recordId: 'a03000000000001AAA',
  name: 'EXP-000000001',
  amount: '20.00',
  explanation: 'EUR 20.00 was refunded on 3 Nov, and the payer claimed it back from the bank on 9 Nov.',
  openedAt: '2026-11-09T10:00:00Z',
  handled: false,
}

beforeEach(() => jest.useFakeTimers({ now: NOW }))

afterEach(() => {
  document.body.replaceChildren()
  jest.resetAllMocks()
  jest.useRealTimers()
})

describe('money at risk', () => {
  it('stands at the top: how much, why, since when, handled or not, and the way to its record', async () => {
    const card = await showHistory({ ...HISTORY, exposures: [EXPOSURE] })
    const list = card.find('exposures')!
    expect(list.compareDocumentPosition(card.find('balance')!)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
    const root = list.shadowRoot!
    expect(root.querySelector('h3')!.textContent).toContain('Money at risk')
    expect(read(root, 'amount')).toBe('EUR 20.00')
    expect(read(root, 'explanation')).toBe(EXPOSURE.explanation)
    expect(read(root, 'since')).toBe('since Nov 9, 2026')
    expect(read(root, 'handling')).toBe('Not handled yet')
    expect(read(root, 'open')).toBe('EXP-000000001')
    expect(root.querySelector('a')!.href).toBe('https://www.example.com/')
    jest.useRealTimers()
    await expect(card.element).toBeAccessible()
  })

  it('says where somebody has dealt with it', async () => {
    const card = await showHistory({ ...HISTORY, exposures: [{ ...EXPOSURE, handled: true }] })
    expect(read(card.find('exposures')!.shadowRoot!, 'handling')).toBe('Handled')
  })

  it('opens its record within the app', async () => {
    const card = await showHistory({ ...HISTORY, exposures: [EXPOSURE] })
    const click = new MouseEvent('click', { bubbles: true, cancelable: true })
    card.find('exposures')!.shadowRoot!.querySelector('a')!.dispatchEvent(click)
    expect(click.defaultPrevented).toBe(true)
  })

  it('leaves a new tab to the browser', async () => {
    const card = await showHistory({ ...HISTORY, exposures: [EXPOSURE] })
    const click = new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true })
    card.find('exposures')!.shadowRoot!.querySelector('a')!.dispatchEvent(click)
    expect(click.defaultPrevented).toBe(false)
  })

  it('is heard when it is new', async () => {
    const card = await showHistory(WITH_ONE_UNDER_WAY)
    expect(card.find('exposures')).toBeNull()
    answerWith({ ...WITH_ONE_UNDER_WAY, exposures: [EXPOSURE] })
    jest.advanceTimersByTime(2_000)
    await settle()
    expect(card.read('announcement')).toBe('Money at risk: EUR 20.00')
  })
})
