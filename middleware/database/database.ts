import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { trace } from '../trace.ts'
import { gatheringSocket } from './gathering-socket.ts'

export interface Queryable {
  /** @returns the rows; numeric columns as decimal text, timestamps as Date. */
  query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]>
}

/** A transaction that is under way. */
export interface Transaction extends Queryable {
  /**
   * Its last statement, with COMMIT right behind it: the rows are told when they are committed, and no error later undoes them. One that is
   * the first as well is a transaction by itself, and needs neither BEGIN nor COMMIT.
   */
  last<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]>
}

export interface Database extends Queryable {
  /**
   * Commits what `work` did, or nothing of it. Only what goes through `tx` is part of the transaction; where PostgreSQL gives up one of
   * two that stand in each other's way, the work is done again, so it must do nothing else.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Names this process in the audit rows. */
  readonly instance?: string
  readonly maxConnections?: number
  /** For whoever reads much at once, as reports do: PostgreSQL plans as it likes. */
  readonly plansFreely?: boolean
  /** A lost idle connection; the next query opens another. */
  readonly onConnectionLost?: (error: Error) => void
}

/** Opens a pool on one PostgreSQL database; the only place that knows `pg`. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    application_name: options.instance ?? `relay-${process.pid}`,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 20_000,
    // Past the server's own: for a line over which nothing comes any more, and nobody says that it broke.
    query_timeout: 25_000,
    // A statement need not wait until the one before it was answered: BEGIN and COMMIT cost no journey of their own.
    pipeline: true,
    stream: gatheringSocket,
    ...(!options.plansFreely && { options: BY_INDEX }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: 20_000,
  })
  // Without a listener a server restart would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error))
  return {
    query: (text, parameters) => run(pool, text, parameters),
    async transaction(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await transactOnce(pool, work)
        } catch (error) {
          if (tries === MOST_TRIES || !wasInTheWay(error)) throw error
          // So that the other one, which was woken just now, comes first.
          await pause(tries * (20 + Math.random() * 80))
        }
      }
    },
    close: () => pool.end(),
  }
}

/**
 * The daily work finds its rows by an index. A plan that is made while a table is small would read it whole, and the connection keeps the
 * plan when the table has grown. What the address of the database says itself stands in its place.
 */
const BY_INDEX = ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `-c enable_${way}=off`).join(' ')

const MOST_TRIES = 3
/** serialization_failure, deadlock_detected: certainly rolled back, and likely to succeed when done again. */
const IN_THE_WAY = ['40001', '40P01']

function wasInTheWay(error: unknown): boolean {
  return error instanceof pg.DatabaseError && IN_THE_WAY.includes(error.code ?? '')
}

/** On a line that does not answer it is not waited for as long as for a query. */
const ROLLBACK = { text: 'ROLLBACK', query_timeout: 2_000 }

async function transactOnce<Result>(pool: pg.Pool, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let broken = false
  let begun: Promise<pg.QueryResult> | null = null
  let ended: Promise<unknown> | null = null
  // A line that breaks fails the query on it, and is told here as well: with nobody listening it would end the process.
  const onBroken = () => (broken = true)
  client.on('error', onBroken)
  // Behind a BEGIN that failed, or behind COMMIT, each statement would be committed by itself.
  const open = () => {
    if (broken || ended) throw new Error('the transaction is over')
  }
  const commit = async () => {
    const committed = client.query('COMMIT')
    ended = committed
    const { command } = await committed
    // So PostgreSQL answers where a statement had failed and nobody said so.
    if (command !== 'COMMIT') throw new Error('nothing was committed: a statement of the transaction had failed')
  }
  try {
    const result = await work({
      async query(text, parameters) {
        open()
        if (!begun) {
          begun = client.query('BEGIN')
          // Should work() fail as well, then it is the one that tells.
          begun.catch(onBroken)
        }
        return run(client, text, parameters)
      },
      last: <Row extends object>(text: string, parameters?: readonly unknown[]) =>
        trace('commit', {}, async () => {
          open()
          const rows = run<Row>(client, text, parameters)
          if (begun) return (await Promise.all([rows, commit()]))[0]
          ended = rows
          return rows
        }),
    })
    await begun
    if (begun && !ended) await trace('commit', {}, commit)
    await ended
    return result
  } catch (error) {
    // COMMIT of what has failed rolls it back.
    await isAnswered(ended ?? (begun && client.query(ROLLBACK)))
    throw error
  } finally {
    client.off('error', onBroken)
    client.release(broken)
  }

  /** A line on which the server answered, be it with an error, is as good as before; another is thrown away, and the server rolls back. */
  async function isAnswered(statement: Promise<unknown> | null): Promise<void> {
    await statement?.catch((error: unknown) => {
      // 57P: the server ends the session, or is going itself.
      if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) broken = true
    })
  }
}

/** A statement's name under which a connection keeps it parsed and planned. There are as many as the code has texts. */
const STATEMENT_NAMES = new Map<string, string>()

async function run<Row extends object>(
  runner: pg.Pool | pg.PoolClient,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  let name = STATEMENT_NAMES.get(text)
  if (name === undefined) STATEMENT_NAMES.set(text, (name = `relay_${STATEMENT_NAMES.size}`))
  const { rows } = await runner.query<Row>({ name, text, values: [...parameters] })
  return rows
}

/**
 * Whether a statement for several things failed for what one of them brought, which the server judged and would judge so again, or for a
 * lock that one of them waited for: not because the server was away or busy.
 */
export function failsForOneOfThem(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|54|55P03)/.test(error.code ?? '')
}

/** The constraint that refused a statement, or null when the error is of another kind. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code?.startsWith('23') ? (error.constraint ?? null) : null
}
