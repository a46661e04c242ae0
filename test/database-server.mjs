// One PostgreSQL for the whole run (jest calls this once, however many projects name it); fresh-database.ts hands out
// databases on it. TEST_DATABASE_URL in the environment names a server of your own instead.
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEmbedded, startEmbedded } from '../middleware/database/embedded.ts'

const PREFIX = 'refund-relay-test-'
let directory = null

export default async function startTestServer() {
  if (process.env.TEST_DATABASE_URL) return
  await removeLeftovers()
  directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // As root, PostgreSQL's user must be able to reach it.
  await chmod(directory, 0o755)
  // What a test run stores need not survive a power cut. Tests of durability start a server of their own.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }
  const server = await startEmbedded({ directory, settings, onNotice: (line) => console.error(line) })
  process.env.TEST_DATABASE_URL = server.url
}

export async function stopTestServer() {
  if (directory === null) return
  await removeEmbedded(directory)
  await rm(directory, { recursive: true, force: true })
}

/** Runs that were killed could not stop their server. */
async function removeLeftovers() {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)
    if (!owner || isAlive(Number(owner[1]))) continue
    // Another user's leftovers stay.
    await removeEmbedded(join(tmpdir(), name)).catch(() => {})
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
