import { findField, type FieldSchema, type FieldValue, type FilterItem, type ObjectSchema } from './schema.ts'

/**
 * Whether a record meets one filter item of a roll-up or a sharing rule.
 * @throws Error for a field that the object does not have, or an operation that this org does not know
 */
export function passes(filter: FilterItem, object: ObjectSchema, valueOf: (field: FieldSchema) => FieldValue): boolean {
  const field = findField(object, filter.field)
  if (!field) throw new Error(`A filter names ${filter.field}, which ${object.name} does not have.`)
  const value = valueOf(field)
  switch (filter.operation) {
    case 'equals':
      return filter.values.some((wanted) => same(field, value, wanted))
    case 'notEqual':
      return !filter.values.some((wanted) => same(field, value, wanted))
    case 'greaterThan':
      return value !== null && Number(value) > Number(filter.values[0])
    case 'lessThan':
      return value !== null && Number(value) < Number(filter.values[0])
    default:
      throw new Error(`A filter has the operation ${filter.operation}, which the local org does not know yet.`)
  }
}

function same(field: FieldSchema, value: FieldValue, wanted: string): boolean {
  if (field.type === 'boolean') return value === (wanted.toLowerCase() === 'true' || wanted === '1')
  if (field.type === 'double') return value !== null && Number(value) === Number(wanted)
  return String(value ?? '').toLowerCase() === wanted.toLowerCase()
}
