import { parseArgs } from 'node:util'
import type { Check } from './finding.ts'
import { findJava } from './java.ts'
import { readPackage } from './salesforce-package.ts'

const HELP = `Checks the Salesforce package without an org.

  node scripts/salesforce/check.ts [--directory <project>] [--only <check>,…]

  --directory  the folder that holds sfdx-project.json and force-app; this folder by default
  --only       run these checks alone

Exit code 0: nothing found. 1: one line per finding. 2: the command itself is wrong.
apex-ls and PMD need Java 11 or newer, from JAVA_HOME or the PATH.
`

type LazyCheck = () => Promise<Check>

// Loaded when they run: the compilers behind some of them take seconds.
const CHECKS: Readonly<Record<string, LazyCheck>> = {
  'metadata-types': async () => (await import('./metadata-types.ts')).checkMetadataTypes,
  'field-references': async () => (await import('./field-references.ts')).checkFieldReferences,
  'component-references': async () => (await import('./component-references.ts')).checkComponentReferences,
  formulas: async () => (await import('./formulas.ts')).checkFormulas,
  'permission-sets': async () => (await import('./permission-sets.ts')).checkPermissionSets,
  labels: async () => (await import('./labels.ts')).checkLabels,
  'lightning-imports': async () => (await import('./lightning-imports.ts')).checkLightningImports,
  'lightning-compiler': async () => (await import('./lightning-compiler.ts')).checkLightningCompiler,
  'apex-syntax': async () => (await import('./apex-syntax.ts')).checkApexSyntax,
  'apex-queries': async () => (await import('./apex-queries.ts')).checkApexQueries,
  'apex-names': async () => (await import('./apex-names.ts')).checkApexNames,
  conversion: async () => (await import('./conversion.ts')).checkConversion,
}
const JAVA_CHECKS: Readonly<Record<string, LazyCheck>> = {
  'apex-ls': async () => (await import('./apex-ls.ts')).checkApexTypes,
  pmd: async () => (await import('./pmd.ts')).checkSecurity,
}

process.exitCode = await main()

async function main(): Promise<number> {
  const all = { ...JAVA_CHECKS, ...CHECKS }
  const values = readOptions(Object.keys(all))
  if (values === null) return 2
  if (values.help) {
    process.stdout.write(`${HELP}\nChecks: ${Object.keys(all).join(', ')}\n`)
    return 0
  }
  const names = values.only.split(',')
  const unknown = names.filter((name) => !(name in all))
  if (unknown.length > 0) {
    process.stderr.write(`There is no check ${unknown.join(', ')}. Choose from: ${Object.keys(all).join(', ')}.\n`)
    return 2
  }
  return report(values.directory, names, findJava() !== null)
}

function readOptions(names: readonly string[]) {
  try {
    return parseArgs({
      options: {
        directory: { type: 'string', default: process.cwd() },
        only: { type: 'string', default: names.join(',') },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message} See --help.\n`)
    return null
  }
}

async function report(directory: string, names: readonly string[], java: boolean): Promise<number> {
  const started = performance.now()
  const salesforce = readPackage(directory)
  const wanted = (checks: Readonly<Record<string, LazyCheck>>) =>
    Object.entries(checks).filter(([name]) => names.includes(name))
  // Java works beside this process, so it starts first and is waited for last.
  const beside = java
    ? wanted(JAVA_CHECKS).map(async ([name, load]) => [name, await (await load())(salesforce)] as const)
    : []
  let found = 0
  const tell = (name: string, findings: Awaited<ReturnType<Check>>) => {
    for (const { file, line, message } of findings) {
      process.stdout.write(`${file}${line === undefined ? '' : `:${line}`}  ${message}  [${name}]\n`)
    }
    found += findings.length
  }
  for (const [name, load] of wanted(CHECKS)) tell(name, await (await load())(salesforce))
  for (const result of beside) tell(...(await result))
  const leftOut = java ? [] : wanted(JAVA_CHECKS).map(([name]) => name)
  if (leftOut.length > 0) {
    process.stdout.write(
      `Left out: ${leftOut.join(' and ')}, because no Java 11 or newer was found (JAVA_HOME, PATH).\n`,
    )
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const result = found === 0 ? 'nothing found' : `${found} ${found === 1 ? 'finding' : 'findings'}`
  process.stdout.write(
    `Salesforce package: ${names.length - leftOut.length} checks over ${salesforce.files.length} files, ${result} (${seconds} s).\n`,
  )
  return found === 0 ? 0 : 1
}
