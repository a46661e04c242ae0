import compiler from '@lwc/sfdc-lwc-compiler'
import ts from 'typescript'
import type { Finding } from './finding.ts'
import { lightningBundles } from './lightning-bundle.ts'
import { lightningCompilerOptions } from './lightning-typescript.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

const COMPILED = /\.(ts|js|html|css)$/
const WARNING = 2

/** Every Lightning web component, compiled as the platform does it; what TypeScript adds is taken away first. */
export async function checkLightningCompiler(salesforce: SalesforcePackage): Promise<readonly Finding[]> {
  const options = lightningCompilerOptions(salesforce.directory)
  const findings: Finding[] = []
  for (const [folder, files] of lightningBundles(salesforce)) {
    findings.push(...(await compileBundle(salesforce, folder, files, options)))
  }
  return findings
}

async function compileBundle(
  salesforce: SalesforcePackage,
  folder: string,
  files: readonly string[],
  options: ts.CompilerOptions,
): Promise<readonly Finding[]> {
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const sources = files.filter((file) => COMPILED.test(file))
  if (!files.some((file) => file === `${folder}/${name}.js-meta.xml`)) {
    return [{ file: folder, message: `The component has no ${name}.js-meta.xml; add it` }]
  }
  const contents = sources.map((file) => [
    file.slice(folder.length + 1).replace(/\.ts$/, '.js'),
    file.endsWith('.ts')
      ? ts.transpileModule(salesforce.read(file), { fileName: file, compilerOptions: options }).outputText
      : salesforce.read(file),
  ])
  const { diagnostics, success, results } = await compiler.compile({
    bundle: { type: 'platform', namespace: 'c', name, files: Object.fromEntries(contents) },
  })
  const told = [...diagnostics, ...(results ?? []).flatMap((result) => result.diagnostics)]
  const findings = told
    .filter((diagnostic) => diagnostic.level < WARNING)
    .map((diagnostic) => ({
      file: sourceOf(sources, folder, diagnostic.filename),
      ...(diagnostic.location === undefined ? {} : { line: diagnostic.location.line }),
      message: diagnostic.message.replace(/\s+/g, ' '),
    }))
  if (!success && findings.length === 0) return [{ file: folder, message: 'The compiler refused it without a reason' }]
  return unique(findings)
}

function sourceOf(sources: readonly string[], folder: string, filename: string | undefined): string {
  const wanted = filename?.split('/').at(-1)?.replace(/\.js$/, '')
  return (
    sources.find(
      (file) =>
        wanted !== undefined &&
        file
          .split('/')
          .at(-1)
          ?.replace(/\.(ts|js)$/, '') === wanted,
    ) ?? folder
  )
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}
