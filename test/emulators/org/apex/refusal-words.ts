import type { ApexContext } from './apex-runtime.ts'

type Details = Readonly<Record<string, string>>

/** Stand-in of RefusalWords.cls: the org's own label of a code; else the text that came. */
export function refusalWords<Came extends string | null>(
  apex: ApexContext,
  what: 'Sentence' | 'Remedy',
  code: string | null | undefined,
  came: Came,
  details: Details = {},
): string | Came {
  const key = code === 'not_possible_now' ? (details['because'] ?? code) : code
  const name = `Error_${key?.toUpperCase()}_${what}`
  const label = apex.label(name)
  if (!key || label === name) return came
  const filled = label.replace(/\{(\w+)\}/g, (gap, detail: string) => details[detail] ?? gap)
  return /\{\w+\}/.test(filled) ? came : filled
}
