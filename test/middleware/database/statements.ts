import { globSync, readFileSync } from 'node:fs'

/** What the product's own SQL writes, read from its text: so that a right is missed here and not in a rare hour of production. */
export interface Statements {
  /** Table → columns, of every UPDATE and ON CONFLICT DO UPDATE. A table that the code names by a variable is `${…}`. */
  readonly updates: readonly { readonly table: string; readonly columns: readonly string[] }[]
  readonly inserts: ReadonlySet<string>
  readonly deletes: ReadonlySet<string>
}

export function statementsOf(folder: string): Statements {
  // The migrations run as the owner.
  const sources = globSync(`${folder}/**/*.ts`).map((file) => readFileSync(file, 'utf8').replace(/--.*$/gm, ''))
  const all = (pattern: RegExp) => sources.flatMap((text) => [...text.matchAll(pattern)].map(([, table]) => table!))
  return {
    updates: sources.flatMap(updatesIn),
    inserts: new Set(all(/\bINSERT INTO (\w+)/g)),
    deletes: new Set(all(/\bDELETE FROM (\w+)/g)),
  }
}

const SET =
  /\bUPDATE (\$\{\w+\}|\w+)(?: (?:AS )?\w+)?\s+SET\s|\bINSERT INTO (\w+)(?: AS \w+)?\s[^`]*?\bDO UPDATE\s+SET\s/g

function updatesIn(text: string) {
  return [...text.matchAll(SET)].map((match) => ({
    table: (match[1] ?? match[2])!,
    columns: assignmentsOf(text.slice(match.index + match[0].length)).map(
      // What the code puts together elsewhere stands for itself.
      (assignment) => /^(\w+)\s*=/.exec(assignment.trim())?.[1] ?? assignment.trim(),
    ),
  }))
}

/** "a = f(1, 2), b = 3 WHERE …" → ["a = f(1, 2)", " b = 3 "] */
function assignmentsOf(text: string): string[] {
  const assignments = ['']
  let depth = 0
  for (let place = 0; place < text.length; place++) {
    const next = text[place]!
    if ('({'.includes(next)) depth++
    if (')}'.includes(next)) depth--
    if (depth < 0 || next === '`' || (depth === 0 && /^\b(WHERE|FROM|RETURNING)\b/.test(text.slice(place)))) break
    if (depth === 0 && next === ',') assignments.push('')
    else assignments.push(assignments.pop()! + next)
  }
  return assignments
}
