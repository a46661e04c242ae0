/** A query whose every value went through escaping: only `soql` makes one. */
export class Soql {
  readonly text: string

  constructor(strings: TemplateStringsArray, values: readonly SoqlValue[]) {
    const parts = strings.map((part) => part.replace(/\s+/g, ' '))
    this.text = parts.reduce((text, part, place) => text + literal(values[place - 1] as SoqlValue) + part)
  }
}

export type SoqlValue = string | number | boolean | null | Date | readonly string[]

/** What is written in the template is the query, what is put into it are values: a value cannot become query. */
export function soql(strings: TemplateStringsArray, ...values: readonly SoqlValue[]): Soql {
  return new Soql(strings, values)
}

function literal(value: SoqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quote(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('a SOQL number must be finite')
    return String(value)
  }
  if (value.length === 0) throw new RangeError('a SOQL list must hold at least one value')
  return `(${value.map(quote).join(', ')})`
}

/** Source: SOQL and SOSL Reference, Quoted String Escape Sequences. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

function quote(text: string): string {
  const escaped = text.replace(/[\\'"\n\r\t\b\f]/g, (character) => ESCAPES[character]!)
  if (/\p{Cc}/u.test(escaped)) throw new RangeError('a SOQL text must hold no control characters')
  return `'${escaped}'`
}
