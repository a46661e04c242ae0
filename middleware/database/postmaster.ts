import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EmbeddedError } from './embedded-error.ts'

/** What a running server writes into its data folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** The folder of its Unix socket; null: it has none. */
  readonly sockets: string | null
  readonly ready: boolean
}

/** A fast shutdown writes one checkpoint; past this, an immediate one leaves it to the next start's recovery. */
const FAST_SHUTDOWN_MS = 30_000

/** postmaster.pid: process, data folder, start time, port, socket folder, address, shared memory, status. */
export function readPostmaster(data: string): Postmaster | null {
  const lock = readLock(pidFile(data))
  if (!lock) return null
  const { pid, lines } = lock
  return { pid, port: Number(lines[3]), sockets: lines[4]?.trim() || null, ready: lines[7]?.trim() === 'ready' }
}

/** The process that holds a lock file of PostgreSQL; null when there is none, or not yet. */
export function readPid(lock: string): number | null {
  return readLock(lock)?.pid ?? null
}

function readLock(lock: string): { readonly pid: number; readonly lines: readonly string[] } | null {
  try {
    const lines = readFileSync(lock, 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 0 ? { pid, lines } : null
  } catch {
    return null
  }
}

export function pidFile(data: string): string {
  return join(data, 'postmaster.pid')
}

/** False when its process has gone, or when its number has since been given to another program. */
export function mayServe(postmaster: Postmaster, data: string): boolean {
  return isAlive(postmaster.pid) && namesFolder(postmaster.pid, data) !== false
}

/** Whether the process was started on this folder; null where the system does not tell. */
export function namesFolder(pid: number, data: string): boolean | null {
  if (process.platform !== 'linux') return null
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)
  } catch {
    return null
  }
}

/** Fast shutdown: open transactions are rolled back, everything committed is kept. Returns when the server has gone. */
export async function stopPostmaster(data: string): Promise<void> {
  const postmaster = readPostmaster(data)
  if (!postmaster || !mayServe(postmaster, data)) return
  send(postmaster.pid, 'SIGINT', data)
  const deadline = Date.now() + FAST_SHUTDOWN_MS
  let urged = false
  // The file goes last; a process that nobody reaps would seem alive for ever.
  while (readPostmaster(data)?.pid === postmaster.pid && isAlive(postmaster.pid)) {
    if (!urged && Date.now() > deadline) {
      urged = true
      send(postmaster.pid, 'SIGQUIT', data)
    }
    await pause(20)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function send(pid: number, signal: NodeJS.Signals, data: string): void {
  try {
    process.kill(pid, signal)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return
    throw new EmbeddedError(
      `PostgreSQL (process ${pid}) in ${data} belongs to another user: stop it as that user or as root.`,
      { cause },
    )
  }
}
