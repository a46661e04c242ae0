import { spawn } from 'node:child_process'
import { chmod, chown, cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { REACHABLE_FOLDER } from '../../middleware/database/embedded-folder.ts'
import { findBinaries, serverEnvironment } from '../../middleware/database/postgres-binaries.ts'
import { stopPostmaster } from '../../middleware/database/postmaster.ts'
import { until } from '../until.ts'
import type { OwnPostgres } from './own-postgres.ts'

/** A second server that holds everything the first has acknowledged, and can take its place. */
export interface Standby {
  readonly port: number
  /** Returns when it takes writes. */
  promote(): Promise<void>
  close(): Promise<void>
}

/**
 * Copies a running server and lets the copy follow it. From then on the first one acknowledges a commit only when the copy shows it:
 * PostgreSQL, "High Availability", synchronous replication with remote_apply. (The npm package has no pg_basebackup: the copy is made
 * between pg_backup_start and pg_backup_stop, as the documentation of low-level backups says.)
 */
export async function startStandby(primary: OwnPostgres): Promise<Standby> {
  const home = await mkdtemp(join(tmpdir(), 'refund-relay-standby-'))
  const data = join(home, 'data')
  const admin = new pg.Client({ connectionString: primary.url })
  await admin.connect()
  await admin.query(`SELECT pg_backup_start('standby', true)`)
  await cp(primary.data, data, {
    recursive: true,
    // What belongs to the running server, and files of its own that come and go.
    filter: (path) => !/postmaster\.(pid|opts)$|pgsql_tmp|pg_stat_tmp/.test(path),
  })
  const backup = await admin.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()')
  await writeFile(join(data, 'backup_label'), backup.rows[0]!.labelfile)
  await writeFile(join(data, 'standby.signal'), '')
  const { uid, gid } = await stat(primary.data)
  const user = process.getuid?.() === 0 ? { uid, gid } : {}
  await chmod(home, 0o755)
  await giveAll(home, uid, gid)
  await chmod(data, 0o700)

  const port = await freePort()
  const { port: primaryPort, password } = new URL(primary.url)
  const settings = {
    primary_conninfo: `host=127.0.0.1 port=${primaryPort} user=postgres password=${password} application_name=standby`,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    shared_buffers: '64MB',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { postgres } = findBinaries(user, REACHABLE_FOLDER, () => {})
  const server = spawn(postgres, ['-D', data, '-p', String(port), ...flags], {
    ...user,
    cwd: home,
    env: serverEnvironment(),
    stdio: 'ignore',
  })
  const url = new URL(primary.url)
  url.hostname = '127.0.0.1'
  url.port = String(port)

  await until(async () => {
    const { rows } = await admin.query(`SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`)
    if (rows.length === 0) throw new Error(`the standby does not follow (exit code ${server.exitCode})`)
  }, 30_000)
  await admin.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
  await admin.query(`ALTER SYSTEM SET synchronous_commit = 'remote_apply'`)
  await admin.query('SELECT pg_reload_conf()')
  await until(async () => {
    const { rows } = await admin.query(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)
    if (rows.length === 0) throw new Error('the standby is not synchronous yet')
  })
  await admin.end()
  return {
    port,
    async promote() {
      const client = new pg.Client({ connectionString: url.href })
      await client.connect()
      await client.query('SELECT pg_promote(true, 30)')
      await client.end()
    },
    async close() {
      await stopPostmaster(data)
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function giveAll(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid)
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, gid)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
