import type { Condition, Query, WhereClause } from '@jetstreamapp/soql-parser-js'
import { normalId } from './ids.ts'
import { refusal } from './salesforce-error.ts'
import type { FieldSchema, FieldValue, Row } from './schema.ts'

/** Where a field path of a query leads, and how it is read from a row. */
export interface FieldPath {
  readonly field: FieldSchema
  read(row: Row): FieldValue
}

export interface ConditionScope {
  /** @throws SalesforceError INVALID_FIELD */
  path(name: string): FieldPath
  /** The values that an inner query selects. */
  inner(query: Query): FieldValue[]
}

export type Test = (row: Row) => boolean

/** A test that must hold, in the form that an index can answer: the field is one of these values. */
export interface Equality {
  readonly path: string
  readonly values: readonly FieldValue[]
}

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | { condition: Condition & { valueQuery?: Query } }

/** The WHERE clause as one test, and the equalities that every row must meet. */
export function compileWhere(where: WhereClause | undefined, scope: ConditionScope): { test: Test; must: Equality[] } {
  if (!where) return { test: () => true, must: [] }
  const tokens = flatten(where)
  guardOperators(tokens)
  const must: Equality[] = []
  const onlyAnd = !tokens.includes('OR') && !tokens.includes('NOT')
  let place = 0

  const either = (): Test => {
    let test = both()
    while (tokens[place] === 'OR') {
      place++
      const [left, right] = [test, both()]
      test = (row) => left(row) || right(row)
    }
    return test
  }
  const both = (): Test => {
    let test = single()
    while (tokens[place] === 'AND') {
      place++
      const [left, right] = [test, single()]
      test = (row) => left(row) && right(row)
    }
    return test
  }
  const single = (): Test => {
    const token = tokens[place++]
    if (token === 'NOT') {
      const inner = single()
      return (row) => !inner(row)
    }
    if (token === '(') {
      const inner = either()
      place++
      return inner
    }
    if (typeof token !== 'object') throw refusal('MALFORMED_QUERY', `unexpected token: ${token ?? '<EOF>'}`)
    return comparison(token.condition, scope, onlyAnd ? must : [])
  }
  const test = either()
  return { test, must }
}

function flatten(where: WhereClause): Token[] {
  const tokens: Token[] = []
  for (let clause: WhereClause | undefined = where; clause; clause = 'right' in clause ? clause.right : undefined) {
    const { left } = clause
    if ('operator' in clause && clause.operator === 'NOT') {
      tokens.push(...Array<Token>(left?.openParen ?? 0).fill('('), 'NOT')
      continue
    }
    const condition = left as Condition & { openParen?: number; closeParen?: number }
    tokens.push(...Array<Token>(condition.openParen ?? 0).fill('('), { condition })
    tokens.push(...Array<Token>(condition.closeParen ?? 0).fill(')'))
    if ('operator' in clause) tokens.push(clause.operator)
  }
  return tokens
}

/** What SOQL forbids although it could be understood. Source: SOQL and SOSL Reference, Condition Expression, Semi-Joins. */
function guardOperators(tokens: readonly Token[]): void {
  interface Level {
    operator?: 'AND' | 'OR'
    readonly outer?: Level
  }
  let level: Level = {}
  const joins: Level[] = []
  for (const token of tokens) {
    if (token === '(') level = { outer: level }
    else if (token === ')') level = level.outer ?? {}
    else if (typeof token === 'object' && token.condition.valueQuery) joins.push(level)
    if (token !== 'AND' && token !== 'OR') continue
    if (level.operator && level.operator !== token) throw refusal('MALFORMED_QUERY', `unexpected token: ${token}`)
    level.operator = token
  }
  const isOneOfSeveral = (at: Level | undefined): boolean =>
    at !== undefined && (at.operator === 'OR' || isOneOfSeveral(at.outer))
  if (joins.some(isOneOfSeveral)) {
    throw refusal('MALFORMED_QUERY', "Semi join sub-selects are not allowed with the 'OR' operator")
  }
}

function comparison(condition: Condition & { valueQuery?: Query }, scope: ConditionScope, must: Equality[]): Test {
  if (!('field' in condition)) throw refusal('MALFORMED_QUERY', 'functions in WHERE are not known to the local org')
  const { operator } = condition
  const path = scope.path(condition.field)
  const { field } = path
  const raw = 'value' in condition ? condition.value : undefined
  const literalTypes = [('literalType' in condition && condition.literalType) || 'STRING'].flat()
  const values = condition.valueQuery
    ? scope.inner(condition.valueQuery)
    : [raw ?? []]
        .flat()
        .map((text, place) => operand(field, String(text), literalTypes[place] ?? literalTypes[0] ?? ''))
  const keys = new Set(values.map((value) => comparable(field, value)))
  const wanted = comparable(field, values[0] ?? null)
  const read = (row: Row): FieldValue => comparable(field, path.read(row))
  const ordered = (holds: (order: number) => boolean): Test => {
    return (row) => {
      const value = read(row)
      return value !== null && wanted !== null && holds(value < wanted ? -1 : value > wanted ? 1 : 0)
    }
  }
  switch (operator) {
    case '=':
    case 'IN':
      must.push({ path: condition.field, values })
      return (row) => keys.has(read(row))
    case '!=':
    case 'NOT IN':
      return (row) => !keys.has(read(row))
    case '<':
      return ordered((order) => order < 0)
    case '<=':
      return ordered((order) => order <= 0)
    case '>':
      return ordered((order) => order > 0)
    case '>=':
      return ordered((order) => order >= 0)
    case 'LIKE': {
      const patterns = values.map((value) => likePattern(String(value)))
      return (row) => patterns.some((pattern) => pattern.test(String(path.read(row) ?? '')))
    }
    default:
      throw refusal('MALFORMED_QUERY', `the local org does not know the operator ${operator}`)
  }
}

/** A literal of the query as a value of the field. */
function operand(field: FieldSchema, text: string, literalType: string): FieldValue {
  if (literalType === 'NULL') return null
  if (literalType === 'BOOLEAN') return text.toLowerCase() === 'true'
  if (literalType === 'STRING')
    return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => UNESCAPED[letter] ?? letter)
  if (literalType === 'DATE' || literalType === 'DATETIME') return text
  if (literalType === 'INTEGER' || literalType === 'DECIMAL') {
    if (field.type === 'double' || field.type === 'int') return Number(text)
    throw refusal('INVALID_FIELD', `value of filter criterion for field '${field.name}' must be of type ${field.type}`)
  }
  return relativeDate(text)
}

const UNESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

function relativeDate(text: string): FieldValue {
  const [name, count] = text.toUpperCase().split(':')
  const days = { TODAY: 0, YESTERDAY: -1, TOMORROW: 1, LAST_N_DAYS: -Number(count), NEXT_N_DAYS: Number(count) }[
    name ?? ''
  ]
  if (days === undefined) throw refusal('MALFORMED_QUERY', `the local org does not know the date literal ${text}`)
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}

/** Values in a form in which equal ones are the same and `<` orders them. */
export function comparable(field: FieldSchema, value: FieldValue): FieldValue {
  if (value === null || typeof value !== 'string') return value
  if (field.type === 'id' || field.type === 'reference') return normalId(value) ?? value
  if (field.type === 'datetime') return Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return field.caseSensitive ? value : value.toLowerCase()
}

function likePattern(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'is')
}
