import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeEmbedded, startEmbedded } from '../../middleware/database/embedded.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'

export interface BenchDatabase {
  fresh(): Promise<FreshDatabase>
  stop(): Promise<void>
}

/** The PostgreSQL that the product brings, with the settings that the product gives it: every commit reaches the disk. */
export async function startBenchDatabase(directory: string, onNotice: (line: string) => void): Promise<BenchDatabase> {
  const folder = join(directory, 'postgres')
  await mkdir(folder, { recursive: true })
  // As root, PostgreSQL's user must be able to reach it.
  await chmod(folder, 0o755)
  const server = await startEmbedded({ directory: folder, onNotice })
  process.env.TEST_DATABASE_URL = server.url
  return {
    fresh: freshDatabase,
    async stop() {
      delete process.env.TEST_DATABASE_URL
      await removeEmbedded(folder)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
