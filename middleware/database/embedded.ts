import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedError, explainOutput, explainRefusal } from './embedded-error.ts'
import {
  deleteFolder,
  findFolder,
  giveTo,
  nameHalf,
  openFolder,
  REACHABLE_FOLDER,
  removeHalves,
  removeStaleSockets,
  type ClusterFolder,
} from './embedded-folder.ts'
import { freePort, launch, START_MS } from './launch-server.ts'
import { findBinaries, serverEnvironment, type PostgresBinaries } from './postgres-binaries.ts'
import { mayServe, namesFolder, pidFile, readPostmaster, stopPostmaster, type Postmaster } from './postmaster.ts'

export interface EmbeddedOptions {
  /** Holds the cluster, its password and its log; made if missing. */
  readonly directory: string
  /** A free one is chosen if none is given. A server that is already running keeps its own. */
  readonly port?: number
  /** One line for the operator, when something is kept where it would not be looked for. */
  readonly onNotice?: (line: string) => void
  /** PostgreSQL settings beside or instead of the default ones. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where root keeps what the server's user cannot reach in `directory`. */
  readonly reachableFolder?: string
}

export interface EmbeddedPostgres {
  /** The database of the middleware, by a socket in its folder, or by loopback where the path is too long for one. */
  readonly url: string
  /** It was running before: somebody else started it, and may need it. */
  readonly adopted: boolean
  /** Fast shutdown, also of a server that was adopted; returns when it has gone. */
  stop(): Promise<void>
}

const DATABASE = 'refund_relay'

/**
 * Starts the PostgreSQL that came with npm on a folder, or adopts the one that already serves it: the server outlives
 * the process that started it, so that a crash of this one loses nothing and the next one finds it running.
 * @throws EmbeddedError
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const onNotice = options.onNotice ?? (() => {})
  const reachable = options.reachableFolder ?? REACHABLE_FOLDER
  try {
    const folder = openFolder(options.directory, reachable, onNotice)
    const server =
      (await adopt(folder)) ?? (await start(folder, options, findBinaries(folder.user, reachable, onNotice)))
    await ensureDatabase(urlOf(folder, server, 'postgres'))
    return {
      url: urlOf(folder, server, DATABASE),
      adopted: server.adopted,
      stop: () => stopPostmaster(folder.data),
    }
  } catch (error) {
    throw explainRefusal(error, options.directory)
  }
}

/** Stops the server of a folder, if it runs, and deletes what it kept, wherever that is; other files stay. */
export async function removeEmbedded(directory: string): Promise<void> {
  const folder = findFolder(directory)
  if (!folder) return
  await stopPostmaster(folder.data)
  deleteFolder(folder)
}

interface RunningServer extends Pick<Postmaster, 'port' | 'sockets'> {
  readonly adopted: boolean
}

/** The server that serves this folder already. None is believed before it has named the folder. */
async function adopt(folder: ClusterFolder): Promise<RunningServer | null> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline) {
    const postmaster = readPostmaster(folder.data)
    if (!postmaster || !mayServe(postmaster, folder.data)) return null
    if (postmaster.ready && (await servesFolder(folder, postmaster))) return { ...postmaster, adopted: true }
    await pause(50)
  }
  throw new EmbeddedError(
    `Process ${readPostmaster(folder.data)?.pid} holds the database folder ${folder.data} but does not answer as its server: stop it; if it is another program, delete ${pidFile(folder.data)}.`,
  )
}

async function servesFolder(folder: ClusterFolder, postmaster: Postmaster): Promise<boolean> {
  try {
    return await withClient(urlOf(folder, postmaster, 'postgres'), async (client) => {
      const answer = await client.query<{ data_directory: string }>('SHOW data_directory')
      return answer.rows[0]?.data_directory === folder.data
    })
  } catch {
    return false
  }
}

async function start(
  folder: ClusterFolder,
  options: EmbeddedOptions,
  binaries: PostgresBinaries,
): Promise<RunningServer> {
  if (!existsSync(folder.data)) makeCluster(folder, binaries)
  removeHalves(folder)
  removeStaleSockets(folder)
  const deadline = Date.now() + START_MS
  for (;;) {
    const port = options.port ?? (await freePort())
    const output = await launch(folder, port, options.settings ?? {}, binaries)
    if (output === null) {
      const running = await adopt(folder)
      if (running) return { ...running, adopted: false }
    } else if (/lock file ".*" (already exists|is empty)/.test(output)) {
      // Another process was faster, or the number of a server that died was given to another program.
      const running = await adopt(folder)
      if (running) return running
      removeStaleLock(folder)
    } else if (/pre-existing shared memory block/.test(output)) {
      await pause(100) // the last processes of a killed server are still leaving
    } else if (options.port !== undefined || !/Address already in use/.test(output)) {
      throw explainOutput(output, folder.named, port)
    }
    if (Date.now() > deadline) throw explainOutput(output ?? readFileSync(folder.log, 'utf8'), folder.named, port)
  }
}

/** Made aside and moved into place whole: a start that was cut short leaves no half cluster, and of two at once one wins. */
function makeCluster(folder: ClusterFolder, binaries: PostgresBinaries): void {
  const cluster = dirname(folder.data)
  const half = nameHalf(cluster)
  const passwordFile = join(half, 'password')
  mkdirSync(half, { mode: 0o700 })
  giveTo(folder.user, half)
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true })
  giveTo(folder.user, passwordFile)
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C']
  const builtin = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const run = spawnSync(
    binaries.initdb,
    [`--pgdata=${join(half, 'data')}`, `--pwfile=${passwordFile}`, ...flags, ...builtin],
    { ...folder.user, cwd: half, env: serverEnvironment(), encoding: 'utf8' },
  )
  try {
    if (run.status !== 0) throw explainOutput(run.stderr ?? String(run.error), folder.named, undefined)
    renameSync(half, cluster)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(folder.data)) throw error
  }
}

function removeStaleLock(folder: ClusterFolder): void {
  const postmaster = readPostmaster(folder.data)
  if (postmaster && namesFolder(postmaster.pid, folder.data) === false) rmSync(pidFile(folder.data), { force: true })
}

async function ensureDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (found.rows.length > 0) return
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`).catch((error: pg.DatabaseError) => {
      // 42P04, 23505: another process made it at the same moment.
      if (error.code !== '42P04' && error.code !== '23505') throw error
    })
  })
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a lost connection fails the query that runs on it
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

function urlOf(
  folder: ClusterFolder,
  { port, sockets }: Pick<Postmaster, 'port' | 'sockets'>,
  database: string,
): string {
  let password: string
  try {
    password = readFileSync(folder.passwordFile, 'utf8').trim()
  } catch (cause) {
    throw new EmbeddedError(
      `The database's password cannot be read from ${folder.passwordFile} (${(cause as NodeJS.ErrnoException).code}): restore it, or start as the user who owns it.`,
      { cause },
    )
  }
  return `postgres://postgres:${password}@${sockets === null ? '127.0.0.1' : encodeURIComponent(sockets)}:${port}/${database}`
}
