import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import type { Plugin } from 'rollup'
import { objectDescriptions } from './object-descriptions.ts'

const KNOWN =
  /^@salesforce\/(apex|schema|customPermission|user|resourceUrl)(\/|$)|^@salesforce\/i18n\/(lang|locale|timeZone)$|^@salesforce\/label\/c\./
const OBJECTS = '@refund-relay/objects'
/** Of both users. The time zone is the visitor's own: nobody reads times in another one without being told. */
const USERS_WAYS: Record<string, string> = {
  lang: "export default 'en'",
  locale: "export default 'en-GB'",
  timeZone: 'export default Intl.DateTimeFormat().resolvedOptions().timeZone',
}
const STANDARD_FIELDS = [
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
]

/**
 * What the platform answers for `@salesforce/…` imports, made from the package's own metadata: an import of something
 * the package does not contain fails the bundle, as it fails a deployment. `@refund-relay/objects` gives the shell the
 * labels and layouts of the objects.
 */
export function salesforceModules(forceApp: string): Plugin {
  const labels = customLabels(forceApp)
  const source: Record<string, (name: string) => string> = {
    apex: (name) => apexModule(forceApp, name),
    schema: (name) => exportOf(schemaReference(forceApp, name)),
    label: (name) => exportOf(labelValue(labels, name)),
    customPermission: (name) => {
      existsOrThrow(join(forceApp, `customPermissions/${name}.customPermission-meta.xml`), `custom permission ${name}`)
      return `import { holdsPermission } from 'relay/session'\nexport default holdsPermission(${JSON.stringify(name)})`
    },
    user: (name) => {
      if (name === 'Id') return "import { session } from 'relay/session'\nexport default session().user.id"
      if (name === 'isGuest') return exportOf(false)
      throw new Error(`@salesforce/user/${name} does not exist: only Id and isGuest do.`)
    },
    i18n: (name) => USERS_WAYS[name]!,
    resourceUrl: (name) => exportOf(`/resource/${name}`),
  }
  return {
    name: 'salesforce-modules',
    resolveId: (id) => (KNOWN.test(id) || id === OBJECTS ? `\0${id}` : null),
    load(id) {
      if (id === `\0${OBJECTS}`) return exportOf(objectDescriptions(forceApp))
      if (!id.startsWith('\0@salesforce/')) return null
      const [, kind, ...rest] = id.slice(1).split('/')
      return source[kind!]!(rest.join('/'))
    },
  }
}

const exportOf = (value: unknown): string => `export default ${JSON.stringify(value)}`

function existsOrThrow(file: string, what: string): void {
  if (!existsSync(file)) throw new Error(`There is no ${what}: ${file} is missing. Correct the import, or add it.`)
}

function apexModule(forceApp: string, name: string): string {
  if (!name) return "export { refreshApex, getSObjectValue } from 'relay/apex'"
  const [className, method] = name.split('.')
  const file = join(forceApp, `classes/${className}.cls`)
  existsOrThrow(file, `Apex class ${className}`)
  const declared = new RegExp(`@AuraEnabled[^;{}]*\\bstatic\\b[^;{}]*\\b${method}\\s*\\(`, 'i')
  if (!declared.test(readFileSync(file, 'utf8'))) {
    throw new Error(`${className} has no static @AuraEnabled method ${method}. Correct the import, or add the method.`)
  }
  return `import { apexMethod } from 'relay/apex'\nexport default apexMethod(${JSON.stringify(name)})`
}

function schemaReference(forceApp: string, name: string): { objectApiName: string; fieldApiName?: string } {
  const [objectApiName, ...path] = name.split('.')
  const folder = join(forceApp, 'objects', objectApiName!)
  existsOrThrow(folder, `object ${objectApiName}`)
  const field = path[0]
  if (field === undefined) return { objectApiName: objectApiName! }
  // A path over a relationship (Payment__r.Name) is named by the relationship's own field.
  const file = join(folder, 'fields', `${field.replace(/__r$/, '__c')}.field-meta.xml`)
  if (!STANDARD_FIELDS.includes(field)) existsOrThrow(file, `field ${objectApiName}.${field}`)
  return { objectApiName: objectApiName!, fieldApiName: path.join('.') }
}

function labelValue(labels: Map<string, string>, name: string): string {
  const value = labels.get(name.replace(/^c\./, ''))
  if (value === undefined) {
    throw new Error(`There is no custom label ${name}. Correct the import, or add it to CustomLabels.labels-meta.xml.`)
  }
  return value
}

function customLabels(forceApp: string): Map<string, string> {
  const file = join(forceApp, 'labels/CustomLabels.labels-meta.xml')
  if (!existsSync(file)) return new Map()
  const parser = new XMLParser({ parseTagValue: false, isArray: (tag) => tag === 'labels' })
  const parsed = parser.parse(readFileSync(file, 'utf8')) as {
    CustomLabels?: { labels?: { fullName: string; value: string }[] }
  }
  return new Map((parsed.CustomLabels?.labels ?? []).map(({ fullName, value }) => [fullName, value]))
}
