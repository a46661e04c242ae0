import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Database } from '../../middleware/database/database.ts'

const run = promisify(execFile)

/** On which this process may run, e.g. [0, 1]. Linux only, as all here. Source: proc(5). */
export function processors(): number[] {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
  return list!.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last! - first! + 1 }, (_, place) => first! + place)
  })
}

/** Has processes run there only, with all of their threads and whatever they start from now on. Needs taskset, of util-linux. */
export async function keepOn(where: readonly number[], pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      await run('taskset', ['--all-tasks', '--cpu-list', '--pid', where.join(','), String(pid)])
    } catch (error) {
      // PostgreSQL ends the process of a connection that was closed.
      if (existsSync(`/proc/${pid}`)) throw error
    }
  }
}

/** All processes of a PostgreSQL on this machine: the one that takes connections, first, and those that it has started. */
export async function processesOf(database: Database): Promise<number[]> {
  const [backend] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${backend!.pid}/status`, 'utf8'))!
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').match(/\d+/g) ?? []
  return [parent!, ...children].map(Number)
}
