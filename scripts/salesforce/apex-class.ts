import type { SalesforcePackage } from './salesforce-package.ts'

export interface ApexClass {
  readonly file: string
  readonly source: string
  /** The source with comments and the text of strings blanked out; every line stays where it was. */
  readonly code: string
}

/** Classes and triggers of the package. */
export function apexClasses(salesforce: SalesforcePackage): readonly ApexClass[] {
  return salesforce.files
    .filter((file) => /\.(cls|trigger)$/.test(file))
    .map((file) => {
      const source = salesforce.read(file)
      return { file, source, code: blankText(source) }
    })
}

function blankText(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'/g, (text) => text.replace(/[^\n]/g, ' '))
}
