import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedError, explainOutput, explainRefusal } from './embedded-error.ts'
import {
  deleteFolder,
  findFolder,
  giveTo,
  openFolder,
  REACHABLE_FOLDER,
  type ClusterFolder,
} from './embedded-folder.ts'
import { findBinaries, serverEnvironment, type PostgresBinaries } from './postgres-binaries.ts'
import { isAlive, mayServe, namesFolder, pidFile, readPostmaster, stopPostmaster } from './postmaster.ts'

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
  /** The database of the middleware, on loopback. */
  readonly url: string
  /** It was running before: somebody else started it, and may need it. */
  readonly adopted: boolean
  /** Fast shutdown, also of a server that was adopted; returns when it has gone. */
  stop(): Promise<void>
}

const DATABASE = 'refund_relay'
/** Recovery after a crash included. */
const START_MS = 120_000
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '64MB',
  max_connections: '100',
  jit: 'off',
  // Failed statements stay out of the log: their text is data. What the server says of itself stays in.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

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
    await ensureDatabase(urlOf(folder, server.port, 'postgres'))
    return {
      url: urlOf(folder, server.port, DATABASE),
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

interface RunningServer {
  readonly port: number
  readonly adopted: boolean
}

/** The server that serves this folder already. None is believed before it has named the folder. */
async function adopt(folder: ClusterFolder): Promise<RunningServer | null> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline) {
    const postmaster = readPostmaster(folder.data)
    if (!postmaster || !mayServe(postmaster, folder.data)) return null
    if (postmaster.ready && (await servesFolder(folder, postmaster.port))) {
      return { port: postmaster.port, adopted: true }
    }
    await pause(50)
  }
  throw new EmbeddedError(
    `Process ${readPostmaster(folder.data)?.pid} holds the database folder ${folder.data} but does not answer as its server: stop it; if it is another program, delete ${pidFile(folder.data)}.`,
  )
}

async function servesFolder(folder: ClusterFolder, port: number): Promise<boolean> {
  try {
    return await withClient(urlOf(folder, port, 'postgres'), async (client) => {
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
  const deadline = Date.now() + START_MS
  for (;;) {
    const port = options.port ?? (await freePort())
    const output = await launch(folder, port, { ...SETTINGS, ...options.settings }, binaries)
    if (output === null) {
      const running = await adopt(folder)
      if (running) return { port: running.port, adopted: false }
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

/** Of starts that were killed. What cannot be removed now is removed at the next start. */
function removeHalves(folder: ClusterFolder): void {
  for (const name of readdirSync(folder.home)) {
    const maker = /\.new-(\d+)-/.exec(name)
    if (!maker || isAlive(Number(maker[1]))) continue
    try {
      rmSync(join(folder.home, name), { recursive: true, force: true })
    } catch {
      continue
    }
  }
}

function nameHalf(path: string): string {
  return `${path}.new-${process.pid}-${randomUUID()}`
}

/** @returns null once the server says that it is ready; what it wrote, if it gave up. */
async function launch(
  folder: ClusterFolder,
  port: number,
  settings: Readonly<Record<string, string>>,
  binaries: PostgresBinaries,
): Promise<string | null> {
  // Several may try at once: what a server says of itself is read by who started it, and the log is the one's that runs.
  const ownLog = nameHalf(folder.log)
  const log = openSync(ownLog, 'w', 0o600)
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // A session of its own: Ctrl-C must reach the middleware first, which stops the server when its work is stored.
  const server = spawn(binaries.postgres, ['-D', folder.data, '-p', String(port), ...flags], {
    ...folder.user,
    cwd: dirname(folder.data),
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  server.unref()
  let failure: Error | null = null
  let hasExited = false
  server.on('error', (error) => (failure = error))
  server.on('exit', () => (hasExited = true))
  const deadline = Date.now() + START_MS
  while (!failure && !hasExited && Date.now() < deadline) {
    const postmaster = readPostmaster(folder.data)
    if (postmaster?.pid === server.pid && postmaster?.ready) break
    await pause(10)
  }
  if (!failure && !hasExited) {
    renameSync(ownLog, folder.log)
    return null
  }
  const output = failure ? (failure as Error).message : readFileSync(ownLog, 'utf8')
  rmSync(ownLog)
  return output
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

function urlOf(folder: ClusterFolder, port: number, database: string): string {
  let password: string
  try {
    password = readFileSync(folder.passwordFile, 'utf8').trim()
  } catch (cause) {
    throw new EmbeddedError(
      `The database's password cannot be read from ${folder.passwordFile} (${(cause as NodeJS.ErrnoException).code}): restore it, or start as the user who owns it.`,
      { cause },
    )
  }
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
