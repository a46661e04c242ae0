import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { child, children, flag, integer, readFolder, readMetadata, text, type Element } from './metadata.ts'
import type {
  FieldSchema,
  FieldType,
  FilterItem,
  ObjectSchema,
  PicklistValue,
  Schema,
  SharingRule,
  Summary,
  ValidationRule,
} from './schema.ts'
import { field } from './schema.ts'
import { ownerField, STANDARD_OBJECTS, systemFields } from './standard-objects.ts'

const FIELD_TYPES: Record<string, FieldType> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'textarea',
  Number: 'double',
  Currency: 'double',
  Percent: 'double',
  Checkbox: 'boolean',
  Picklist: 'picklist',
  Date: 'date',
  DateTime: 'datetime',
  Lookup: 'reference',
  MasterDetail: 'reference',
  Email: 'email',
  Url: 'url',
  Phone: 'phone',
  AutoNumber: 'string',
  Summary: 'double',
}

/** An org gives them out as objects are created; a page may know them, so they stay as the first objects got them. */
const KEY_PREFIXES: Readonly<Record<string, string>> = {
  Payment__c: 'a01',
  Refund__c: 'a02',
  Refund_Exposure__c: 'a03',
  Credit__c: 'a04',
  Refund_Break__c: 'a05',
}

/**
 * The objects of a package folder (`force-app/main/default`) and the standard ones.
 * @throws Error when a file holds what this org does not know: a field type, a summary operation
 */
export function readSchema(packageFolder: string): Schema {
  const schema = new Map(STANDARD_OBJECTS.map((each) => [each.name, each]))
  const folder = join(packageFolder, 'objects')
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('__c')) : []
  for (const [place, name] of names.sort().entries()) {
    schema.set(name, readObject(packageFolder, name, KEY_PREFIXES[name] ?? `a1${place}`))
  }
  return new Map([...schema].map(([name, object]) => [name, withRollUpScales(object, schema)]))
}

/** A roll-up has the decimals of what it sums. */
function withRollUpScales(object: ObjectSchema, schema: Schema): ObjectSchema {
  const fields = [...object.fields].map(([name, each]): [string, FieldSchema] => {
    const summed = each.summary?.field ? schema.get(each.summary.object)?.fields.get(each.summary.field) : undefined
    return [name, summed ? { ...each, scale: summed.scale } : each]
  })
  return { ...object, fields: new Map(fields) }
}

function readObject(packageFolder: string, name: string, keyPrefix: string): ObjectSchema {
  const folder = join(packageFolder, 'objects', name)
  const root = readMetadata(join(folder, `${name}.object-meta.xml`))
  const custom = readFolder(join(folder, 'fields'), '.field-meta.xml').map((file) => readField(packageFolder, file))
  const isDetail = custom.some((each) => each.masterDetail)
  const fields = [...systemFields(), nameField(root), ...(isDetail ? [] : [ownerField()]), ...custom]
  return {
    name,
    label: text(root, 'label') ?? name,
    labelPlural: text(root, 'pluralLabel') ?? name,
    keyPrefix,
    custom: true,
    sharingModel: text(root, 'sharingModel') ?? 'ReadWrite',
    sharingRules: readSharingRules(packageFolder, name),
    fields: new Map(fields.map((each) => [each.name, each])),
    validationRules: readFolder(join(folder, 'validationRules'), '.validationRule-meta.xml').flatMap(validationRule),
  }
}

function nameField(root: Element): FieldSchema {
  const described = child(root, 'nameField') ?? {}
  const autoNumber = text(described, 'type') === 'AutoNumber' ? (text(described, 'displayFormat') ?? '{0}') : null
  return field('Name', 'string', {
    label: text(described, 'label') ?? 'Name',
    length: 80,
    autoNumber,
    autoNumberStart: Number(text(described, 'startingNumber') ?? 1),
    createable: autoNumber === null,
    updateable: autoNumber === null,
  })
}

