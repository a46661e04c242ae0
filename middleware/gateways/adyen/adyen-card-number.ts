/** Digits with their separators, as a whole: Adyen's own references are digits too, and a part of one may pass Luhn. */
const NUMBER = /(?<![\p{L}\d])\d(?:[\s._\-/]*\d){12,18}(?![\p{L}\d])/gu

/** Whether a text that a person gave holds a card number. Source: ISO/IEC 7812; issuer ranges 2 to 6, Luhn. */
export function isCardNumberIn(text: string): boolean {
  const numbers = text.normalize('NFKC').match(NUMBER) ?? []
  return numbers.map((number) => number.replace(/\D/g, '')).some((digits) => /^[2-6]/.test(digits) && luhn(digits))
}

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const counted = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return total + (counted > 9 ? counted - 9 : counted)
  }, 0)
  return sum % 10 === 0
}
