import { randomUUID } from 'node:crypto'

export interface Task<Work> {
  readonly id: string
  readonly dueAt: number
  readonly work: Work
}

export type ScheduleRecord<Work> =
  | { readonly kind: 'clock'; readonly offsetMs: number }
  | ({ readonly kind: 'task' } & Task<Work>)
  /** A task that waits again, changed where `work` is given. */
  | { readonly kind: 'task postponed'; readonly id: string; readonly dueAt: number; readonly work?: Work }
  | { readonly kind: 'task done'; readonly id: string }

/** Where tasks and the clock are kept. */
export interface ScheduleBook<Work> {
  readonly clockOffsetMs: number
  readonly tasks: ReadonlyMap<string, Task<Work>>
  record(...records: ScheduleRecord<Work>[]): void
}

/** What a task became: done, or due again at a time of the local clock. */
export type WorkResult<Work> = 'done' | { readonly dueAt: number; readonly work?: Work }

/** Due at no time: something else makes it due. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** Things to be done by the local clock, which runs with the real one and is pushed forward by hand. */
export class GatewaySchedule<Work> {
  readonly #book: ScheduleBook<Work>
  readonly #work: (task: Task<Work>) => Promise<WorkResult<Work>>
  readonly #answering = new Set<Promise<void>>()
  readonly #held = new Set<string>()
  /** Being done. */
  readonly #doing = new Set<string>()
  readonly #atOnce: number
  readonly #sleepers = new Set<{ wakeAt: number; wake: () => void; timer: NodeJS.Timeout }>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  /** While the gateway is down nothing leaves it. */
  paused = false

  /** @param atOnce how many tasks are done at the same time; with one, the order of webhooks is certain */
  constructor(book: ScheduleBook<Work>, work: (task: Task<Work>) => Promise<WorkResult<Work>>, atOnce = 1) {
    this.#atOnce = atOnce
    this.#book = book
    this.#work = work
  }

  now(): number {
    return Date.now() + this.#book.clockOffsetMs
  }

  advance(ms: number): void {
    this.#book.record({ kind: 'clock', offsetMs: this.#book.clockOffsetMs + ms })
    for (const sleeper of this.#sleepers) if (sleeper.wakeAt <= this.now()) sleeper.wake()
    this.arm()
  }

  /**
   * The record of a new task; it counts from when it is written to the ledger.
   * @param delayMs NEVER: until `releaseOvertaken`
   */
  task(work: Work, delayMs: number = 0): { kind: 'task' } & Task<Work> {
    return { kind: 'task', id: randomUUID(), dueAt: delayMs === NEVER ? NEVER : this.now() + delayMs, work }
  }

  /** A task may not run before the answer that it follows from has left. */
  holdUntil(id: string, answered: Promise<void>): void {
    this.#held.add(id)
    const released = answered.then(() => {
      this.#held.delete(id)
      this.#answering.delete(released)
      this.arm()
    })
    this.#answering.add(released)
  }

  /** Makes what waits for another delivery due now. */
  releaseOvertaken(): void {
    for (const task of this.#book.tasks.values()) {
      if (task.dueAt === NEVER) this.#book.record({ kind: 'task postponed', id: task.id, dueAt: this.now() })
    }
  }

  /** Time of the local clock: passes by itself, or when somebody advances it. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(sleeper.timer)
        this.#sleepers.delete(sleeper)
        resolve()
      }
      const sleeper = { wakeAt: this.now() + ms, wake, timer: setTimeout(() => wake(), ms) }
      this.#sleepers.add(sleeper)
    })
  }

  /** Starts the timer for whatever is due next. */
  arm(): void {
    clearTimeout(this.#timer)
    if (this.#stopped || this.paused) return
    const next = this.#earliest(({ id }) => !this.#held.has(id))?.dueAt ?? NEVER
    if (next === NEVER) return
    this.#timer = setTimeout(() => void this.run(), Math.min(Math.max(next - this.now(), 0), 2 ** 31 - 1))
    this.#timer.unref()
  }

  /** Does all that is due, and all that becomes due by it. */
  run(): Promise<void> {
    return this.#runAll((task) => task.dueAt <= this.now() && !this.#held.has(task.id))
  }

  /** Does these now, due or not. */
  runNow(which: (task: Task<Work>) => boolean): Promise<void> {
    const once = new Set<string>()
    return this.#runAll((task) => which(task) && !once.has(task.id), once)
  }

  #runAll(which: (task: Task<Work>) => boolean, seen?: Set<string>): Promise<void> {
    this.#running = this.#running.then(async () => {
      const next = this.#inOrder((task) => which(task) && !this.#doing.has(task.id))
      let round = this.#begin(next, seen)
      for (; round.length > 0; round = this.#begin(next, seen)) await Promise.all(round)
      this.arm()
    })
    return this.#running
  }

  #begin(next: () => Task<Work> | undefined, seen?: Set<string>): Promise<void>[] {
    const begun: Promise<void>[] = []
    for (let task = next(); task; task = begun.length < this.#atOnce ? next() : undefined) {
      seen?.add(task.id)
      begun.push(this.#do(task))
    }
    return begun
  }

  async #do(task: Task<Work>): Promise<void> {
    const { id } = task
    this.#doing.add(id)
    try {
      const result = await this.#work(task)
      this.#book.record(result === 'done' ? { kind: 'task done', id } : { kind: 'task postponed', id, ...result })
    } finally {
      this.#doing.delete(id)
    }
  }

  /** Waits until every answer has left and everything due was done once. */
  async settle(): Promise<void> {
    await Promise.all(this.#answering)
    await this.run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    for (const sleeper of this.#sleepers) sleeper.wake()
    await this.#running
  }

  /** One after the other, the earliest first; sorted once for all that are there, as under load there are tens of thousands. */
  #inOrder(which: (task: Task<Work>) => boolean): () => Task<Work> | undefined {
    let waiting: string[] = []
    const next = (): Task<Work> | undefined => {
      if (this.#stopped || this.paused) return undefined
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const task = this.#book.tasks.get(id)
        if (task && which(task)) return task
      }
      waiting = [...this.#book.tasks.values()]
        .filter(which)
        .sort((one, other) => one.dueAt - other.dueAt)
        .map(({ id }) => id)
        .reverse()
      return waiting.length > 0 ? next() : undefined
    }
    return next
  }

  #earliest(which: (task: Task<Work>) => boolean): Task<Work> | undefined {
    let first: Task<Work> | undefined
    for (const task of this.#book.tasks.values()) {
      if (which(task) && (first === undefined || task.dueAt < first.dueAt)) first = task
    }
    return first
  }
}
