import { readConfig } from '../../middleware/config.ts'
import { openDatabase } from '../../middleware/database/database.ts'
import type { Database, Queryable } from '../../middleware/database/database.ts'
import { openGateway } from '../../middleware/gateways/registry.ts'
import { startServer } from '../../middleware/http/server.ts'
import { openLog } from '../../middleware/log.ts'
import { SalesforceCrm } from '../../middleware/crm/salesforce-crm.ts'
import { GatewayAccounts } from '../../middleware/refunds/gateway-accounts.ts'
import { PermittedUsers } from '../../middleware/refunds/permitted-users.ts'
import { AGENT, ORG } from './bench-world.ts'
import type { BenchWorld } from './bench-world.ts'
import { HttpLoad, prepareRefunds } from './http-load.ts'
import type { BenchContext } from './measure.ts'
import { scaled } from './measure.ts'

export interface Statements {
  /** Up to the answer. */
  readonly statements: number
  /** BEGIN and COMMIT. */
  readonly transactions: number
}

/** Statements of one first refund of a payment, its request taken by the real door over a database that counts; workers are off. */
export async function countStatements(context: BenchContext, world: BenchWorld): Promise<Statements> {
  const config = readConfig(world.configPath)
  const real = openDatabase(world.database.url)
  const counted = { statements: 0, transactions: 0 }
  const database = counting(real, counted)
  const org = config.orgs[0]!
  const permittedUsers = new PermittedUsers(database, new Map([[ORG, new SalesforceCrm(org)]]))
  const accounts = config.gatewayAccounts.map((settings) => ({
    ...{ account: settings.account, orgId: settings.org, live: settings.live, gateway: openGateway(settings) },
  }))
  const server = await startServer({
    ...{ ...config.server, orgs: config.orgs, database, permittedUsers, log: openLog('silent'), limits: config.limits },
    ...{
      accounts: new GatewayAccounts(accounts, new Set([ORG])),
      directDebit: config.directDebit,
      refundLimits: new Map(),
    },
    ...{ onWork: () => {}, answerWithinMs: 5_000, readiness: async () => null, onBegun: () => {} },
  })
  const load = new HttpLoad(server.url)
  try {
    // Who may refund is read once in ten seconds, whatever the number of requests.
    await permittedUsers.check(ORG, AGENT)
    let [statements, transactions] = [0, 0]
    for (const request of await prepareRefunds(world, scaled(context, 20, 3))) {
      Object.assign(counted, { statements: 0, transactions: 0 })
      await load.send(request, 202)
      // The most that any of them took.
      statements = Math.max(statements, counted.statements)
      transactions = Math.max(transactions, counted.transactions)
    }
    return { statements, transactions }
  } finally {
    load.close()
    await server.close()
    await real.close()
  }
}

function counting(database: Database, counted: { statements: number; transactions: number }): Database {
  const queries = (queryable: Queryable): Queryable => ({
    query(text, parameters) {
      counted.statements++
      return queryable.query(text, parameters)
    },
  })
  return {
    ...queries(database),
    transaction: (work) =>
      database.transaction((tx) => {
        let isBegun = false
        return work({
          query(text, parameters) {
            // One statement alone is a transaction by itself.
            if (!isBegun) counted.transactions += 2
            isBegun = true
            return queries(tx).query(text, parameters)
          },
          last: queries({ query: tx.last }).query,
        })
      }),
    close: () => database.close(),
  }
}