function readField(packageFolder: string, file: { name: string; root: Element }): FieldSchema {
  const { name, root } = file
  const declared = text(root, 'type') ?? ''
  const type = FIELD_TYPES[declared]
  if (!type)
    throw new Error(`Field ${name} has the type ${declared || '(none)'}, which the local org does not know yet.`)
  const formula = text(root, 'formula') ?? null
  const summary = declared === 'Summary' ? readSummary(name, root) : null
  const autoNumber = declared === 'AutoNumber' ? (text(root, 'displayFormat') ?? '{0}') : null
  const masterDetail = declared === 'MasterDetail'
  const reparentable = flag(root, 'reparentableMasterDetail')
  const computed = formula !== null || summary !== null || autoNumber !== null
  const childName = text(root, 'relationshipName')
  return field(name, type, {
    label: text(root, 'label') ?? name,
    custom: true,
    length: formula !== null && type === 'string' ? 1300 : integer(root, 'length') || (type === 'reference' ? 18 : 255),
    precision: integer(root, 'precision') || 18,
    scale: integer(root, 'scale'),
    required: flag(root, 'required') || masterDetail,
    unique: flag(root, 'unique'),
    caseSensitive: flag(root, 'caseSensitive'),
    externalId: flag(root, 'externalId'),
    ...readPicklist(packageFolder, root),
    referenceTo: text(root, 'referenceTo') ?? null,
    relationshipName: type === 'reference' ? name.replace(/__c$/, '__r') : null,
    childRelationshipName: type === 'reference' && childName ? `${childName}__r` : null,
    masterDetail,
    reparentable,
    masterReadIsEnough: flag(root, 'writeRequiresMasterRead'),
    formula,
    blanksAsZero: text(root, 'formulaTreatBlanksAs') !== 'BlankAsBlank',
    summary,
    autoNumber,
    autoNumberStart: Number(text(root, 'startingNumber') ?? 1),
    defaultValue: text(root, 'defaultValue') ?? null,
    createable: !computed,
    updateable: !computed && (!masterDetail || reparentable),
  })
}

function readPicklist(packageFolder: string, root: Element): { picklist: PicklistValue[]; restricted: boolean } {
  const valueSet = child(root, 'valueSet')
  if (!valueSet) return { picklist: [], restricted: false }
  const global = text(valueSet, 'valueSetName')
  const definition = global
    ? readMetadata(join(packageFolder, 'globalValueSets', `${global}.globalValueSet-meta.xml`))
    : (child(valueSet, 'valueSetDefinition') ?? {})
  const values = children(definition, global ? 'customValue' : 'value').map((value) => ({
    value: text(value, 'fullName') ?? '',
    label: text(value, 'label') ?? text(value, 'fullName') ?? '',
    isDefault: flag(value, 'default'),
    active: text(value, 'isActive') !== 'false',
  }))
  return { picklist: values, restricted: flag(valueSet, 'restricted') || global !== undefined }
}

function readSummary(name: string, root: Element): Summary {
  const operation = text(root, 'summaryOperation')
  if (operation !== 'sum' && operation !== 'count' && operation !== 'min' && operation !== 'max') {
    throw new Error(`Roll-up ${name}: summaryOperation must be sum, count, min or max, not ${operation ?? '(none)'}.`)
  }
  const [object, masterField] = (text(root, 'summaryForeignKey') ?? '').split('.')
  if (!object || !masterField) throw new Error(`Roll-up ${name}: summaryForeignKey must name an object and its field.`)
  return {
    object,
    masterField,
    operation,
    field: text(root, 'summarizedField')?.split('.')[1] ?? null,
    filters: children(root, 'summaryFilterItems').map(filterItem),
  }
}

/**
 * Which records a list view of the package shows.
 * @throws Error when there is no such list view
 */
export function listViewFilters(packageFolder: string, object: string, view: string): FilterItem[] {
  const file = join(packageFolder, 'objects', object, 'listViews', `${view}.listView-meta.xml`)
  if (!/^\w+$/.test(view) || !existsSync(file)) throw new Error(`${object} has no list view ${view}.`)
  return children(readMetadata(file), 'filters').map(filterItem)
}

/** All kinds of files name the field after its object, or alone. */
function filterItem(item: Element): FilterItem {
  return {
    field: (text(item, 'field') ?? '').split('.').at(-1) ?? '',
    operation: text(item, 'operation') ?? 'equals',
    values: (text(item, 'value') ?? '').split(',').map((value) => value.trim()),
  }
}

/** @throws Error for a rule of a kind that this org does not know */
function readSharingRules(packageFolder: string, object: string): SharingRule[] {
  const file = join(packageFolder, 'sharingRules', `${object}.sharingRules-meta.xml`)
  if (!existsSync(file)) return []
  return children(readMetadata(file), 'sharingCriteriaRules').map((rule) => {
    const group = text(child(rule, 'sharedTo') ?? {}, 'group')
    if (group === undefined || text(rule, 'accessLevel') !== 'Edit') {
      throw new Error(`${file}: the local org knows rules that let a public group edit, and no others yet.`)
    }
    return { group, criteria: children(rule, 'criteriaItems').map(filterItem) }
  })
}

function validationRule(file: { name: string; root: Element }): ValidationRule[] {
  if (text(file.root, 'active') !== 'true') return []
  return [
    {
      name: file.name,
      formula: text(file.root, 'errorConditionFormula') ?? 'FALSE',
      message: text(file.root, 'errorMessage') ?? '',
      errorField: text(file.root, 'errorDisplayField') ?? null,
    },
  ]
}
