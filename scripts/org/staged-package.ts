import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { lightningCompilerOptions } from '../salesforce/lightning-typescript.ts'

/** What differs from org to org. */
export interface OrgValues {
  /** Where the org reaches the middleware; https. */
  readonly middlewareUrl: string
  /** `server.audience` in the configuration of the middleware. */
  readonly audience: string
  /** Name of the certificate in the org that signs its requests. */
  readonly certificate: string
}

/** The package's own values, which a deployment replaces. */
export const PACKAGED: OrgValues = {
  middlewareUrl: 'https://refund-relay.example.com',
  audience: 'refund-relay',
  certificate: 'Refund_Relay',
}

const PACKAGE = 'force-app/main/default'
const CREDENTIALS = ['namedCredentials', 'externalCredentials']

/** A copy of the project ready to be deployed: TypeScript emitted as the .js that the platform runs, the org's values filled in. */
export class StagedPackage {
  readonly directory = mkdtempSync(join(tmpdir(), 'refund-relay-deploy-'))

  /** @param values null keeps the credentials of the org as they are: they are left out */
  constructor(project: string, values: OrgValues | null) {
    for (const name of ['force-app', 'sfdx-project.json', '.forceignore', 'scripts/org']) {
      cpSync(join(project, name), join(this.directory, name), { recursive: true })
    }
    this.#emitComponents()
    if (values === null) {
      for (const folder of CREDENTIALS) rmSync(join(this.directory, PACKAGE, folder), { recursive: true })
    } else {
      this.#fillIn(values)
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #emitComponents(): void {
    const compilerOptions = lightningCompilerOptions(this.directory)
    const folder = join(this.directory, PACKAGE, 'lwc')
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.d.ts') || name.includes('__')) continue
      const file = join(folder, name)
      const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions })
      writeFileSync(file.replace(/\.ts$/, '.js'), outputText)
    }
  }

  #fillIn(values: OrgValues): void {
    const named = join(this.directory, PACKAGE, 'namedCredentials/Refund_Relay.namedCredential-meta.xml')
    replaceElement(named, 'parameterValue', PACKAGED.middlewareUrl, values.middlewareUrl)
    const external = join(this.directory, PACKAGE, 'externalCredentials/Refund_Relay.externalCredential-meta.xml')
    replaceElement(external, 'parameterValue', PACKAGED.audience, values.audience)
    replaceElement(external, 'certificate', PACKAGED.certificate, values.certificate)
  }
}

function replaceElement(file: string, element: string, packaged: string, value: string): void {
  const text = readFileSync(file, 'utf8')
  const from = `<${element}>${packaged}</${element}>`
  if (!text.includes(from)) throw new Error(`${file} holds no ${from}: the package and its deployment have come apart`)
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  writeFileSync(
    file,
    text.replace(from, () => `<${element}>${escaped}</${element}>`),
  )
}
