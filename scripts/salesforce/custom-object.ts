import type { MetadataFile } from './salesforce-package.ts'
import { all, first, textOf } from './xml-element.ts'

export interface CustomField {
  readonly name: string
  readonly file: MetadataFile
  readonly type: string
  /** Required for everybody, by the field itself or as the master: field security does not apply. */
  readonly required: boolean
  /** A formula, roll-up or number that the platform writes. */
  readonly computed: boolean
  /** API names of the values of a picklist. */
  readonly values: ReadonlySet<string> | null
  readonly referenceTo: string | null
  /** The name that a parent calls its children by, without `__r`. */
  readonly relationshipName: string | null
}

export interface CustomObject {
  readonly name: string
  readonly file: MetadataFile
  readonly fields: ReadonlyMap<string, CustomField>
}

const STANDARD_FIELDS = new Set([
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
  'IsDeleted',
])

/** The custom objects of a package, their fields from the files beside them. */
export function readObjects(metadata: readonly MetadataFile[]): ReadonlyMap<string, CustomObject> {
  const objects = metadata.filter((file) => file.root.name === 'CustomObject')
  return new Map(
    objects.map((file) => {
      const folder = file.path.slice(0, file.path.lastIndexOf('/'))
      const fields = metadata
        .filter((other) => other.root.name === 'CustomField' && other.path.startsWith(`${folder}/fields/`))
        .map((other) => [other.name, toField(other)] as const)
      return [file.name, { name: file.name, file, fields: new Map(fields) }]
    }),
  )
}

function toField(file: MetadataFile): CustomField {
  const type = textOf(file.root, 'type')
  const values = first(file.root, 'valueSet', 'valueSetDefinition')
  return {
    name: file.name,
    file,
    type,
    required: type === 'MasterDetail' || textOf(file.root, 'required') === 'true',
    computed: type === 'Summary' || type === 'AutoNumber' || first(file.root, 'formula') !== undefined,
    values: values === undefined ? null : new Set(all(values, 'value').map((value) => textOf(value, 'fullName'))),
    referenceTo: textOf(file.root, 'referenceTo') || null,
    relationshipName: textOf(file.root, 'relationshipName') || null,
  }
}

/**
 * What is wrong with a field path such as `Amount__c` or `Payment__r.Decimals__c`; null when it resolves. Objects outside the
 * package are believed.
 */
export function fieldProblem(objects: ReadonlyMap<string, CustomObject>, object: string, path: string): string | null {
  const known = objects.get(object)
  if (known === undefined) return object.endsWith('__c') ? `There is no object ${object} in the package` : null
  const [head = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    return STANDARD_FIELDS.has(head) || known.fields.has(head)
      ? null
      : `${object} has no field ${head}${nearest(head, known)}`
  }
  if (!head.endsWith('__r')) return null
  const lookup = known.fields.get(head.replace(/__r$/, '__c'))
  if (lookup?.referenceTo == null) return `${object} has no relationship ${head}`
  return fieldProblem(objects, lookup.referenceTo, rest.join('.'))
}

/** The child object that a parent calls by this relationship name (`Refunds__r`). */
export function childObject(
  objects: ReadonlyMap<string, CustomObject>,
  parent: string,
  relationship: string,
): string | null {
  const wanted = relationship.replace(/__r$/, '')
  for (const child of objects.values()) {
    for (const field of child.fields.values()) {
      if (field.referenceTo === parent && field.relationshipName === wanted) return child.name
    }
  }
  return null
}

function nearest(name: string, object: CustomObject): string {
  const plain = (text: string) => text.toLowerCase().replace(/__c$|_/g, '')
  const found = [...object.fields.keys()].find(
    (field) => plain(field) === plain(name) || plain(field).includes(plain(name)) || plain(name).includes(plain(field)),
  )
  return found === undefined ? '' : `; is ${found} meant?`
}
