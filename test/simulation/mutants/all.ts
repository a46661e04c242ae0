import type { Mutant } from './mutant.ts'

export const MUTANTS: readonly Mutant[] = []

/** @throws RangeError when there is no such planted bug */
export function mutantNamed(name: string | null): Mutant | null {
  if (name === null) return null
  const found = MUTANTS.find((mutant) => mutant.name === name)
  if (!found) throw new RangeError(`there is no planted bug ${name}`)
  return found
}
