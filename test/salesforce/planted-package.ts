import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Check } from '../../scripts/salesforce/finding.ts'
import { readPackage, type SalesforcePackage } from '../../scripts/salesforce/salesforce-package.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGE = 'force-app/main/default'

/** A copy of the package in which mistakes are planted; paths are those below force-app/main/default. */
export class PlantedPackage {
  readonly directory = mkdtempSync(join(tmpdir(), 'planted-package-'))

  constructor() {
    for (const name of ['force-app', 'sfdx-project.json', '.forceignore']) {
      cpSync(join(PROJECT, name), join(this.directory, name), {
        recursive: true,
        filter: (path) => !path.includes('__tests__'),
      })
    }
  }

  /** @throws Error when the text is not there, so that no plan fails silently */
  replace(path: string, from: string, to: string): this {
    const file = this.#path(path)
    const text = readFileSync(file, 'utf8')
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
    writeFileSync(file, text.replace(from, to))
    return this
  }

  write(path: string, text: string): this {
    mkdirSync(dirname(this.#path(path)), { recursive: true })
    writeFileSync(this.#path(path), text)
    return this
  }

  remove(path: string): this {
    rmSync(this.#path(path))
    return this
  }

  /** What a check says, one line per finding: `path: message`. */
  async findings(check: Check): Promise<readonly string[]> {
    const findings = await check(this.read())
    return findings.map(({ file, message }) => `${file.replace(`${PACKAGE}/`, '')}: ${message}`)
  }

  read(): SalesforcePackage {
    return readPackage(this.directory)
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #path(path: string): string {
    return join(this.directory, PACKAGE, path)
  }
}

export const CLASS_METADATA = `<?xml version="1.0" encoding="UTF-8" ?>
<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata">
  <apiVersion>64.0</apiVersion>
  <status>Active</status>
</ApexClass>
`
