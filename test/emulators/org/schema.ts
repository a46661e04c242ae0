/** What a field holds, as describe calls it. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'double'
  | 'int'
  | 'boolean'
  | 'picklist'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'email'
  | 'url'
  | 'phone'

export type FieldValue = string | number | boolean | null

/** A record's own fields; formulas and roll-ups are never stored. */
export interface Row {
  Id: string
  [field: string]: FieldValue
}

export interface PicklistValue {
  readonly value: string
  readonly label: string
  readonly isDefault: boolean
  readonly active: boolean
}

/** Of a roll-up or a sharing rule: which records count. */
export interface FilterItem {
  readonly field: string
  readonly operation: string
  readonly values: readonly string[]
}

/** A roll-up summary: `field` of the details of `object` whose `masterField` is this record. */
export interface Summary {
  readonly object: string
  readonly masterField: string
  readonly operation: 'sum' | 'count' | 'min' | 'max'
  readonly field: string | null
  readonly filters: readonly FilterItem[]
}

export interface FieldSchema {
  readonly name: string
  readonly label: string
  readonly type: FieldType
  readonly custom: boolean
  readonly length: number
  readonly precision: number
  readonly scale: number
  readonly required: boolean
  readonly unique: boolean
  readonly caseSensitive: boolean
  readonly externalId: boolean
  readonly picklist: readonly PicklistValue[]
  readonly restricted: boolean
  readonly referenceTo: string | null
  /** How a query reaches the parent: `Payment__r`. */
  readonly relationshipName: string | null
  /** How a query of the parent reaches these records: `Refunds__r`. */
  readonly childRelationshipName: string | null
  readonly masterDetail: boolean
  readonly reparentable: boolean
  /** Read of the master is enough to write a detail. */
  readonly masterReadIsEnough: boolean
  readonly formula: string | null
  readonly blanksAsZero: boolean
  readonly summary: Summary | null
  /** `PAY-{000000000}` */
  readonly autoNumber: string | null
  readonly autoNumberStart: number
  /** A formula. */
  readonly defaultValue: string | null
  readonly createable: boolean
  readonly updateable: boolean
}

export interface ValidationRule {
  readonly name: string
  readonly formula: string
  readonly message: string
  /** Where the message is shown; null is the top of the page. */
  readonly errorField: string | null
}

/** Records of every owner that meet the criteria may be edited by a public group. */
export interface SharingRule {
  /** Its developer name. */
  readonly group: string
  readonly criteria: readonly FilterItem[]
}

export interface ObjectSchema {
  readonly name: string
  readonly label: string
  readonly labelPlural: string
  readonly keyPrefix: string
  readonly custom: boolean
  readonly sharingModel: string
  readonly sharingRules: readonly SharingRule[]
  /** By API name; in the order in which describe lists them. */
  readonly fields: ReadonlyMap<string, FieldSchema>
  readonly validationRules: readonly ValidationRule[]
}

export type Schema = ReadonlyMap<string, ObjectSchema>

const PLAIN_FIELD: FieldSchema = {
  name: '',
  label: '',
  type: 'string',
  custom: false,
  length: 0,
  precision: 0,
  scale: 0,
  required: false,
  unique: false,
  caseSensitive: false,
  externalId: false,
  picklist: [],
  restricted: false,
  referenceTo: null,
  relationshipName: null,
  childRelationshipName: null,
  masterDetail: false,
  reparentable: false,
  masterReadIsEnough: false,
  formula: null,
  blanksAsZero: true,
  summary: null,
  autoNumber: null,
  autoNumberStart: 0,
  defaultValue: null,
  createable: true,
  updateable: true,
}

export function field(name: string, type: FieldType, more: Partial<FieldSchema> = {}): FieldSchema {
  return { ...PLAIN_FIELD, name, label: name, type, length: type === 'string' ? 255 : 0, ...more }
}

/** Formulas and roll-ups: worked out when they are read. */
export function isComputed(schema: FieldSchema): boolean {
  return schema.formula !== null || schema.summary !== null
}

/** API names are found whatever their case, as the platform does. */
export function findObject(schema: Schema, name: string): ObjectSchema | undefined {
  return schema.get(name) ?? [...schema.values()].find((each) => each.name.toLowerCase() === name.toLowerCase())
}

const fieldsByLowerCase = new WeakMap<ObjectSchema, Map<string, FieldSchema>>()

export function findField(object: ObjectSchema, name: string): FieldSchema | undefined {
  const exact = object.fields.get(name)
  if (exact) return exact
  let lower = fieldsByLowerCase.get(object)
  if (!lower) {
    lower = new Map([...object.fields.values()].map((each) => [each.name.toLowerCase(), each]))
    fieldsByLowerCase.set(object, lower)
  }
  return lower.get(name.toLowerCase())
}

export function masterField(object: ObjectSchema): FieldSchema | undefined {
  return [...object.fields.values()].find((each) => each.masterDetail)
}
