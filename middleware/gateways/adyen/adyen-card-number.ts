import { isCardNumber } from '../../card-number.ts'

/** Digits with their separators, as a whole: Adyen's own references are digits too, and a part of one may pass Luhn. */
const NUMBER = /(?<![\p{L}\d])\d(?:[\s._\-/]*\d){12,18}(?![\p{L}\d])/gu

/** Whether a text that a person gave holds a card number. Source: ISO/IEC 7812; issuer ranges 2 to 6, Luhn. */
export function isCardNumberIn(text: string): boolean {
  const numbers = text.normalize('NFKC').match(NUMBER) ?? []
  return numbers.some((number) => isCardNumber(number.replace(/\D/g, '')))
}
