/**
 * Whether a free text holds what looks like a card number: 13 to 19 digits, however spaced or written, that begin like a card's and
 * pass Luhn. Source: ISO/IEC 7812; issuer ranges 2 to 6.
 */
export function holdsCardNumber(text: string): boolean {
  // NFKC turns full-width and other Unicode digits into ASCII ones.
  const runs = text.normalize('NFKC').match(/\d(?:[\s._\-/]*\d){12,}/g) ?? []
  return runs.some((run) => {
    const digits = run.replace(/\D/g, '')
    for (let start = 0; start + 13 <= digits.length; start++) {
      for (let length = 13; length <= 19 && start + length <= digits.length; length++) {
        const candidate = digits.slice(start, start + length)
        if (/^[2-6]/.test(candidate) && passesLuhn(candidate)) return true
      }
    }
    return false
  })
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, character, place) => {
    const doubled = Number(character) * (place % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

/** Names that gateways give to raw card data. Source: Adyen, /refundWithData; Braintree, Transaction: Credit. */
const CARD_FIELDS =
  /^(encrypted)?(card|credit_?card|card_?number|cvc|cvv|security_?code|expiry_?(month|year|date)|pan)$/i

/** Whether a body that was refused names card data, two levels deep; none of its values is looked at. */
export function holdsCardData(body: unknown, depth = 2): boolean {
  if (typeof body !== 'object' || body === null || depth < 0) return false
  return Object.entries(body).some(
    ([name, value]) =>
      CARD_FIELDS.test(name) || (name === 'kind' && value === 'card') || holdsCardData(value, depth - 1),
  )
}
