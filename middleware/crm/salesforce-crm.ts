import type { ApiUsage, Crm, CrmRecord, FoundPayment, PaymentReference, PermittedUserIds, WriteResult } from './crm.ts'
import { findPayments } from './find-payments.ts'
import { permittedUsers, type PermissionSets } from './permitted-users.ts'
import { RecordCurrencies } from './record-currencies.ts'
import { SalesforceSession, type OrgConnection } from './salesforce-session.ts'
import { upsertRecords } from './upsert-records.ts'

export interface SalesforceOrg extends OrgConnection, PermissionSets {}

export interface SalesforceCrmOptions {
  /** Milliseconds to wait for an answer before calling the org unavailable. */
  readonly deadlineMs?: number
}

/** One Salesforce org, through its REST API. Translates and nothing else: what failed is for the caller to repeat. */
export class SalesforceCrm implements Crm {
  readonly #session: SalesforceSession
  readonly #permissionSets: PermissionSets
  readonly #currencies: RecordCurrencies

  constructor(org: SalesforceOrg, options: SalesforceCrmOptions = {}) {
    this.#session = new SalesforceSession(org, options.deadlineMs)
    this.#permissionSets = org
    this.#currencies = new RecordCurrencies(this.#session)
  }

  get apiUsage(): ApiUsage | null {
    return this.#session.apiUsage
  }

  upsert(records: readonly CrmRecord[]): Promise<readonly WriteResult[]> {
    return upsertRecords(this.#session, this.#currencies, records)
  }

  permittedUsers(): Promise<PermittedUserIds> {
    return permittedUsers(this.#session, this.#permissionSets)
  }

  findPayments(references: readonly PaymentReference[]): Promise<readonly FoundPayment[]> {
    return findPayments(this.#session, references)
  }
}
