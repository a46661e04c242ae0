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
  /** It takes no time, so that several may be taken in one turn of the event loop, as answers arrive that were on their way. */
  readonly isInstant: boolean
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

  /** Waits for its turn, which others may share. */
  instant<Result>(owner: Owner, label: string, action: () => Result): Promise<Result> {
    return this.pending(owner, label, 0, action, true).done
  }

  /** @param readyAt not before this instant of the simulated clock */
  pending<Result>(
    owner: Owner,
    label: string,
    readyAt: number,
    action: (rename: (label: string) => void) => Result | Promise<Result>,
    isInstant = false,
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
      entry = { owner, label, readyAt, isInstant, run }
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

  /** Takes one of the possible steps, now and then with others that are as short. */
  async takeOne(chance: Chance): Promise<boolean> {
    const { ready } = this
    if (ready.length === 0) return false
    const taken = chance.pick(ready)
    const alike = taken.isInstant ? ready.filter(({ owner, isInstant }) => isInstant && owner === taken.owner) : []
    await this.take(...(alike.length > 1 && chance.happens(0.5) ? alike : [taken]))
    return true
  }

  /** @param taken of one owner; more than one only where they are instant */
  async take(...taken: readonly Waiting[]): Promise<void> {
    this.#waiting = this.#waiting.filter((waiting) => !taken.includes(waiting))
    const { owner, label } = taken[0]!
    this.current = owner
    await withinTime(Promise.all(taken.map((waiting) => waiting.run())), label)
    await settled()
    this.current = null
    for (const waiting of taken) this.note(owner.name, waiting.label)
  }

  /** Starts coroutines of an owner, in one turn; they run until their first step. */
  async start(owner: Owner, ...bodies: readonly (() => Promise<void>)[]): Promise<void> {
    this.current = owner
    for (const body of bodies) void body()
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

/**
 * Product code between two steps waits for nothing but promises, and once for the event loop to go on, where things are gathered that come
 * at the same time: so it is at rest when that has gone on twice.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

async function withinTime(work: Promise<unknown>, label: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the step "${label}" did not end within ${STEP_MS} ms`)), STEP_MS)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
