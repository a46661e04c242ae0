import {
  parseQuery,
  type Condition,
  type FieldType,
  type FunctionExp,
  type HavingClause,
  type Query,
  type Subquery,
  type WhereClause,
} from '@jetstreamapp/soql-parser-js'
import { apexClasses } from './apex-class.ts'
import { childObject, fieldProblem, type CustomObject } from './custom-object.ts'
import type { Finding } from './finding.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

type Objects = ReadonlyMap<string, CustomObject>

/** Every inline query of the Apex parses, and its objects and fields are there. */
export function checkApexQueries(salesforce: SalesforcePackage): readonly Finding[] {
  return apexClasses(salesforce).flatMap(({ file, source, code }) =>
    // Found in the blanked code, so that a bracket in a string ends nothing; read from the source.
    [...code.matchAll(/\[\s*SELECT\b[^\]]*\]/gi)].flatMap((match) => {
      const line = code.slice(0, match.index).split('\n').length
      const text = source.slice(match.index + 1, match.index + match[0].length - 1)
      return problemsIn(salesforce.objects, text).map((message) => ({ file, line, message }))
    }),
  )
}

function problemsIn(objects: Objects, text: string): readonly string[] {
  let query: Query
  try {
    query = parseQuery(text, { allowApexBindVariables: true })
  } catch (error) {
    return [`The query does not parse: ${(error as Error).message.split('\n')[0]}`]
  }
  const object = query.sObject ?? ''
  if (object.endsWith('__c') && !objects.has(object)) return [`There is no object ${object} in the package`]
  return queryProblems(objects, object, query)
}

function queryProblems(objects: Objects, object: string, query: Query | Subquery): readonly string[] {
  const orders = [query.orderBy ?? []].flat()
  const groups = [query.groupBy ?? []].flat()
  const paths = [
    ...(query.fields ?? []).flatMap(selectedPaths),
    ...conditionPaths(query.where),
    ...conditionPaths(query.having),
    ...[...orders, ...groups].flatMap((part) => ('field' in part ? [part.field] : functionPaths(part.fn))),
  ]
  const subqueries = (query.fields ?? []).flatMap((field) => (field.type === 'FieldSubquery' ? [field.subquery] : []))
  return [
    ...paths.map((path) => fieldProblem(objects, object, path)).filter((problem) => problem !== null),
    ...subqueries.flatMap((subquery) => subqueryProblems(objects, object, subquery)),
    ...innerQueries(query.where).flatMap((inner) => queryProblems(objects, inner.sObject ?? '', inner)),
  ]
}

function subqueryProblems(objects: Objects, parent: string, subquery: Subquery): readonly string[] {
  if (!objects.has(parent)) return []
  const child = childObject(objects, parent, subquery.relationshipName)
  if (child === null) return [`${parent} has no child relationship ${subquery.relationshipName}`]
  return queryProblems(objects, child, subquery)
}

function selectedPaths(field: FieldType): readonly string[] {
  if (field.type === 'Field') return [field.field]
  if (field.type === 'FieldRelationship') return [[...field.relationships, field.field].join('.')]
  if (field.type === 'FieldFunctionExpression') return functionPaths(field)
  return []
}

function functionPaths(fn: Pick<FunctionExp, 'parameters'>): readonly string[] {
  return (fn.parameters ?? [])
    .flatMap((parameter) => (typeof parameter === 'string' ? [parameter] : functionPaths(parameter)))
    .filter((parameter) => /^[A-Za-z]\w*(\.\w+)*$/.test(parameter))
}

type Clause = WhereClause | HavingClause | undefined

function conditionPaths(clause: Clause): readonly string[] {
  if (clause === undefined) return []
  const left = clause.left as Condition | null
  const own = left === null ? [] : 'field' in left ? [left.field] : 'fn' in left ? functionPaths(left.fn) : []
  return [...own, ...('right' in clause ? conditionPaths(clause.right) : [])]
}

function innerQueries(clause: WhereClause | undefined): readonly Query[] {
  if (clause === undefined) return []
  const own = clause.left !== null && 'valueQuery' in clause.left ? [clause.left.valueQuery] : []
  return [...own, ...('right' in clause ? innerQueries(clause.right) : [])]
}
