/**
 * An IBAN as a bank writes it, without spaces and in capitals, or null when it is none. Whether the account exists is
 * not known. Source: ISO 13616; the check is ISO 7064 mod 97-10.
 */
export function readIban(text: string): string | null {
  const iban = text.replace(/\s/g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(iban)) return null
  // 00, 01 and 99 pass the sum as 97, 98 and 02 do, but no bank gives them out.
  if (['00', '01', '99'].includes(iban.slice(2, 4))) return null
  return remainder(iban.slice(4) + iban.slice(0, 4)) === 1 ? iban : null
}

/** Letters count as 10 to 35; taken digit by digit, because the whole is beyond what a number holds. */
function remainder(text: string): number {
  const digits = [...text].map((character) => String(Number.parseInt(character, 36))).join('')
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0)
}

/**
 * Takes an account and its owner out of a text, however the account is spaced, and parts of it as well: what Adyen
 * says of a credit is stored, shown and logged.
 */
export function concealAccount(text: string, account: { readonly iban: string; readonly ownerName: string }): string {
  const { iban, ownerName } = account
  const withoutWhole = [iban, iban.slice(4)].reduce(
    (left, number) => left.replace(new RegExp([...number].join('[^\\p{L}\\p{N}]*'), 'giu'), REMOVED),
    text,
  )
  const withoutParts = withoutWhole.replace(/[\p{L}\p{N}]{6,}/gu, (word) =>
    iban.includes(word.toUpperCase()) ? REMOVED : word,
  )
  const name = ownerName.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return withoutParts.replace(new RegExp(name, 'giu'), '[name removed]')
}

const REMOVED = '[number removed]'
