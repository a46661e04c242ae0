import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../middleware/database/database.ts'
import { removeEmbedded, startEmbedded } from '../../middleware/database/embedded.ts'
import type { EmbeddedPostgres } from '../../middleware/database/embedded.ts'
import { readPostmaster } from '../../middleware/database/postmaster.ts'
import { until } from '../until.ts'

/** A PostgreSQL of the test's own, as durable as in production, that may be stopped, killed and started again on its port. */
export interface OwnPostgres {
  readonly url: string
  /** Its data folder. */
  readonly data: string
  start(): Promise<void>
  /** Fast: sessions are ended, what is committed is kept. */
  stop(): Promise<void>
  /** SIGKILL of the postmaster, which is gone when this returns. */
  kill(): Promise<void>
  close(): Promise<void>
}

/**
 * @param settings beside or instead of the usual ones
 * @param place where its folder is made; the system's folder for temporary files when left out
 */
export async function startOwnPostgres(settings: Record<string, string> = {}, place = tmpdir()): Promise<OwnPostgres> {
  const directory = await mkdtemp(join(place, 'refund-relay-postgres-'))
  // As root, PostgreSQL's user must be able to reach it.
  await chmod(directory, 0o755)
  let server: EmbeddedPostgres = await startEmbedded({ directory, settings })
  const port = Number(new URL(server.url).port)
  const data = await dataFolderOf(server.url)
  return {
    url: server.url,
    data,
    async start() {
      server = await startEmbedded({ directory, settings, port })
    },
    stop: () => server.stop(),
    async kill() {
      const { pid } = readPostmaster(data)!
      process.kill(pid, 'SIGKILL')
      await until(() => {
        if (isThere(pid)) throw new Error(`postmaster ${pid} is still there`)
      })
    },
    async close() {
      await removeEmbedded(directory)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function dataFolderOf(url: string): Promise<string> {
  const database = openDatabase(url)
  try {
    const [row] = await database.query<{ data_directory: string }>('SHOW data_directory')
    return row!.data_directory
  } finally {
    await database.close()
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
