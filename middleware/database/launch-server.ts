import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nameHalf, type ClusterFolder } from './embedded-folder.ts'
import { serverEnvironment, type PostgresBinaries } from './postgres-binaries.ts'
import { readPostmaster } from './postmaster.ts'

/** Recovery after a crash included. */
export const START_MS = 120_000
const SETTINGS = {
  listen_addresses: '127.0.0.1',
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

/** @returns null once the server says that it is ready; what it wrote, if it gave up. */
export async function launch(
  folder: ClusterFolder,
  port: number,
  settings: Readonly<Record<string, string>>,
  binaries: PostgresBinaries,
): Promise<string | null> {
  // Several may try at once: what a server says of itself is read by who started it, and the log is the one's that runs.
  const ownLog = nameHalf(folder.log)
  const log = openSync(ownLog, 'w', 0o600)
  const sockets = { unix_socket_directories: folder.sockets === null ? '' : `"${folder.sockets}"` }
  const flags = Object.entries({ ...SETTINGS, ...sockets, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
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

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
