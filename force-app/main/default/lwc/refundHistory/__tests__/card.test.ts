import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import { FAILED, HISTORY, LINE, NOW, read, SENT, settle, showHistory, ShownHistory } from './shown-history.ts'
import { answerWith, WITH_ONE_UNDER_WAY } from './shown-history.ts'

jest.mock('@salesforce/apex/RefundController.getRefundHistory', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/RefundController.withdrawRefund', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/customPermission/Request_Refunds', () => ({ default: true }), { virtual: true })

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW.getTime()))

afterEach(() => {
  document.body.replaceChildren()
  jest.mocked(getRefundHistory).mockReset()
  jest.restoreAllMocks()
})

const part = (root: ParentNode, id: string) => root.querySelector<HTMLElement>(`[data-id="${id}"]`)

describe('the balance of a payment', () => {
  it('is a figure, a bar, and the same in words', async () => {
    const card = await showHistory({ ...WITH_ONE_UNDER_WAY, held: '1.00', chargedBack: '2.00' })
    expect(read(card.balance, 'refundable')).toBe('EUR 70.50')
    expect(read(card.balance, 'balance-in-words')).toBe(
      'EUR 70.50 of EUR 120.50 can still be refunded. 20.00 refunded. 30.00 under way. 1.00 held. 2.00 with the bank.',
    )
    const bars = [...card.balance.querySelectorAll<HTMLElement>('.bar > div')]
    expect(bars.map(({ style }) => style.width)).toEqual(['16.5%', '24.8%', '0.8%', '1.6%'])
    await expect(card.element).toBeAccessible()
  })

  it('opens the refunds that a part of it is made of, and closes them again', async () => {
    const card = await showHistory(WITH_ONE_UNDER_WAY)
    const underWay = card.balance.querySelector<HTMLButtonElement>('button[data-part="underWay"]')!
    underWay.click()
    await settle()
    expect(underWay.getAttribute('aria-pressed')).toBe('true')
    expect(card.lines.map((line) => read(line, 'amount'))).toEqual(['EUR 30.00'])
    card.find('show-all')!.shadowRoot!.querySelector('button')!.click()
    await settle()
    expect(underWay.getAttribute('aria-pressed')).toBe('false')
    expect(card.lines).toHaveLength(2)
  })
})

describe('what the balance rests on', () => {
  const CHARGED_BACK = {
    ...HISTORY,
    chargedBack: '30.00',
    refundable: '70.50',
    chargebacks: [
      { reference: 'QCVN5MPBVLHBTX99', amount: '30.00', open: true, occurredAt: '2026-11-10T08:00:00Z' },
      { reference: 'K7TXD3QWLZ48NN82', amount: '20.00', open: false, occurredAt: null },
    ],
  }
  const open = async (card: ShownHistory, name: string) => {
    card.balance.querySelector<HTMLButtonElement>(`button[data-part="${name}"]`)!.click()
    await settle()
    return card.find('evidence')!.shadowRoot!
  }

  it('opens the disputes by which the bank took money, each with its state and its reference at the gateway', async () => {
    const card = await showHistory(CHARGED_BACK)
    const evidence = await open(card, 'chargedBack')
    const disputes = [...evidence.querySelectorAll('[data-id="dispute"]')]
    expect(
      disputes.map((each) => ['state', 'amount', 'since', 'dispute-reference'].map((id) => read(each, id))),
    ).toEqual([
      ['With the bank', 'EUR 30.00', 'since Nov 10, 2026', 'Gateway reference QCVN5MPBVLHBTX99'],
      ['Given back', 'EUR 20.00', '', 'Gateway reference K7TXD3QWLZ48NN82'],
    ])
    expect(card.lines).toHaveLength(0)
    await expect(card.element).toBeAccessible()
  })

  it('says so where only the records were asked, which do not hold the disputes', async () => {
    const card = await showHistory({ ...CHARGED_BACK, chargebacks: null })
    const evidence = await open(card, 'chargedBack')
    expect(read(evidence, 'disputes-unknown')).toMatch(/^Only the refund service knows by which disputes/)
  })

  it('opens what was collected, with the reference of the payment at the gateway', async () => {
    const evidence = await open(await showHistory(HISTORY), 'captured')
    expect(read(evidence, 'collected-through')).toBe('EUR 120.50 was collected through Adyen.')
    expect(read(evidence, 'payment-reference')).toBe('Gateway reference DZ4DPSHB4WD2WN82')
  })

  it('opens how what is left is computed, and closes it again', async () => {
    const card = await showHistory({ ...CHARGED_BACK, refunded: '20.00', refundable: '70.50' })
    const evidence = await open(card, 'refundable')
    const terms = [...evidence.querySelectorAll('.term')].map((term) => term.textContent)
    expect(terms).toEqual([
      'Original paymentEUR 120.50',
      'Refunded to date− EUR 20.00',
      'With the bank− EUR 30.00',
      'Still refundableEUR 70.50',
    ])
    await expect(card.element).toBeAccessible()
    card.balance.querySelector<HTMLButtonElement>('button[data-part="refundable"]')!.click()
    await settle()
    expect(card.find('evidence')).toBeNull()
    expect(card.lines).toHaveLength(1)
  })
})

