const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The 18-character form of a 15-character id: three letters that say which of its letters are capitals. */
export function withChecksum(id15: string): string {
  let suffix = ''
  for (let chunk = 0; chunk < 3; chunk++) {
    let bits = 0
    for (let place = 0; place < 5; place++) {
      const letter = id15[chunk * 5 + place] as string
      if (letter >= 'A' && letter <= 'Z') bits += 1 << place
    }
    suffix += CHECKSUM[bits]
  }
  return id15 + suffix
}

/** The 18-character form of an id given in either form; null when the text is not an id. */
export function normalId(text: unknown): string | null {
  if (typeof text !== 'string' || !/^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$/.test(text)) return null
  const full = withChecksum(text.slice(0, 15))
  return text.length === 15 || text === full ? full : null
}

/** Record id number `serial` of the object with this three-character key prefix. */
export function recordId(keyPrefix: string, serial: number): string {
  let digits = ''
  for (let rest = serial; rest > 0; rest = Math.floor(rest / 62)) digits = (BASE62[rest % 62] as string) + digits
  return withChecksum(keyPrefix + digits.padStart(12, '0'))
}

/** The number that `recordId` was given. */
export function serialOf(id: string): number {
  return [...id.slice(3, 15)].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0)
}
