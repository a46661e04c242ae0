const SHAPE = /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/

/** As it is sent: capital letters, no spaces. */
export function compactIban(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase()
}

/** As people read it: groups of four. */
export function spacedIban(text: string): string {
  return compactIban(text).replace(/(.{4})(?=.)/g, '$1 ')
}

/**
 * Shape and check digits (ISO 7064 MOD 97-10): country and check digits go to the end, letters become 10 to 35, and the
 * remainder by 97 is 1. Source: ISO 13616-1, "Validation of an IBAN".
 */
export function isIban(text: string): boolean {
  const iban = compactIban(text)
  if (!SHAPE.test(iban)) return false
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((character) => parseInt(character, 36)).join('')
  return BigInt(digits) % 97n === 1n
}
