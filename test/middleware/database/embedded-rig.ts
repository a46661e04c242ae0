import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { removeEmbedded } from '../../../middleware/database/embedded.ts'
import { readPostmaster } from '../../../middleware/database/postmaster.ts'

export interface Starter {
  readonly url: string
  readonly notices: readonly string[]
  kill(): Promise<void>
}

/** Folders for servers, and processes that start them; all of it gone after cleanUp. */
export class EmbeddedRig {
  readonly #root = mkdtempSync(join(tmpdir(), 'refund-relay-embedded-'))
  readonly #folders: string[] = []
  readonly #starters: Starter[] = []

  constructor() {
    chmodSync(this.#root, 0o755)
  }

  folder(name: string, mode = 0o755): string {
    const path = join(this.#root, name)
    mkdirSync(path, { mode })
    this.#folders.push(path)
    return path
  }

  async startElsewhere(...args: string[]): Promise<Starter> {
    const script = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url))
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit').then(() => {
      throw new Error('the process that starts PostgreSQL ended by itself; its error stands above')
    })
    exited.catch(() => {}) // only waited for until it has started
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), exited])) as [string]
    const starter = {
      ...(JSON.parse(line) as { url: string; notices: string[] }),
      async kill() {
        if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit')
      },
    }
    this.#starters.push(starter)
    return starter
  }

  async cleanUp(): Promise<void> {
    await Promise.all(this.#starters.map((starter) => starter.kill()))
    for (const folder of this.#folders) await removeEmbedded(folder)
    rmSync(this.#root, { recursive: true, force: true })
  }
}

export function serverProcess(folder: string): number {
  return readPostmaster(join(folder, 'cluster', 'data'))!.pid
}

export async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
