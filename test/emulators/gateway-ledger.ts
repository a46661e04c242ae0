import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ScheduleBook, ScheduleRecord, Task } from './gateway-schedule.ts'

/**
 * What a local gateway keeps, append-only: what is written in one go is there whole or not at all after a crash, and
 * nothing is ever changed. `Entry` is what people see of it, `Kept` what the gateway needs besides.
 */
export abstract class GatewayLedger<
  Entry extends { readonly kind: string },
  Kept extends { readonly kind: string },
  Work,
> implements ScheduleBook<Work> {
  readonly entries: Entry[] = []
  readonly tasks = new Map<string, Task<Work>>()
  clockOffsetMs = 0
  #file: number | null = null
  readonly #watchers = new Set<() => void>()

  record(...records: (Entry | Kept | ScheduleRecord<Work>)[]): void {
    if (this.#file !== null) {
      writeSync(this.#file, `${JSON.stringify(records)}\n`)
      fsyncSync(this.#file)
    }
    for (const record of records) this.#apply(record)
    for (const look of this.#watchers) look()
  }

  /** Waits for the fact, not for time. */
  until<T>(find: (entries: readonly Entry[]) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find(this.entries)
        if (found === undefined) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      look()
    })
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  /** Makes of a record what the gateway looks things up in; entries are listed here too. */
  protected abstract apply(record: Entry | Kept): void

  /**
   * For the end of the constructor: reads what was kept, and goes on there.
   * @param directory none: memory only
   */
  protected open(directory: string | undefined, name: string): void {
    if (directory === undefined) return
    mkdirSync(directory, { recursive: true })
    const path = join(directory, name)
    for (const record of readWhole(path)) this.#apply(record as Entry | Kept | ScheduleRecord<Work>)
    this.#file = openSync(path, 'a')
  }

  #apply(record: Entry | Kept | ScheduleRecord<Work>): void {
    if (!isOfSchedule<Work>(record)) return this.apply(record as Entry | Kept)
    switch (record.kind) {
      case 'clock':
        this.clockOffsetMs = record.offsetMs
        return
      case 'task':
        this.tasks.set(record.id, record)
        return
      case 'task postponed': {
        const { id, dueAt, work } = record
        const task = this.tasks.get(id)
        if (task) this.tasks.set(id, { ...task, dueAt, ...(work !== undefined && { work }) })
        return
      }
      case 'task done':
        this.tasks.delete(record.id)
    }
  }
}

function isOfSchedule<Work>(record: { readonly kind: string }): record is ScheduleRecord<Work> {
  return ['clock', 'task', 'task postponed', 'task done'].includes(record.kind)
}

/** A last line without its end was being written when the process died: nobody was told of it. */
function readWhole(path: string): unknown[] {
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) truncateSync(path, end)
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => JSON.parse(line) as unknown[])
}
