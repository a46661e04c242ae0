import { apexClasses, type ApexClass } from './apex-class.ts'
import type { Finding } from './finding.ts'
import { namesOf, type SalesforcePackage } from './salesforce-package.ts'

/** Names that Apex takes from the package: fields and objects, custom permissions, named credentials, static resources. */
export function checkApexNames(salesforce: SalesforcePackage): readonly Finding[] {
  const custom = customNames(salesforce)
  const permissions = namesOf(salesforce, 'CustomPermission')
  const credentials = namesOf(salesforce, 'NamedCredential')
  return apexClasses(salesforce).flatMap((apex) => [
    ...unknown(apex, apex.code, /\b([A-Za-z]\w*__[cr])\b/g, custom, 'field, object or relationship'),
    ...unknown(apex, apex.source, /checkPermission\(\s*'(\w+)'/g, permissions, 'custom permission'),
    ...unknown(apex, apex.source, /'callout:(\w+)/g, credentials, 'named credential'),
    ...withoutMetadata(salesforce, apex),
  ])
}

function customNames(salesforce: SalesforcePackage): ReadonlySet<string> {
  const names = new Set(salesforce.objects.keys())
  for (const object of salesforce.objects.values()) {
    for (const field of object.fields.values()) {
      names.add(field.name)
      if (field.referenceTo !== null) names.add(field.name.replace(/__c$/, '__r'))
      if (field.relationshipName !== null) names.add(`${field.relationshipName}__r`)
    }
  }
  return names
}

function unknown(
  { file }: ApexClass,
  text: string,
  pattern: RegExp,
  known: ReadonlySet<string>,
  kind: string,
): readonly Finding[] {
  return [...text.matchAll(pattern)]
    .filter(([, name = '']) => !known.has(name))
    .map((match) => ({
      file,
      line: text.slice(0, match.index).split('\n').length,
      message: `There is no ${kind} ${match[1]} in the package; correct the name`,
    }))
}

function withoutMetadata(salesforce: SalesforcePackage, { file }: ApexClass): readonly Finding[] {
  if (salesforce.files.includes(`${file}-meta.xml`)) return []
  return [
    {
      file,
      message: `The class has no ${file.split('/').at(-1)}-meta.xml beside it, so it would not be deployed; add it`,
    },
  ]
}
