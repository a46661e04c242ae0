import pg from 'pg'

/** Group roles without a login: an operator makes a user a member, and that user can do this and no more. */
export const SERVICE_ROLE = 'refund_relay_service'
export const READER_ROLE = 'refund_relay_reader'

export interface Rights {
  /** What the service may do besides reading; left out: INSERT and UPDATE. */
  readonly may?: readonly ('INSERT' | 'UPDATE' | 'DELETE')[]
  /** Columns that it may not update; those of a later migration it may, unless they are named here. */
  readonly fixed?: readonly string[]
  /** Columns that whoever only looks does not see. */
  readonly hidden?: readonly string[]
}

/** Table → rights; one that is not named has what is left out. */
export const RIGHTS: Readonly<Record<string, Rights>> = {
  schema_migrations: { may: [] },
  refund_transitions: { may: [] },
  refund_changes: { may: ['INSERT'] },
  orgs: { fixed: ['org_id'] },
  payments: {
    fixed: [
      ...['org_id', 'payment_id', 'gateway', 'gateway_account', 'gateway_reference', 'currency', 'first_seen_at'],
      // Kept by triggers alone.
      ...['refunded', 'under_way', 'held', 'charged_back', 'voided'],
    ],
  },
  refunds: {
    fixed: [
      ...['id', 'org_id', 'payment_id', 'gateway', 'gateway_account', 'currency', 'undo', 'target', 'origin', 'amount'],
      ...['reason', 'note', 'line_items', 'requested_by', 'payer_asked', 'direct_debit', 'requested_at'],
      ...['idempotency_key', 'request_digest'],
      // Kept by triggers alone.
      ...['updated_at', 'attention_version'],
    ],
  },
  // When the body may change, a rule says.
  attempts: { fixed: ['id', 'refund_id', 'operation', 'key'], hidden: ['body'] },
  gateway_events: {
    fixed: [
      ...['id', 'gateway', 'gateway_account', 'identity', 'kind', 'gateway_kind', 'occurred_at', 'refund_reference'],
      // Its words are erased when their time has come.
      ...['refund_id', 'amount', 'currency', 'error_code', 'received_at'],
    ],
  },
  event_cursors: { fixed: ['gateway', 'gateway_account'] },
  chargebacks: { fixed: ['gateway', 'gateway_account', 'reference', 'org_id', 'payment_id'] },
  // Opened, changed and closed by triggers; the service only notes what Salesforce holds of them.
  exposures: {
    may: ['UPDATE'],
    fixed: ['id', 'org_id', 'payment_id', 'kind', 'amount', 'at_risk', 'opened_at', 'closed_at'],
  },
  reconciliations: { fixed: ['id', 'org_id', 'gateway', 'gateway_account', 'since', 'until', 'report', 'started_at'] },
  refund_breaks: {
    may: ['INSERT', 'UPDATE', 'DELETE'],
    fixed: ['id', 'org_id', 'gateway', 'gateway_account', 'kind', 'subject'],
  },
  reconciled_refunds: { may: ['INSERT', 'DELETE'] },
  erasure_cursors: { may: ['UPDATE'], fixed: ['subject'] },
  kept_longer: { may: ['INSERT', 'UPDATE', 'DELETE'], fixed: ['subject', 'id'] },
  limited_requests: { may: ['INSERT', 'DELETE'] },
}

/** The roles, where the server does not have them yet; they are the whole server's. */
export async function createRoles(client: pg.ClientBase): Promise<void> {
  for (const role of [SERVICE_ROLE, READER_ROLE]) {
    // Two databases of one server may be at it at the same moment.
    await client.query(`DO $$ BEGIN
      IF to_regrole('${role}') IS NULL THEN CREATE ROLE ${role} NOLOGIN; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`)
  }
}

/**
 * Gives both roles what the tables that are there now need, and takes everything else: the schema must be the ledger's alone. Nothing where the roles are not wanted.
 * Rules that hold whatever the service does run with the owner's rights, so that the sums of a payment are theirs alone.
 */
export async function renewGrants(client: pg.ClientBase): Promise<void> {
  const { rows: places } = await client.query<{ schema: string; isOpen: boolean }>(
    `SELECT quote_ident(current_schema()) AS schema, has_schema_privilege(to_regrole('${SERVICE_ROLE}'), current_schema(), 'CREATE') AS "isOpen"
     WHERE to_regrole('${SERVICE_ROLE}') IS NOT NULL AND to_regrole('${READER_ROLE}') IS NOT NULL`,
  )
  const place = places[0]
  if (!place) return
  const both = `${SERVICE_ROLE}, ${READER_ROLE}`
  const tables = await client.query<TableFound>(
    `SELECT c.oid::regclass::text AS table, relname::text AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
     GROUP BY c.oid`,
  )
  const functions = await client.query<{ signature: string; isTrigger: boolean }>(
    `SELECT p.oid::regprocedure::text AS signature, prorettype = 'trigger'::regtype AS "isTrigger" FROM pg_proc p
     WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f' AND pg_has_role(proowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')`,
  )
  await client.query(
    [
      `GRANT USAGE ON SCHEMA ${place.schema} TO ${both}`,
      // Before PostgreSQL 15 everybody might.
      ...(place.isOpen ? [`REVOKE CREATE ON SCHEMA ${place.schema} FROM PUBLIC, ${both}`] : []),
      ...tables.rows.flatMap((found) => grantsOn(found, both)),
      ...functions.rows.flatMap(({ signature, isTrigger }) => [
        // Who may name a trigger's function could hang it on a table of their own.
        `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC, ${both}`,
        isTrigger
          ? // A temporary table of the same name is not taken for the real one.
            `ALTER FUNCTION ${signature} SECURITY DEFINER SET search_path = ${place.schema}, pg_temp`
          : `GRANT EXECUTE ON FUNCTION ${signature} TO ${both}`,
      ]),
    ].join(';\n'),
  )
}

interface TableFound {
  readonly table: string
  readonly name: string
  readonly columns: readonly string[]
}

function grantsOn({ table, name, columns }: TableFound, both: string): string[] {
  const { may = ['INSERT', 'UPDATE'], fixed = [], hidden = [] } = RIGHTS[name] ?? {}
  const others = (except: readonly string[]) =>
    columns
      .filter((column) => !except.includes(column))
      .map((column) => pg.escapeIdentifier(column))
      .join(', ')
  return [
    `REVOKE ALL ON ${table} FROM PUBLIC, ${both}`,
    `GRANT SELECT ON ${table} TO ${SERVICE_ROLE}`,
    ...may.map(
      (right) => `GRANT ${right}${right === 'UPDATE' ? ` (${others(fixed)})` : ''} ON ${table} TO ${SERVICE_ROLE}`,
    ),
    `GRANT SELECT (${others(hidden)}) ON ${table} TO ${READER_ROLE}`,
  ]
}
