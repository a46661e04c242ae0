import type { OrgData } from './org-data.ts'
import type { RestAnswer, RestRequest } from './rest.ts'
import { isComputed, type FieldSchema, type ObjectSchema } from './schema.ts'
import type { Access } from './security.ts'

export const API_VERSIONS = ['61.0', '62.0', '63.0', '64.0']

/** GET /services/data/ */
export function versions(): unknown {
  return API_VERSIONS.map((version) => ({ label: `API ${version}`, url: `/services/data/v${version}`, version }))
}

/** GET /services/data/vXX.X */
export function resources(request: RestRequest): RestAnswer {
  const names = ['limits', 'query', 'queryAll', 'sobjects', 'composite']
  return {
    status: 200,
    body: Object.fromEntries(names.map((name) => [name, `/services/data/${request.version}/${name}`])),
  }
}

/** GET /limits */
export function limits(org: OrgData): RestAnswer {
  const { used, limit } = org.usage
  return { status: 200, body: { DailyApiRequests: { Max: limit, Remaining: Math.max(0, limit - used) } } }
}

/** GET /sobjects, and /sobjects/X */
export function describeAll(org: OrgData, request: RestRequest, only?: ObjectSchema): RestAnswer {
  if (only) return { status: 200, body: { objectDescribe: summary(only, request), recentItems: [] } }
  const visible = [...org.schema.values()].filter((object) => request.access.can(object, 'read'))
  const sobjects = visible.map((object) => summary(object, request))
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } }
}

/** GET /sobjects/X/describe: the fields that this user may see. */
export function describe(request: RestRequest, object: ObjectSchema): RestAnswer {
  const fields = [...object.fields.values()].filter((field) => request.access.reads(object, field))
  const body = {
    ...summary(object, request),
    fields: fields.map((field) => describeField(object, field, request.access)),
  }
  return { status: 200, body }
}

function summary(object: ObjectSchema, { access, version }: RestRequest): Record<string, unknown> {
  const url = `/services/data/${version}/sobjects/${object.name}`
  return {
    name: object.name,
    label: object.label,
    labelPlural: object.labelPlural,
    keyPrefix: object.keyPrefix,
    custom: object.custom,
    customSetting: false,
    queryable: true,
    retrieveable: true,
    searchable: true,
    createable: access.can(object, 'create'),
    updateable: access.can(object, 'edit'),
    deletable: access.can(object, 'delete'),
    undeletable: access.can(object, 'delete'),
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  }
}

function describeField(object: ObjectSchema, field: FieldSchema, access: Access): Record<string, unknown> {
  const editable = access.edits(object, field)
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length: field.length,
    byteLength: field.length * 3,
    precision: field.type === 'double' ? field.precision : 0,
    scale: field.scale,
    digits: 0,
    custom: field.custom,
    nillable: !field.required && field.type !== 'boolean' && field.type !== 'id',
    createable: field.createable && editable && access.can(object, 'create'),
    updateable: field.updateable && editable && access.can(object, 'edit'),
    defaultedOnCreate: field.defaultValue !== null || field.type === 'boolean' || field.autoNumber !== null,
    externalId: field.externalId,
    idLookup: field.externalId || field.type === 'id',
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    calculated: isComputed(field),
    calculatedFormula: field.formula,
    autoNumber: field.autoNumber !== null,
    nameField: field.name === 'Name',
    filterable: true,
    sortable: true,
    groupable: !isComputed(field) && field.type !== 'double',
    restrictedPicklist: field.restricted,
    picklistValues: field.picklist.map(({ value, label, isDefault, active }) => ({
      value,
      label,
      defaultValue: isDefault,
      active,
      validFor: null,
    })),
    referenceTo: field.referenceTo ? [field.referenceTo] : [],
    relationshipName: field.relationshipName,
    relationshipOrder: field.masterDetail ? 0 : null,
    cascadeDelete: field.masterDetail,
    writeRequiresMasterRead: field.masterReadIsEnough,
    inlineHelpText: null,
    htmlFormatted: false,
    encrypted: false,
  }
}
