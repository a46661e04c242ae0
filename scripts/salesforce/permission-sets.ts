import type { CustomField } from './custom-object.ts'
import type { Finding } from './finding.ts'
import { namesOf, ofType, type MetadataFile, type SalesforcePackage } from './salesforce-package.ts'
import { all, first, textOf, type XmlElement } from './xml-element.ts'

/** Permission sets grant what is there, only what can be granted, and let somebody read every field. */
export function checkPermissionSets(salesforce: SalesforcePackage): readonly Finding[] {
  const sets = ofType(salesforce, 'PermissionSet')
  return [
    ...sets.flatMap((file) => [
      ...all(file.root, 'fieldPermissions').flatMap((grant) => checkFieldGrant(salesforce, file, grant)),
      ...all(file.root, 'objectPermissions').flatMap((grant) => checkObjectGrant(salesforce, file, grant)),
      ...checkNamedGrants(salesforce, file),
      ...repeated(file),
    ]),
    ...unreadableFields(salesforce, sets),
  ]
}

function at(file: MetadataFile, element: XmlElement, message: string): Finding {
  return { file: file.path, line: element.line, message }
}

const granted = (element: XmlElement, name: string) => textOf(element, name) === 'true'

function checkFieldGrant(salesforce: SalesforcePackage, file: MetadataFile, grant: XmlElement): readonly Finding[] {
  const path = textOf(grant, 'field')
  const [object = '', name = ''] = path.split('.')
  const field = salesforce.objects.get(object)?.fields.get(name)
  if (field === undefined) {
    return object.endsWith('__c') ? [at(file, grant, `There is no field ${path} in the package; remove the grant`)] : []
  }
  const findings: Finding[] = []
  if (field.required) {
    findings.push(
      at(
        file,
        grant,
        `${path} is ${field.type === 'MasterDetail' ? 'a master-detail field' : 'required'}, so everybody sees it; remove the grant`,
      ),
    )
  }
  if (field.computed && granted(grant, 'editable')) {
    findings.push(at(file, grant, `${path} is written by the platform; set editable to false`))
  }
  if (granted(grant, 'editable') && !granted(grant, 'readable')) {
    findings.push(at(file, grant, `${path} is editable, so it must be readable too`))
  }
  if (!grantsObject(file, object)) {
    findings.push(at(file, grant, `${path} is granted without reading ${object}; grant the object too`))
  }
  return findings
}

function grantsObject(file: MetadataFile, object: string): boolean {
  return all(file.root, 'objectPermissions').some(
    (grant) => textOf(grant, 'object') === object && granted(grant, 'allowRead'),
  )
}

/** What the platform demands beside each right. */
const NEEDS: readonly (readonly [string, readonly string[]])[] = [
  ['allowCreate', ['allowRead']],
  ['allowEdit', ['allowRead']],
  ['allowDelete', ['allowRead', 'allowEdit']],
  ['viewAllRecords', ['allowRead']],
  ['modifyAllRecords', ['allowRead', 'allowEdit', 'allowDelete', 'viewAllRecords']],
]

function checkObjectGrant(salesforce: SalesforcePackage, file: MetadataFile, grant: XmlElement): readonly Finding[] {
  const object = textOf(grant, 'object')
  if (object.endsWith('__c') && !salesforce.objects.has(object)) {
    return [at(file, grant, `There is no object ${object} in the package; remove the grant`)]
  }
  const missing = NEEDS.flatMap(([right, others]) =>
    granted(grant, right) ? others.filter((other) => !granted(grant, other)).map((other) => [right, other]) : [],
  ).map(([right, other]) => at(file, grant, `${right} on ${object} needs ${other} too`))
  const masters = [...(salesforce.objects.get(object)?.fields.values() ?? [])]
    .filter((field) => field.type === 'MasterDetail' && field.referenceTo !== null)
    .filter((field) => !grantsObject(file, field.referenceTo as string))
    .map((field) => at(file, grant, `${object} is granted without its master ${field.referenceTo}; grant that too`))
  return [...missing, ...masters]
}

function checkNamedGrants(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const classes = new Set(salesforce.files.filter((path) => path.endsWith('.cls')).map(baseName))
  const grants: readonly (readonly [string, string, ReadonlySet<string>, string])[] = [
    ['applicationVisibilities', 'application', namesOf(salesforce, 'CustomApplication'), 'app'],
    ['classAccesses', 'apexClass', classes, 'Apex class'],
    ['customPermissions', 'name', namesOf(salesforce, 'CustomPermission'), 'custom permission'],
    ['tabSettings', 'tab', namesOf(salesforce, 'CustomTab'), 'tab'],
    ['externalCredentialPrincipalAccesses', 'externalCredentialPrincipal', principals(salesforce), 'principal'],
  ]
  return grants.flatMap(([list, key, known, kind]) =>
    all(file.root, list)
      .filter((grant) => !known.has(textOf(grant, key)) && !textOf(grant, key).startsWith('standard'))
      .map((grant) => at(file, grant, `There is no ${kind} ${textOf(grant, key)} in the package; correct the name`)),
  )
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\.cls$/, '')

/** `Credential-Principal` for every principal of every external credential. */
function principals(salesforce: SalesforcePackage): ReadonlySet<string> {
  return new Set(
    ofType(salesforce, 'ExternalCredential').flatMap((file) =>
      all(file.root, 'externalCredentialParameters')
        .filter((parameter) => textOf(parameter, 'parameterType').endsWith('Principal'))
        .map((parameter) => `${file.name}-${textOf(parameter, 'parameterName')}`),
    ),
  )
}

function repeated(file: MetadataFile): readonly Finding[] {
  const seen = new Set<string>()
  return [...all(file.root, 'fieldPermissions'), ...all(file.root, 'objectPermissions')].flatMap((grant) => {
    const name = first(grant, 'field')?.text ?? textOf(grant, 'object')
    if (seen.has(name)) return [at(file, grant, `${name} is granted twice; keep one`)]
    seen.add(name)
    return []
  })
}

/** A deployed field that no permission set names is visible to nobody, administrators included. */
function unreadableFields(salesforce: SalesforcePackage, sets: readonly MetadataFile[]): readonly Finding[] {
  const readable = new Set(
    sets.flatMap((file) =>
      all(file.root, 'fieldPermissions')
        .filter((grant) => granted(grant, 'readable'))
        .map((grant) => textOf(grant, 'field')),
    ),
  )
  const fields: CustomField[] = [...salesforce.objects.values()].flatMap((object) => [...object.fields.values()])
  return fields
    .filter((field) => !field.required && !readable.has(`${ownerOf(field)}.${field.name}`))
    .map((field) => ({
      file: field.file.path,
      message: `No permission set lets anybody read ${ownerOf(field)}.${field.name}; add it to one`,
    }))
}

const ownerOf = (field: CustomField) => /\/objects\/([^/]+)\//.exec(field.file.path)?.[1] ?? ''
