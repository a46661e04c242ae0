import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { serverEnvironment, type ServerUser } from './postgres-binaries.ts'
import { isAlive, namesFolder, readPid } from './postmaster.ts'

/** Where root keeps what the server's user cannot reach in the project's own folder. */
export const REACHABLE_FOLDER = '/var/lib/refund-relay'

/** PostgreSQL refuses to run as root. This number needs no account of ours: it is nobody's everywhere. */
const NOBODY = 65534

/** One cluster and its neighbours. */
export interface ClusterFolder {
  /** The folder that configuration names. */
  readonly named: string
  /** The folder that holds the cluster: the named one, unless the server's user cannot reach that. */
  readonly home: string
  readonly data: string
  readonly passwordFile: string
  readonly log: string
  /** Where its Unix socket stands, which costs less than loopback does; null where the path is too long for one. */
  readonly sockets: string | null
  readonly user: ServerUser
}

/**
 * The cluster's folder, made if there is none.
 * @throws EmbeddedError, or what the file system says
 */
export function openFolder(named: string, reachable: string, onNotice: (line: string) => void): ClusterFolder {
  mkdirSync(named, { recursive: true })
  // One folder, one spelling: the running server is recognised by it.
  const real = realpathSync(named)
  return describeFolder(real, homeOf(real) ?? chooseHome(real, reachable, onNotice))
}

/** Without making anything; null when no cluster was ever made for this folder. */
export function findFolder(named: string): ClusterFolder | null {
  if (!statSync(named, { throwIfNoEntry: false })) return null
  const real = realpathSync(named)
  const folder = describeFolder(real, homeOf(real) ?? real)
  return statSync(folder.data, { throwIfNoEntry: false }) ? folder : null
}

export function deleteFolder(folder: ClusterFolder): void {
  rmSync(dirname(folder.data), { recursive: true, force: true })
  rmSync(folder.log, { force: true })
  if (folder.home === folder.named) return
  rmdirSync(folder.home)
  rmSync(pointerIn(folder.named))
}

export function giveTo(user: ServerUser, path: string): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid)
}

export function nameHalf(path: string): string {
  return `${path}.new-${process.pid}-${randomUUID()}`
}

/** Of starts that were killed. What cannot be removed now is removed at the next start. */
export function removeHalves(folder: ClusterFolder): void {
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

/** Of servers that were killed. PostgreSQL itself clears away only the one of the port that it is about to take. */
export function removeStaleSockets({ data, sockets }: ClusterFolder): void {
  if (sockets === null) return
  for (const name of readdirSync(sockets)) {
    if (!/^\.s\.PGSQL\.\d+\.lock$/.test(name)) continue
    const lock = join(sockets, name)
    const pid = readPid(lock)
    // Of one that starts just now it is not written yet.
    if (pid === null || (isAlive(pid) && namesFolder(pid, data) !== false)) continue
    rmSync(lock, { force: true })
    rmSync(lock.replace(/\.lock$/, ''), { force: true })
  }
}

function describeFolder(named: string, home: string): ClusterFolder {
  const cluster = join(home, 'cluster')
  const data = join(cluster, 'data')
  return {
    named,
    home,
    data,
    passwordFile: join(cluster, 'password'),
    log: join(home, 'server.log'),
    sockets: canHoldSocket(cluster) ? cluster : null,
    user: userFor(data),
  }
}

/** The shortest limit of the systems that have sockets, macOS's, with its closing zero. */
const LONGEST_SOCKET_PATH_BYTES = 104

function canHoldSocket(folder: string): boolean {
  const longest = Buffer.byteLength(socketIn(folder, 65_535)) + 1
  return process.platform !== 'win32' && !folder.includes('"') && longest <= LONGEST_SOCKET_PATH_BYTES
}

function socketIn(folder: string, port: number): string {
  return join(folder, `.s.PGSQL.${port}`)
}

/** As root, a cluster that a normal user made goes on under that user. */
function userFor(data: string): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const existing = statSync(data, { throwIfNoEntry: false })
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid }
  // A copy or a chown -R left it to root.
  if (existing) giveTree(data)
  return { uid: NOBODY, gid: NOBODY }
}

function giveTree(folder: string): void {
  chownSync(folder, NOBODY, NOBODY)
  for (const entry of readdirSync(folder, { recursive: true })) chownSync(join(folder, entry as string), NOBODY, NOBODY)
}

function pointerIn(named: string): string {
  return join(named, 'elsewhere')
}

function homeOf(named: string): string | null {
  try {
    return readFileSync(pointerIn(named), 'utf8').trim()
  } catch {
    return statSync(join(named, 'cluster'), { throwIfNoEntry: false }) ? named : null
  }
}

function chooseHome(named: string, reachable: string, onNotice: (line: string) => void): string {
  if (process.getuid?.() !== 0 || isReachable(named)) return named
  // The umask may have closed what was just made.
  if (mkdirSync(reachable, { recursive: true })) chmodSync(reachable, 0o755)
  if (!isReachable(reachable)) {
    throw new EmbeddedError(
      `PostgreSQL does not run as root and its user can reach neither ${named} nor ${reachable}: name a reachable folder (database.embedded.directory).`,
    )
  }
  const elsewhere = join(reachable, `data-${randomUUID()}`)
  mkdirSync(elsewhere)
  chmodSync(elsewhere, 0o755)
  const half = `${pointerIn(named)}.${randomUUID()}`
  writeFileSync(half, `${elsewhere}\n`, { flush: true })
  try {
    linkSync(half, pointerIn(named))
  } catch {
    // Another process chose first: its choice is everybody's.
    rmSync(elsewhere, { recursive: true })
    return readFileSync(pointerIn(named), 'utf8').trim()
  } finally {
    rmSync(half)
  }
  onNotice(`The database is kept in ${elsewhere}: PostgreSQL does not run as root, and its user cannot reach ${named}.`)
  return elsewhere
}

function isReachable(folder: string): boolean {
  const user = { uid: NOBODY, gid: NOBODY }
  return (
    spawnSync('/bin/sh', ['-c', 'test -x "$0"', folder], { ...user, cwd: '/', env: serverEnvironment() }).status === 0
  )
}
