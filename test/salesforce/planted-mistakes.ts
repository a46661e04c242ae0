import type { Check } from '../../scripts/salesforce/finding.ts'
import { PlantedPackage } from './planted-package.ts'

/** One replacement in one file of the package, and what the check must say about it. */
export type Mistake = readonly [what: string, file: string, from: string, to: string, finding: RegExp]

/** Plants each mistake in a copy of its own, and expects the check to find it, and nothing in the package as it is. */
export function itFindsEach(check: Check, mistakes: readonly Mistake[]): void {
  let planted: PlantedPackage
  beforeEach(() => {
    planted = new PlantedPackage()
  })
  afterEach(() => planted.close())

  it.each(mistakes)('finds %s', async (_what, file, from, to, finding) => {
    planted.replace(file, from, to)
    expect((await planted.findings(check)).join('\n')).toMatch(finding)
  })

  it('finds nothing in the package as it is', async () => {
    expect(await planted.findings(check)).toEqual([])
  })
}
