import { setTimeout as rest } from 'node:timers/promises'
import type { Log, LogFields } from '../log.ts'

/** One kind of work: how to lease what is due, and how to do one piece of it. */
export interface WorkStep<Job> {
  readonly name: string
  readonly concurrency: number
  claim(limit: number): Promise<readonly Job[]>
  /** Throws only for what nobody foresaw; the row is then put off. */
  run(job: Job): Promise<void>
  /** What the log calls a job that threw, so that a person finds it there. */
  idOf(job: Job): LogFields
  /** Makes a job that threw due again later. When that throws too, it is due when its lease ends. */
  putOff?(job: Job): Promise<void>
}

/** The net under the wake-ups: how long due work can lie unnoticed, e.g. that of a process that died. */
const POLL_MS = 500
/** Between two looks of which the first found nothing: many wake-ups at once are one look. */
const BREATH_MS = 10
/** After an error, so that a database that is away is not asked in a tight loop. */
const AFTER_ERROR_MS = 2_000

/** The loop of one kind of work: wake up, claim, do. */
export class Worker<Job> {
  readonly #step: WorkStep<Job>
  readonly #log: Log
  readonly #running = new Set<Promise<void>>()
  #awake: (() => void) | null = null
  #pending = false
  #stopped = false
  #loop: Promise<void> | null = null

  constructor(step: WorkStep<Job>, log: Log) {
    this.#step = step
    this.#log = log
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** There may be work: look now rather than at the next poll. */
  wake(): void {
    this.#pending = true
    this.#awake?.()
  }

  /** Takes no more work and waits for what is being done. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.wake()
    await this.#loop
    await Promise.all(this.#running)
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let found = 0
      let pause = POLL_MS
      this.#pending = false
      const free = this.#step.concurrency - this.#running.size
      try {
        const jobs = free > 0 ? await this.#step.claim(free) : []
        found = jobs.length
        for (const job of jobs) this.#do(job)
      } catch (error) {
        this.#log.error({ event: this.#step.name, error }, 'work could not be claimed')
        pause = AFTER_ERROR_MS
      }
      // A full claim means that there may be more; a place for it is announced by wake().
      if (found > 0 && found < free) continue
      const looked = performance.now()
      await this.#sleep(pause)
      const breath = BREATH_MS - (performance.now() - looked)
      if (free > 0 && found === 0 && breath > 0 && !this.#stopped) await rest(breath)
    }
  }

  #do(job: Job): void {
    const doing = this.#step
      .run(job)
      .catch(async (error: unknown) => {
        this.#log.error(
          { event: this.#step.name, ...this.#step.idOf(job), error },
          'work failed; it is tried again later',
        )
        await this.#step.putOff?.(job)
      })
      .catch((error: unknown) =>
        this.#log.error({ event: this.#step.name, error }, 'work could not be put off; it is due when its lease ends'),
      )
      .finally(() => {
        this.#running.delete(doing)
        this.wake()
      })
    this.#running.add(doing)
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#pending || this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds)
      this.#awake = done
      const clear = () => (this.#awake = null)
      function done() {
        clearTimeout(timer)
        clear()
        resolve()
      }
    })
  }
}
