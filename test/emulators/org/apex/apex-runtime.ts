import { join } from 'node:path'
import { children, readMetadata, text } from '../metadata.ts'
import { CalloutError, type Callout, type NamedCredential } from '../named-credential.ts'
import type { OrgData } from '../org-data.ts'
import { SalesforceError } from '../salesforce-error.ts'
import type { PicklistValue } from '../schema.ts'
import type { Access } from '../security.ts'
import type { RecordJson } from '../soql.ts'

export { CalloutError }

const VERSION = 'v64.0'

/** AuraHandledException: its message is for the agent. */
export class AuraHandledError extends Error {}

/** QueryException: the user may not read what was asked for. */
export class QueryError extends Error {}

/** What Apex finds in the platform, on behalf of one user. */
export interface ApexContext {
  /** FeatureManagement.checkPermission */
  checkPermission(name: string): boolean
  /** SOQL WITH USER_MODE. @throws QueryError */
  query(soql: string): RecordJson[]
  /** DescribeFieldResult.isAccessible */
  isAccessible(object: string, field: string): boolean
  /** Picklist values of a field, as describe lists them. */
  picklist(object: string, field: string): readonly PicklistValue[]
  /** System.Label.X */
  label(name: string): string
  /** callout:Refund_Relay. @throws CalloutError */
  send(callout: Callout): Promise<{ status: number; body: string }>
}

export class ApexRuntime {
  readonly #org: OrgData
  readonly #credential: NamedCredential
  readonly #labels: ReadonlyMap<string, string>

  constructor(org: OrgData, credential: NamedCredential, packageFolder: string) {
    this.#org = org
    this.#credential = credential
    const root = readMetadata(join(packageFolder, 'labels', 'CustomLabels.labels-meta.xml'))
    this.#labels = new Map(
      children(root, 'labels').map((label) => [text(label, 'fullName') ?? '', text(label, 'value') ?? '']),
    )
  }

  as(access: Access): ApexContext {
    return {
      checkPermission: (name) => access.customPermissions.has(name),
      query: (soql) => this.#query(soql, access),
      isAccessible: (object, field) => this.#isAccessible(object, field, access),
      picklist: (object, field) => this.#org.schema.get(object)?.fields.get(field)?.picklist ?? [],
      label: (name) => this.#labels.get(name) ?? name,
      send: (callout) => this.#credential.send(access, callout),
    }
  }

  #isAccessible(objectName: string, fieldName: string, access: Access): boolean {
    const object = this.#org.schema.get(objectName)
    const field = object?.fields.get(fieldName)
    return object !== undefined && field !== undefined && access.reads(object, field)
  }

  #query(soql: string, access: Access): RecordJson[] {
    try {
      return this.#org.soql.query(soql, access, VERSION).records
    } catch (error) {
      if (error instanceof SalesforceError) throw new QueryError(error.message, { cause: error })
      throw error
    }
  }
}
