// 13 to 19 digits, in groups or not: what a card number looks like. A reference of only digits goes with them, which
// costs nothing.
const CARD_LIKE = /\p{Nd}(?:[ \-.]?\p{Nd}){12,18}/gu
const IBAN_LIKE = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g

/**
 * What a gateway said, fit to be stored and shown: one line of at most 255 characters, no card or account number in
 * it.
 */
export function gatewayMessage(...parts: readonly (string | null | undefined)[]): string {
  const text = oneLine(parts.filter((part) => part).join(' '))
  return atMost255(text.replace(IBAN_LIKE, '[number removed]').replace(CARD_LIKE, '[number removed]'))
}

/** A code or a reference as it came, but in one line and at most 255 characters. */
export function gatewayWord(text: string): string {
  return atMost255(oneLine(text))
}

/** Control and format characters would break a line of the log or turn the text around on the screen. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function atMost255(text: string): string {
  const letters = Array.from(text)
  return letters.length > 255 ? `${letters.slice(0, 254).join('')}…` : text
}
