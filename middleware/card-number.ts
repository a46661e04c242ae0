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
        if (isCardNumber(digits.slice(start, start + length))) return true
      }
    }
    return false
  })
}

/** Whether 13 to 19 digits begin like a card's and pass Luhn. */
export function isCardNumber(digits: string): boolean {
  return /^[2-6]\d{12,18}$/.test(digits) && passesLuhn(digits)
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, character, place) => {
    const doubled = Number(character) * (place % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
