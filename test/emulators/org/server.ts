import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import express from 'express'
import type { OrgFaults } from './faults.ts'
import { ORG_ID } from './local-people.ts'
import { NamedCredential, type TokenOverrides } from './named-credential.ts'
import { Sessions, TokenEndpoint, type Integration } from './oauth.ts'
import { openOrgData, type ApiUsage, type OrgData } from './org-data.ts'
import { servicesRoutes } from './services-routes.ts'
import type { FieldValue } from './schema.ts'
import { uiRoutes, type GatewayLink } from './ui-routes.ts'

export type Record = Readonly<globalThis.Record<string, FieldValue>>

export interface LocalOrgOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Rows are kept there; none: in memory only. */
  readonly directory?: string
  /** PEM private key that signs Named Credential callouts. */
  readonly requestKey: string
  readonly audience: string
  readonly integration: Integration
  readonly middlewareUrl: string | (() => string)
  readonly gateways?: readonly GatewayLink[]
  /** The built page. */
  readonly pageDirectory?: string
  /** What is deployed; force-app/main/default when absent. */
  readonly packageFolder?: string
}

export interface LocalOrg {
  readonly url: string
  readonly orgId: string
  close(): Promise<void>
  /** Inserts as the system: no field security, everything else. @returns the record's id */
  insert(object: string, fields: Record): Promise<string>
  update(object: string, id: string, fields: Record): void
  remove(object: string, id: string): void
  /** The record with its formulas and roll-ups. */
  find(object: string, id: string): Record | undefined
  rows(object: string): Record[]
  /** A callout token of this user. */
  tokenFor(userId: string, overrides?: TokenOverrides): Promise<string>
  readonly faults: OrgFaults
  /** API calls so far. */
  apiCalls(): number
  /** What Sforce-Limit-Info says; both numbers can be set. */
  readonly usage: ApiUsage
  setPermission(userId: string, permissionSet: string, held: boolean): void
  /** Ends every API session. */
  expireSessions(): void
}

/** What is deployed, unless the options name another package. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../../force-app/main/default', import.meta.url))

/**
 * Starts an org that speaks Salesforce's REST API, with the schema, rules and security of the package.
 * @throws Error when the port is taken, or the package holds what this org does not know
 */
export async function startLocalOrg(options: LocalOrgOptions): Promise<LocalOrg> {
  const packageFolder = options.packageFolder ?? PACKAGE_FOLDER
  const data = openOrgData(packageFolder, options.directory, options.integration.username)
  const sessions = new Sessions()
  let url = ''
  const tokens = new TokenEndpoint(data, sessions, options.integration, () => url)
  const { middlewareUrl } = options
  const middleware = typeof middlewareUrl === 'string' ? (): string => middlewareUrl : middlewareUrl
  const credential = new NamedCredential(packageFolder, { ...options, url: middleware })

  const app = express()
  app.disable('x-powered-by')
  app.use('/services', servicesRoutes(data, sessions, tokens))
  app.use(uiRoutes({ data, credential, packageFolder, middlewareUrl: middleware, ...links(options) }))
  const server = createServer(app)
  await listen(server, options.port ?? 0)
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return localOrg(data, credential, sessions, url, server)
}

function localOrg(
  data: OrgData,
  credential: NamedCredential,
  sessions: Sessions,
  url: string,
  server: Server,
): LocalOrg {
  const { systemRows, store, reader, writer, faults, usage } = data
  const valuesOf = (name: string, fields: Record): Parameters<typeof writer.update>[2] =>
    systemRows.values(systemRows.object(name), fields)
  return {
    url,
    orgId: ORG_ID,
    insert: async (object, fields) => store.atomically(() => systemRows.insert(object, fields)),
    update: (name, id, fields) => writer.update(systemRows.object(name), id, valuesOf(name, fields), null),
    remove: (name, id) => store.atomically(() => writer.remove(systemRows.object(name), id, null)),
    find(name, id) {
      const row = store.get(name, id)
      return row && reader.record(systemRows.object(name), row)
    },
    rows: (name) => [...store.all(name)].map((row) => reader.record(systemRows.object(name), row)),
    tokenFor: (userId, overrides) => credential.tokenFor(userId, overrides),
    faults,
    apiCalls: () => usage.counted,
    usage,
    setPermission: (userId, set, held) => store.atomically(() => systemRows.setPermission(userId, set, held)),
    expireSessions: () => sessions.expireAll(),
    async close() {
      const closed = new Promise<void>((done, failed) => server.close((error) => (error ? failed(error) : done())))
      faults.clear()
      server.closeAllConnections()
      await closed
    },
  }
}

function links({ gateways, pageDirectory }: LocalOrgOptions): {
  gateways: readonly GatewayLink[]
  pageDirectory: string | null
} {
  return { gateways: gateways ?? [], pageDirectory: pageDirectory ?? null }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
}