describe('the refunds of a payment', () => {
  it('stand newest first, each with its stage in words and an icon', async () => {
    const card = await showHistory({ ...HISTORY, refunds: [SENT, LINE, FAILED] })
    expect(card.lines.map((line) => [read(line, 'stage'), read(line, 'amount')])).toEqual([
      ['Sent to gateway', 'EUR 30.00'],
      ['Refunded', 'EUR 20.00'],
      ['Failed', 'EUR 99.00'],
    ])
    const icons = card.lines.map((line) => part(line, 'stage')!.querySelector('lightning-icon'))
    expect(icons.map((icon) => (icon as unknown as { iconName: string }).iconName)).toEqual([
      'utility:send',
      'utility:success',
      'utility:error',
    ])
    await expect(card.element).toBeAccessible()
  })

  it.each([
    ['Processing', 'It is being sent to the gateway.'],
    ['Sent to gateway', 'The gateway has it; its answer usually comes within minutes.'],
    ['Checking with gateway', "The gateway did not answer. We keep asking; don't refund it again."],
    ['Refunded', ''],
    ['Voided', 'The whole payment is voided; nothing will appear on the statement.'],
    ['Cancelled or refunded', 'The gateway took the whole payment back.'],
    ['Reversed', ''],
    ['A stage of a later version', ''],
  ])('say what "%s" means', async (stage, meaning) => {
    const card = await showHistory({ ...HISTORY, refunds: [{ ...LINE, stage }] })
    expect(read(card.lines[0]!, 'stage')).toBe(stage)
    expect(read(card.lines[0]!, 'meaning')).toBe(meaning)
  })

  it('say why one failed, with the remedy and the gateway folded away', async () => {
    const card = await showHistory({ ...HISTORY, refunds: [FAILED] })
    const [line] = card.lines
    expect(read(line!, 'meaning')).toBe(FAILED.sentence)
    expect(read(line!, 'what-to-do')).toBe(`What to do ${FAILED.remedy}`)
    expect(read(line!, 'gateway-message')).toBe(`Gateway's message ${FAILED.gatewayMessage}`)
    expect(part(line!, 'what-to-do')!.shadowRoot!.querySelector('details')!.open).toBe(false)
  })

  it('say who asked for them, why, and what was noted', async () => {
    const refunds = [
      { ...LINE, note: 'late parcel' },
      { ...LINE, refundId: '2', reasonLabel: null },
      { ...LINE, refundId: '3', requestedByName: null },
      { ...LINE, refundId: '4', origin: 'Gateway console' as const },
    ]
    const card = await showHistory({ ...HISTORY, refunds })
    expect(card.lines.map((line) => read(line, 'reason-and-person'))).toEqual([
      'Returned · by Ava Agent',
      'by Ava Agent',
      'Returned',
      "Made in the gateway's console",
    ])
    expect(read(card.lines[0]!, 'note')).toBe('late parcel')
  })

  it('say since when, in words for a day and by its date after that', async () => {
    const card = await showHistory({ ...HISTORY, refunds: [SENT, LINE, FAILED] })
    const times = card.lines.map((line) => part(line, 'time')!.firstElementChild as HTMLElement & { year?: string })
    expect(times.map(({ tagName, year }) => [tagName, year])).toEqual([
      ['LIGHTNING-RELATIVE-DATE-TIME', undefined],
      ['LIGHTNING-FORMATTED-DATE-TIME', undefined],
      ['LIGHTNING-FORMATTED-DATE-TIME', 'numeric'],
    ])
  })

  it('say where a person must look', async () => {
    const attention = 'The gateway refunded more than was asked.'
    const card = await showHistory({ ...HISTORY, refunds: [{ ...LINE, attention }] })
    expect(read(card.lines[0]!, 'attention')).toBe(`Needs attention: ${attention}`)
    await expect(card.element).toBeAccessible()
  })

  it('are none, and that is said', async () => {
    const card = await showHistory({ ...HISTORY, refunds: [] })
    expect(card.read('none-yet')).toBe('Nothing has been refunded on this payment.')
    await expect(card.element).toBeAccessible()
  })
})

describe('a card that cannot be read', () => {
  it('says why, and reads again when asked to', async () => {
    jest.mocked(getRefundHistory).mockRejectedValue({ body: { message: 'You may not see this payment.' } })
    const card = new ShownHistory()
    await settle()
    expect(card.read('problem')).toBe('You may not see this payment.')
    await expect(card.element).toBeAccessible()
    answerWith(HISTORY)
    card.find('try-again')!.shadowRoot!.querySelector('button')!.click()
    await settle()
    expect(card.lines).toHaveLength(1)
  })
})
