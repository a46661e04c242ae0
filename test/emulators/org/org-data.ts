import { OrgFaults } from './faults.ts'
import { Journal } from './journal.ts'
import { LOCAL_PROFILES, seed, seedGroups } from './local-people.ts'
import { readSchema } from './object-metadata.ts'
import { readGroups, readPermissionSets } from './permission-sets.ts'
import { RecordReader } from './record-reader.ts'
import { RecordWriter } from './record-writer.ts'
import type { Schema } from './schema.ts'
import { Security } from './security.ts'
import { Soql } from './soql.ts'
import { Store } from './store.ts'
import { SystemRows } from './system-rows.ts'

/** API calls of the last 24 hours as Sforce-Limit-Info tells them; a Developer Edition's limit. Tests may set both. */
export class ApiUsage {
  used = 0
  limit = 15_000
  /** Calls since the org was started, whatever `used` was set to. */
  counted = 0

  count(calls: number): void {
    this.used += calls
    this.counted += calls
  }
}

/** Everything behind the org's front doors. */
export interface OrgData {
  readonly schema: Schema
  readonly store: Store
  readonly reader: RecordReader
  readonly writer: RecordWriter
  readonly soql: Soql
  readonly security: Security
  readonly systemRows: SystemRows
  readonly faults: OrgFaults
  readonly usage: ApiUsage
  /** Rows of a query that did not fit into one answer, by locator. */
  readonly cursors: Map<string, readonly unknown[]>
}

export function openOrgData(
  packageFolder: string,
  directory: string | undefined,
  integrationUsername: string,
): OrgData {
  const schema = readSchema(packageFolder)
  const permissionSets = readPermissionSets(packageFolder)
  const store = new Store(schema, directory === undefined ? null : new Journal(directory))
  const reader = new RecordReader(schema, store)
  const writer = new RecordWriter(schema, store, reader)
  const systemRows = new SystemRows(schema, store, writer)
  store.atomically(() => {
    seed(store, systemRows, permissionSets, integrationUsername)
    seedGroups(store, systemRows, readGroups(packageFolder))
  })
  return {
    schema,
    store,
    reader,
    writer,
    soql: new Soql(schema, store, reader),
    security: new Security(schema, store, permissionSets, LOCAL_PROFILES),
    systemRows,
    faults: new OrgFaults(),
    usage: new ApiUsage(),
    cursors: new Map(),
  }
}
