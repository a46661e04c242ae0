import { readConfig } from '../../middleware/config.ts'
import type { Database } from '../../middleware/database/database.ts'
import { openGateway } from '../../middleware/gateways/registry.ts'
import { startServer } from '../../middleware/http/server.ts'
import { openLog } from '../../middleware/log.ts'
import { openMetrics } from '../../middleware/operations/metrics.ts'
import { GatewayAccounts } from '../../middleware/refunds/gateway-accounts.ts'
import { PermittedUsers } from '../../middleware/refunds/permitted-users.ts'

/**
 * The middleware's own door over a database that answers at once and keeps nothing, in a process of its own: what receiving,
 * verifying, logging, counting and acknowledging a webhook costs without storing it. Every event is new to it.
 */
const NOTHING: Database = {
  query: <Row extends object>(text: string) =>
    Promise.resolve(text.includes('gateway_events') ? [{ kept: null } as Row] : []),
  transaction: (work) => work({ ...NOTHING, last: NOTHING.query }),
  close: () => Promise.resolve(),
}

openMetrics(NOTHING, [])
const config = readConfig(process.argv[2]!)
const accounts = config.gatewayAccounts.map((settings) => ({
  ...{ account: settings.account, orgId: settings.org, live: settings.live, gateway: openGateway(settings) },
}))
const server = await startServer({
  ...{ ...config.server, orgs: config.orgs, database: NOTHING, log: openLog('info'), limits: config.limits },
  ...{ accounts: new GatewayAccounts(accounts, new Set()), permittedUsers: new PermittedUsers(NOTHING, new Map()) },
  ...{
    directDebit: config.directDebit,
    refundLimits: new Map(),
    onWork: () => {},
    answerWithinMs: 5_000,
    readiness: async () => null,
    onBegun: () => {},
  },
})
process.send!({ url: server.url })
process.on('disconnect', () => process.exit(0))
