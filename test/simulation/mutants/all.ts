import { BOOKS } from './books.ts'
import { EVENTS } from './events.ts'
import type { Mutant } from './mutant.ts'
import { SENDING } from './sending.ts'
import { WORK } from './work.ts'

/** Every planted bug there is. */
export const MUTANTS: readonly Mutant[] = [...BOOKS, ...SENDING, ...EVENTS, ...WORK]

/** @throws RangeError when there is no such planted bug */
export function mutantNamed(name: string | null): Mutant | null {
  if (name === null) return null
  const found = MUTANTS.find((mutant) => mutant.name === name)
  if (!found) throw new RangeError(`there is no planted bug ${name}`)
  return found
}
