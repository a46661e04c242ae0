import type { RowFaults } from './faults.ts'
import type { OrgData } from './org-data.ts'
import { composite, compositeBatch } from './rest-composite.ts'
import {
  changeCollection,
  createCollection,
  deleteCollection,
  retrieveCollection,
  upsertCollection,
} from './rest-collections.ts'
import { describe, describeAll, limits, resources } from './rest-describe.ts'
import { query, queryMore } from './rest-query.ts'
import { changeRecord, createRecord, deleteRecord, readRecord, upsertRecord } from './rest-records.ts'
import { refusal, SalesforceError } from './salesforce-error.ts'
import { findObject, type ObjectSchema } from './schema.ts'
import type { Access } from './security.ts'

/** One REST request below `/services/data/vXX.X/`: of its own, or a part of a composite one. */
export interface RestRequest {
  readonly method: string
  /** Segments after the version, decoded. */
  readonly path: readonly string[]
  readonly parameters: URLSearchParams
  readonly body: unknown
  readonly headers: Readonly<Record<string, string | undefined>>
  /** `v64.0` */
  readonly version: string
  readonly access: Access
  readonly rowFaults: RowFaults
}

export interface RestAnswer {
  readonly status: number
  readonly body?: unknown
}

/** Answers one request; refusals become Salesforce's list of errors. */
export function answer(org: OrgData, request: RestRequest): RestAnswer {
  try {
    return route(org, request)
  } catch (error) {
    if (error instanceof SalesforceError) return { status: error.status, body: error.faults }
    throw error
  }
}

function route(org: OrgData, request: RestRequest): RestAnswer {
  const [resource, ...rest] = request.path
  const { method } = request
  if (resource === undefined) return resources(request)
  if (resource === 'limits' && method === 'GET') return limits(org)
  if ((resource === 'query' || resource === 'queryAll') && method === 'GET') {
    return rest[0] === undefined ? query(org, request) : queryMore(org, request, rest[0])
  }
  if (resource === 'sobjects') return sobjects(org, request, rest)
  if (resource === 'composite' && method === 'POST' && rest.length === 0) return composite(org, request)
  if (resource === 'composite' && method === 'POST' && rest[0] === 'batch') return compositeBatch(org, request)
  if (resource === 'composite' && rest[0] === 'sobjects') return collections(org, request, rest.slice(1))
  throw notFound()
}

function sobjects(org: OrgData, request: RestRequest, [name, second, third, ...more]: string[]): RestAnswer {
  if (name === undefined) return describeAll(org, request)
  const object = accessible(org, request, name)
  const { method } = request
  if (second === undefined) {
    if (method === 'POST') return createRecord(org, request, object)
    return describeAll(org, request, object)
  }
  if (second === 'describe') return describe(request, object)
  if (more.length > 0) throw notFound()
  const key = third === undefined ? { field: 'Id', value: second } : { field: second, value: third }
  if (method === 'GET') return readRecord(org, request, object, key)
  if (method === 'PATCH' && third === undefined) return changeRecord(org, request, object, second)
  if (method === 'PATCH') return upsertRecord(org, request, object, key)
  if (method === 'DELETE') return deleteRecord(org, request, object, key)
  throw refusal(
    'METHOD_NOT_ALLOWED',
    `HTTP Method '${method}' not allowed. Allowed are HEAD,GET,PATCH,DELETE`,
    undefined,
    405,
  )
}

function collections(org: OrgData, request: RestRequest, [name, key]: string[]): RestAnswer {
  const { method } = request
  if (name === undefined) {
    if (method === 'POST') return createCollection(org, request)
    if (method === 'PATCH') return changeCollection(org, request)
    if (method === 'DELETE') return deleteCollection(org, request)
    throw notFound()
  }
  const object = accessible(org, request, name)
  if (key !== undefined && method === 'PATCH') return upsertCollection(org, request, object, key)
  if (key === undefined && (method === 'GET' || method === 'POST')) return retrieveCollection(org, request, object)
  throw notFound()
}

/** The object of this name. One that the user may not read is not there for them. */
export function accessible(org: OrgData, request: RestRequest, name: string): ObjectSchema {
  const object = findObject(org.schema, name)
  if (object && request.access.can(object, 'read')) return object
  throw notFound()
}

export function notFound(): SalesforceError {
  return refusal('NOT_FOUND', 'The requested resource does not exist', undefined, 404)
}
