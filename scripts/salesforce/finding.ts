import type { SalesforcePackage } from './salesforce-package.ts'

/** One thing that is wrong: where it stands, what it is, and how to mend it. */
export interface Finding {
  /** Path from the project's folder. */
  readonly file: string
  readonly line?: number
  readonly message: string
}

/** Looks at the whole package for one kind of mistake. */
export type Check = (salesforce: SalesforcePackage) => readonly Finding[] | Promise<readonly Finding[]>
