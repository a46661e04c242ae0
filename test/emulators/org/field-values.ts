import { normalId } from './ids.ts'
import { rounded } from './record-reader.ts'
import { refusal, rowRefusal } from './salesforce-error.ts'
import { findField, type FieldSchema, type FieldValue, type ObjectSchema } from './schema.ts'

/** What a request sets: converted, not yet judged. A reference may name its parent by an external id. */
export type Values = Map<FieldSchema, FieldValue>

/**
 * The fields of one record as JSON gives them.
 * @param isVisible fields that the user may not read are not there for them
 * @throws SalesforceError INVALID_FIELD, JSON_PARSER_ERROR – the request as a whole cannot be read
 */
export function readValues(
  object: ObjectSchema,
  body: Record<string, unknown>,
  isVisible: (field: FieldSchema) => boolean,
): Values {
  const values: Values = new Map()
  for (const [name, raw] of Object.entries(body)) {
    if (name === 'attributes') continue
    const field = findField(object, name)
    if (!field || !isVisible(field)) {
      throw refusal('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`)
    }
    values.set(field, readValue(field, raw))
  }
  return values
}

function readValue(field: FieldSchema, raw: unknown): FieldValue {
  if (raw === null || raw === undefined || raw === '') return field.type === 'boolean' ? false : null
  if (typeof raw === 'object') throw unreadable(field, raw)
  switch (field.type) {
    case 'double':
    case 'int': {
      const number = Number(raw)
      if (typeof raw === 'boolean' || !Number.isFinite(number)) throw unreadable(field, raw)
      return number
    }
    case 'boolean':
      if (raw === true || raw === 'true') return true
      if (raw === false || raw === 'false') return false
      throw unreadable(field, raw)
    case 'date':
      if (/^\d{4}-\d\d-\d\d$/.test(String(raw)) && !Number.isNaN(Date.parse(String(raw)))) return String(raw)
      throw unreadable(field, raw)
    case 'datetime': {
      const time = Date.parse(String(raw).replace(/\+0000$/, 'Z'))
      if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\d/.test(String(raw))) throw unreadable(field, raw)
      return dateTimeText(new Date(time))
    }
    default:
      return String(raw).trim() || null
  }
}

/** Date and time as the API shows it. Seconds are kept, milliseconds are not. */
export function dateTimeText(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, '.000+0000')
}

function unreadable(field: FieldSchema, raw: unknown): Error {
  const kind = typeof raw === 'string' ? 'VALUE_STRING' : typeof raw === 'object' ? 'START_OBJECT' : 'VALUE'
  const value = typeof raw === 'object' ? '' : ` value ${String(raw)}`
  return refusal(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from ${kind}${value} or request may be missing a required field at [line:1, column:1]`,
  )
}

/**
 * The value as it is stored.
 * @throws SalesforceError the field's own refusal of this value
 */
export function fittingValue(field: FieldSchema, value: FieldValue): FieldValue {
  if (value === null) return null
  switch (field.type) {
    case 'double': {
      const stored = rounded(Number(value), field.scale)
      if (Math.abs(stored) >= 10 ** (field.precision - field.scale)) {
        const shown = stored.toExponential().toUpperCase().replace('+', '')
        const message = `${field.label}: value outside of valid range on numeric field: ${shown}`
        throw rowRefusal('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name])
      }
      return stored
    }
    case 'reference': {
      const id = normalId(value)
      if (id) return id
      throw rowRefusal('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, [field.name])
    }
    case 'picklist': {
      const known = field.picklist.find(
        (each) => each.active && each.value.toLowerCase() === String(value).toLowerCase(),
      )
      if (known) return known.value
      if (!field.restricted) return value
      throw rowRefusal(
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        `${field.label}: bad value for restricted picklist field: ${value}`,
        [field.name],
      )
    }
    case 'string':
    case 'textarea':
    case 'email':
    case 'url':
    case 'phone':
      if (field.length > 0 && String(value).length > field.length) {
        throw rowRefusal(
          'STRING_TOO_LONG',
          `${field.label}: data value too large: ${value} (max length=${field.length})`,
          [field.name],
        )
      }
      return value
    default:
      return value
  }
}
