import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { unappliedMigrations } from '../database/migrate.ts'
import { SERVICE_ROLE } from '../database/roles.ts'
import type { Finding } from './finding.ts'
import { openLedger } from './open-ledger.ts'

type DatabasePart = Pick<Config, 'database'> & {
  readonly gatewayAccounts: readonly Pick<Config['gatewayAccounts'][number], 'live'>[]
}

const MEMBERSHIP = `make its user a member of ${SERVICE_ROLE}, see "Database roles" in the README`

/** Whether the database answers, is up to date, and trusts the service no further than it must. */
export async function checkDatabase(config: DatabasePart): Promise<Finding[]> {
  const subject = 'database'
  try {
    const ledger = await openLedger(config)
    try {
      const user = await userOf(ledger.database)
      return [
        { subject, what: 'answers', detail: await versionOf(ledger.database), remedy: null },
        await checkSchema(ledger.database, user),
        // The embedded one has no other user.
        ...('url' in config.database ? [checkRights(user, config)] : []),
      ]
    } finally {
      await ledger.close()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const remedy = 'check the address and password of `database`, and that PostgreSQL runs'
    return [{ subject, what: 'answers', detail: code ?? message, remedy }]
  }
}

async function versionOf(database: Database): Promise<string> {
  const [row] = await database.query<{ version: string; recovery: boolean }>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS recovery`,
  )
  if (row!.recovery) throw new Error('it is a standby, which takes no writes')
  return `PostgreSQL ${row!.version}`
}

interface User {
  readonly name: string
  readonly isSuperuser: boolean
  /** Null: there are no tables yet. */
  readonly ownsTables: boolean | null
  readonly mayRead: boolean | null
  readonly mayWrite: boolean | null
  readonly mayCreate: boolean
}

async function userOf(database: Database): Promise<User> {
  const [user] = await database.query<User>(
    `SELECT current_user AS name, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "isSuperuser",
       (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('refunds')) AS "ownsTables",
       has_table_privilege(to_regclass('schema_migrations'), 'SELECT') AS "mayRead",
       has_table_privilege(to_regclass('refunds'), 'INSERT') AS "mayWrite",
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayCreate"`,
  )
  return user!
}

async function checkSchema(database: Database, user: User): Promise<Finding> {
  const finding = { subject: 'database', what: 'schema' }
  if (user.mayRead === false) return { ...finding, detail: `${user.name} may not read it`, remedy: MEMBERSHIP }
  const { length } = await unappliedMigrations(database)
  if (length === 0) return { ...finding, detail: 'up to date', remedy: null }
  // The owner applies them at the next start: that some wait is then news, not a fault.
  if (user.ownsTables ?? user.mayCreate)
    return { ...finding, detail: `${length} migrations will be applied at the next start`, remedy: null }
  const remedy = 'run `npm run migrate` as the owner of the tables'
  return { ...finding, detail: `${length} migrations are missing, which ${user.name} may not apply`, remedy }
}

function checkRights(
  { name, isSuperuser, ownsTables, mayCreate, mayWrite }: User,
  { gatewayAccounts }: DatabasePart,
): Finding {
  const finding = { subject: 'database', what: 'rights' }
  if (mayWrite === false) return { ...finding, detail: `${name} may not write refunds`, remedy: MEMBERSHIP }
  // Whoever makes the tables at the first start owns them from then on.
  if (!isSuperuser && !(ownsTables ?? mayCreate))
    return { ...finding, detail: `${name} may not change the rules kept there`, remedy: null }
  const isLive = gatewayAccounts.some(({ live }) => live)
  const detail = `${name} ${isSuperuser ? 'is a superuser' : ownsTables ? 'owns the tables' : 'will own the tables'}, and could switch off the rules kept there`
  return { ...finding, detail, remedy: isLive ? MEMBERSHIP.replace('its user', 'another user') : null }
}
