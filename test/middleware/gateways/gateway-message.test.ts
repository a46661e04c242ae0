import fc from 'fast-check'
import { gatewayMessage } from '../../../middleware/gateways/gateway-message.ts'

describe("a gateway's message, before it is stored", () => {
  it('joins code and text, and leaves out what is missing', () => {
    expect(gatewayMessage('167', 'Original pspReference required')).toBe('167 Original pspReference required')
    expect(gatewayMessage(null, undefined, '', 'No code')).toBe('No code')
    expect(gatewayMessage()).toBe('')
  })

  it.each([
    ['line breaks', 'a\r\nb\u2028c\td', 'a b c d'],
    ['escape sequences of a terminal', 'a\u001b[31mb', 'a [31mb'],
    ['text turned around', 'pay\u202Efdp.exe', 'pay fdp.exe'],
    ['invisible letters', 'a\u200Bb\uFEFFc', 'a b c'],
  ])('takes out %s', (_, text, clean) => {
    expect(gatewayMessage(text)).toBe(clean)
  })

  it.each([
    ['a card number', 'Card 4111111111111111 declined', 'Card [number removed] declined'],
    ['one in groups', 'Card 4111 1111 1111 1111.', 'Card [number removed].'],
    ['one with dashes', '5500-0055-5555-5559', '[number removed]'],
    ['15 digits', 'amex 3782 822463 10005', 'amex [number removed]'],
    ['digits of another script', '٤١١١١١١١١١١١١١١١', '[number removed]'],
    ['digits held apart by invisible letters', '4111\u200B1111\u200B1111\u200B1111', '[number removed]'],
    ['an account number', 'IBAN NL13TEST0123456789 closed', 'IBAN [number removed] closed'],
    ['one in groups', 'IBAN NL13 TEST 0123 4567 89 closed', 'IBAN [number removed] closed'],
  ])('removes %s', (_, text, clean) => {
    expect(gatewayMessage(text)).toBe(clean)
  })

  it('keeps amounts, codes and references that are no card number', () => {
    const text = '702 amount 1234567.89 EUR of NC6HT9CRT65ZGN82 on 2026-11-01'
    expect(gatewayMessage(text)).toBe(text)
  })

  it('is one line of at most 255 letters without a control character, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const message = gatewayMessage(text)
        expect(Array.from(message).length).toBeLessThanOrEqual(255)
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(message).not.toMatch(/\d{13}/)
      }),
    )
  })
})
