import type { Chance } from './chance.ts'

/** Whose coroutine waits: an instance of the middleware, or the world around it. */
export interface Owner {
  readonly name: string
  /** False once it was killed: its coroutines never go on. */
  alive: boolean
  /** Stopped for a while, as by SIGSTOP. */
  paused: boolean
}

/** A step that somebody waits to take. */
export interface Waiting {
  readonly owner: Owner
  label: string
  readonly readyAt: number
  run(): Promise<void>
}

/** A step that may be called off before it is taken. */
export interface Pending<Result> {
  readonly done: Promise<Result>
  cancel(): void
}

/** Longer than any statement takes: a step that does not end would hang the history without a word. */
const STEP_MS = 30_000

/** Every coroutine stops here before each step; one at a time is let on. */
export class Scheduler {
  #waiting: Waiting[] = []
  /** Who is running, for the clock that it sees. */
  current: Owner | null = null
  readonly steps: string[] = []
  #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Waits for its turn, then does `action` as one step. */
  step<Result>(owner: Owner, label: string, action: () => Result | Promise<Result>): Promise<Result> {
    return this.pending(owner, label, 0, action).done
  }

  /** @param readyAt not before this instant of the simulated clock */
  pending<Result>(
    owner: Owner,
    label: string,
    readyAt: number,
    action: (rename: (label: string) => void) => Result | Promise<Result>,
  ): Pending<Result> {
    let entry: Waiting | null = null
    const done = new Promise<Result>((resolve, reject) => {
      const run = async () => {
        try {
          resolve(await action((renamed) => (entry!.label = renamed)))
        } catch (error) {
          reject(error)
        }
      }
      entry = { owner, label, readyAt, run }
      if (owner.alive) this.#waiting.push(entry)
    })
    return { done, cancel: () => (this.#waiting = this.#waiting.filter((waiting) => waiting !== entry)) }
  }

  /** The steps that are possible now. */
  get ready(): readonly Waiting[] {
    const now = this.#now()
    return this.#waiting.filter(({ owner, readyAt }) => owner.alive && !owner.paused && readyAt <= now)
  }

  /** How many steps of an owner wait. */
  waitsOf(owner: Owner): number {
    return this.#waiting.filter((waiting) => waiting.owner === owner).length
  }

  get hasReady(): boolean {
    return this.ready.length > 0
  }

  /** When the next step becomes possible that waits for the clock alone; null: none. */
  get nextReadyAt(): number | null {
    const times = this.#waiting.filter(({ owner }) => owner.alive && !owner.paused).map(({ readyAt }) => readyAt)
    return times.length > 0 ? Math.min(...times) : null
  }

  /** Takes one of the possible steps. */
  async takeOne(chance: Chance): Promise<boolean> {
    const { ready } = this
    if (ready.length === 0) return false
    await this.take(chance.pick(ready))
    return true
  }

  async take(taken: Waiting): Promise<void> {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== taken)
    this.current = taken.owner
    await withinTime(taken.run(), taken.label)
    await settled()
    this.current = null
    this.note(taken.owner.name, taken.label)
  }

  /** Starts a coroutine of an owner; it runs until its first step. */
  async start(owner: Owner, body: () => Promise<void>): Promise<void> {
    this.current = owner
    void body()
    await settled()
    this.current = null
  }

  note(who: string, what: string): void {
    this.steps.push(`${new Date(this.#now()).toISOString().slice(5, 23)} ${who}: ${what}`)
  }

  kill(owner: Owner): void {
    owner.alive = false
    this.#waiting = this.#waiting.filter((waiting) => waiting.owner !== owner)
  }
}

/** Product code between two steps waits for nothing but promises, so it is at rest when the event loop goes on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function withinTime(work: Promise<void>, label: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the step "${label}" did not end within ${STEP_MS} ms`)), STEP_MS)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
