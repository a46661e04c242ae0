import ts from 'typescript'
import { fieldProblem } from './custom-object.ts'
import type { Finding } from './finding.ts'
import { lightningBundles } from './lightning-bundle.ts'
import { namesOf, type SalesforcePackage } from './salesforce-package.ts'

/** One `import … from '…'` of a Lightning web component. */
export interface ModuleImport {
  readonly file: string
  readonly line: number
  readonly module: string
}

/** What components import from the platform and from each other is in the package. */
export function checkLightningImports(salesforce: SalesforcePackage): readonly Finding[] {
  const bundles = new Set([...lightningBundles(salesforce).keys()].map((folder) => folder.split('/').at(-1) ?? ''))
  const imports = importsOf(salesforce).flatMap(({ file, line, module }) => {
    const problem = importProblem(salesforce, bundles, module)
    return problem === null ? [] : [{ file, line, message: problem }]
  })
  return [...imports, ...childComponents(salesforce, bundles)]
}

/** Every import of every component's code, its tests left out. */
export function importsOf(salesforce: SalesforcePackage): readonly ModuleImport[] {
  const files = [...lightningBundles(salesforce).values()].flat().filter((file) => /\.(ts|js)$/.test(file))
  return files.flatMap((file) => {
    const text = salesforce.read(file)
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    return source.statements
      .filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
      .flatMap((statement) => {
        const specifier = statement.moduleSpecifier
        if (specifier === undefined || !ts.isStringLiteral(specifier)) return []
        const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1
        return [{ file, line, module: specifier.text }]
      })
  })
}

function importProblem(salesforce: SalesforcePackage, bundles: ReadonlySet<string>, module: string): string | null {
  const [scope = '', kind = '', ...rest] = module.split('/')
  const name = rest.join('/')
  if (scope === 'c') return bundles.has(kind) ? null : `There is no component c/${kind} in the package`
  if (scope !== '@salesforce') return null
  if (kind === 'apex') return apexProblem(salesforce, name)
  if (kind === 'schema') return schemaProblem(salesforce, name)
  if (kind === 'customPermission') return absent(namesOf(salesforce, 'CustomPermission'), 'custom permission', name)
  if (kind === 'resourceUrl') return absent(namesOf(salesforce, 'StaticResource'), 'static resource', name)
  return null
}

function absent(known: ReadonlySet<string>, kind: string, name: string): string | null {
  return known.has(name) ? null : `There is no ${kind} ${name} in the package; correct the name`
}

function apexProblem(salesforce: SalesforcePackage, path: string): string | null {
  const [className = '', method = ''] = path.split('.')
  const file = salesforce.files.find((candidate) => candidate.endsWith(`/${className}.cls`))
  if (file === undefined) return `There is no Apex class ${className} in the package`
  const declared = new RegExp(`@AuraEnabled(\\s*\\([^)]*\\))?[^;{]*\\bstatic\\b[^;{(]*\\b${method}\\s*\\(`, 'i')
  if (declared.test(salesforce.read(file))) return null
  return `${className} has no static @AuraEnabled method ${method}; correct the name or annotate the method`
}

function schemaProblem(salesforce: SalesforcePackage, path: string): string | null {
  const [object = '', ...field] = path.split('.')
  if (field.length === 0) return absent(new Set(salesforce.objects.keys()), 'object', object)
  return fieldProblem(salesforce.objects, object, field.join('.'))
}

/** `<c-refund-line>` in a template is the component refundLine. */
function childComponents(salesforce: SalesforcePackage, bundles: ReadonlySet<string>): readonly Finding[] {
  const templates = [...lightningBundles(salesforce).values()].flat().filter((file) => file.endsWith('.html'))
  return templates.flatMap((file) => {
    const lines = salesforce.read(file).split('\n')
    return lines.flatMap((text, index) =>
      [...text.matchAll(/<c-([a-z0-9-]+)/g)]
        .map(([, tag = '']) => tag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()))
        .filter((name) => !bundles.has(name))
        .map((name) => ({ file, line: index + 1, message: `There is no component ${name} in the package` })),
    )
  })
}
