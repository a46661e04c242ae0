/// <reference path="./formulon.d.ts" />
import { extract, parse, type Literal } from 'formulon'
import { findField, type FieldSchema, type FieldValue, type ObjectSchema } from './schema.ts'

/** The record that a formula is about. */
export interface FormulaRecord {
  readonly object: ObjectSchema
  /** The value of a field as it is now. */
  value(field: FieldSchema): FieldValue
  /** Its stored value before this save; absent on a new record. */
  readonly prior?: (field: FieldSchema) => FieldValue
  /** The record that a reference field of this one points to. */
  parent?(relationshipName: string): FormulaRecord | undefined
}

/** How a blank number counts: as 0, as blank, or, in a validation rule, as 0 that ISBLANK sees through. */
export type Blanks = 'zero' | 'blank' | 'rule'

type Source = 'value' | 'prior' | 'changed' | 'isNew' | 'blank'

interface Prepared {
  readonly text: string
  /** Identifier in the text → what it stands for. */
  readonly inputs: ReadonlyMap<string, { readonly path: string; readonly from: Source }>
  readonly depends: 'record' | 'clock'
}

const OWN_SOURCES: Record<string, Source> = {
  PRIORVALUE: 'prior',
  ISCHANGED: 'changed',
  ISNEW: 'isNew',
  ISBLANK: 'blank',
  ISNULL: 'blank',
}

/** formulon lacks these functions, or cannot know what they ask; on a bare field each can become an identifier. */
const OWN_FUNCTION = /\b(PRIORVALUE|ISCHANGED|ISNEW|ISBLANK|ISNULL)\s*\(\s*([A-Za-z_][\w.]*)?\s*\)/gi

const prepared = new Map<string, Prepared>()

/** Answers are functions of formula and values alone, and a list shows the same few again and again. */
const answers = new Map<string, FieldValue>()
const MOST_ANSWERS = 20_000

/**
 * The answer of a formula about one record.
 * @throws Error when the formula uses a function or field that is not known here
 */
export function evaluate(formula: string, record: FormulaRecord, blanks: Blanks): FieldValue {
  const { text, inputs, depends } = prepare(formula)
  const substitutions: Record<string, Literal> = {}
  let blankOperand = false
  for (const [identifier, { path, from }] of inputs) {
    if (from === 'isNew') {
      substitutions[identifier] = checkbox(record.prior === undefined)
      continue
    }
    const { owner, field } = follow(record, path, formula)
    const value = owner.value(field)
    const prior = owner.prior ? owner.prior(field) : value
    const used = from === 'prior' ? prior : value
    if (from === 'changed') substitutions[identifier] = checkbox(prior !== value)
    else if (from === 'blank')
      substitutions[identifier] = checkbox(value === null && !(isNumber(field) && blanks === 'zero'))
    else substitutions[identifier] = literal(field, used, blanks)
    // Dates have no zero: they are blank however blanks are treated.
    const staysBlank = isNumber(field) ? blanks === 'blank' : field.type === 'date' || field.type === 'datetime'
    if (used === null && staysBlank) blankOperand = true
  }
  const question = `${text}\n${JSON.stringify(substitutions)}`
  const known = answers.get(question)
  if (known !== undefined) return known
  const answer = parse(text, substitutions)
  if (answer.type === 'error') {
    // Arithmetic with a blank that counts as blank is blank.
    if (blankOperand && answer.errorType === 'ArgumentError') return null
    throw new Error(`A formula of ${record.object.name} cannot be worked out: ${answer.message} (${formula.trim()})`)
  }
  const plain = plainValue(answer)
  if (depends === 'record') {
    if (answers.size >= MOST_ANSWERS) answers.clear()
    answers.set(question, plain)
  }
  return plain
}

function prepare(formula: string): Prepared {
  const known = prepared.get(formula)
  if (known) return known
  const inputs = new Map<string, { path: string; from: Source }>()
  const text = formula.replace(OWN_FUNCTION, (_call, name: string, path: string | undefined) => {
    const from = OWN_SOURCES[name.toUpperCase()] as Source
    const identifier = `own_${from}_${(path ?? '').replaceAll('.', '_')}`
    inputs.set(identifier, { path: path ?? '', from })
    return identifier
  })
  for (const identifier of extract(text)) {
    if (!inputs.has(identifier)) inputs.set(identifier, { path: identifier, from: 'value' })
  }
  const result = { text, inputs, depends: /\b(TODAY|NOW)\b/i.test(text) ? ('clock' as const) : ('record' as const) }
  prepared.set(formula, result)
  return result
}

/** The record and field at the end of `Payment__r.Decimals__c`. */
function follow(record: FormulaRecord, path: string, formula: string): { owner: FormulaRecord; field: FieldSchema } {
  const [head, ...rest] = path.split('.') as [string, ...string[]]
  if (rest.length > 0) {
    const parent = record.parent?.(head)
    if (!parent)
      throw new Error(`The formula ${formula.trim()} follows ${head}, which leads nowhere from ${record.object.name}.`)
    return follow(parent, rest.join('.'), formula)
  }
  const field = findField(record.object, head)
  if (!field) throw new Error(`The formula ${formula.trim()} uses ${head}, which ${record.object.name} does not have.`)
  return { owner: record, field }
}

function plainValue({ value, dataType }: Literal): FieldValue {
  if (!(value instanceof Date)) return value
  return dataType === 'date' ? value.toISOString().slice(0, 10) : value.toISOString().replace('Z', '+0000')
}

function isNumber(field: FieldSchema): boolean {
  return field.type === 'double' || field.type === 'int'
}

function checkbox(value: boolean): Literal {
  return { type: 'literal', dataType: 'checkbox', value }
}

function literal(field: FieldSchema, value: FieldValue, blanks: Blanks): Literal {
  switch (field.type) {
    case 'double':
    case 'int':
      if (value === null && blanks === 'blank') return { type: 'literal', dataType: 'null', value: null }
      return {
        type: 'literal',
        dataType: 'number',
        value: Number(value ?? 0),
        options: { length: field.precision - field.scale, scale: field.scale },
      }
    case 'boolean':
      return checkbox(value === true)
    case 'picklist':
      return {
        type: 'literal',
        dataType: 'picklist',
        value: value ?? '',
        options: { values: field.picklist.map((each) => each.value) },
      }
    case 'date':
    case 'datetime':
      if (value === null) return { type: 'literal', dataType: 'null', value: null }
      return { type: 'literal', dataType: field.type, value: new Date(String(value).replace('+0000', 'Z')) }
    default:
      // Blank text is empty text in a formula.
      return { type: 'literal', dataType: 'text', value: value ?? '', options: { length: String(value ?? '').length } }
  }
}
