import { generateKeyPairSync } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { SalesforceCrm } from '../../middleware/crm/salesforce-crm.ts'
import { PermittedUsers } from '../../middleware/refunds/permitted-users.ts'
import { claimWrites, writeBack } from '../../middleware/refunds/write-back.ts'
import type { WriteReport } from '../../middleware/refunds/write-back.ts'
import { CLIENT_ID, USERNAME, insertPayment, pem, startOrg } from '../emulators/org/org-rig.ts'
import type { LocalOrg } from '../emulators/org/server.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'

/** Write-back and permission check on a real ledger, against the local org over HTTP; time passes when a test says so. */
export interface LedgerAndOrg {
  readonly org: LocalOrg
  readonly db: FreshDatabase
  readonly crm: SalesforceCrm
  readonly users: PermittedUsers
  /** Refunds of EUR 1.00 over so many payments, due to be written. @returns their ids, longest waiting first */
  addRefunds(count: number, payments: number, state?: string): Promise<string[]>
  /** One call, if one is due. */
  write(): Promise<WriteReport | null>
  /** Calls until nothing is due; the pauses between them are over at once. */
  drain(): Promise<WriteReport[]>
  /** Leases, back-offs and what is known grow older by this. */
  pass(interval: string): Promise<void>
  /** Requests that reached the org since the last time this was asked, refused ones included. */
  requests(): { readonly logins: number; readonly calls: number }
  /** The Refund__c of a refund. */
  record(id: string): Readonly<Record<string, unknown>> | undefined
  close(): Promise<void>
}

export interface LedgerAndOrgOptions {
  /** Where the middleware is told that the org is; where it is, when left out. */
  readonly instanceUrl?: string
  /** The org no longer trusts the middleware's key. */
  readonly keyRevoked?: boolean
}

export async function startLedgerAndOrg(options: LedgerAndOrgOptions = {}): Promise<LedgerAndOrg> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const trusted = options.keyRevoked ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : keys
  const org = await startOrg({
    integration: { clientId: CLIENT_ID, username: USERNAME, publicKey: pem(trusted.publicKey) },
  })
  let seen = { logins: 0, calls: 0 }
  const count = (message: unknown) => {
    const { headers, url } = (message as { request: IncomingMessage }).request
    if (headers.host !== new URL(org.url).host) return
    if (url === '/services/oauth2/token') seen.logins++
    else seen.calls++
  }
  subscribe('http.server.request.start', count)
  const db = await freshDatabase()
  const { database } = db
  await database.query('INSERT INTO orgs (org_id) VALUES ($1)', [org.orgId])
  const crm = new SalesforceCrm({
    id: org.orgId,
    name: 'Local',
    loginUrl: org.url,
    instanceUrl: options.instanceUrl ?? org.url,
    clientId: CLIENT_ID,
    username: USERNAME,
    privateKey: pem(keys.privateKey),
    apiVersion: '64.0',
    permissionSet: 'Refunds',
    creditsPermissionSet: 'Refunds_Credits',
    settlementsPermissionSet: 'Refunds_Admin',
  })
  const crms = new Map([[org.orgId, crm]])
  const write = async () => {
    const [lease] = await claimWrites(database, crms)
    return lease ? writeBack(database, crm, lease) : null
  }

  return {
    org,
    db,
    crm,
    users: new PermittedUsers(database, crms),
    async addRefunds(count, payments, state = 'succeeded') {
      const ids: string[] = []
      for (let place = 0; place < payments; place++) ids.push(await insertPayment(org, { Amount__c: 100_000 }))
      await database.query(
        `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
         SELECT $1, id, 'adyen', 'RefundRelayECOM', id, 'EUR', 100000 FROM unnest($2::text[]) AS id`,
        [org.orgId, ids],
      )
      const rows = await database.query<{ id: string }>(
        `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, evidence, crm_due_at)
         SELECT gen_random_uuid(), $1, ($2::text[])[1 + nth % cardinality($2)], 'adyen', 'RefundRelayECOM', 'EUR', 'refund', 'here', $4, 1,
           'test', relay_now() - interval '1 minute' + nth * interval '1 millisecond'
         FROM generate_series(0, $3::int - 1) AS nth ORDER BY nth RETURNING id`,
        [org.orgId, ids, count, state],
      )
      return rows.map(({ id }) => id)
    },
    write,
    async drain() {
      const reports: WriteReport[] = []
      for (let report = await write(); report; report = await write()) {
        reports.push(report)
        await database.query('UPDATE orgs SET crm_lease_until = NULL')
      }
      return reports
    },
    async pass(interval) {
      await database.query(
        'UPDATE orgs SET crm_lease_until = crm_lease_until - $1::interval, permissions_at = permissions_at - $1::interval',
        [interval],
      )
      // What is final and due already grows no more due.
      await database.query(
        `UPDATE refunds SET crm_due_at = crm_due_at - $1::interval WHERE crm_due_at > relay_now() OR state = 'pending'`,
        [interval],
      )
    },
    requests() {
      const counted = seen
      seen = { logins: 0, calls: 0 }
      return counted
    },
    record: (id) => org.rows('Refund__c').find((row) => row['Refund_Key__c'] === id),
    async close() {
      unsubscribe('http.server.request.start', count)
      await org.close()
      await db.close()
    },
  }
}
