import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startMiddleware } from '../../scripts/local/middleware-process.ts'
import type { MiddlewareProcess } from '../../scripts/local/middleware-process.ts'
import { LogCanary } from '../security/log-canary.ts'

export const MAIN = fileURLToPath(new URL('../../middleware/main.ts', import.meta.url))
export const KILL_SWITCH = new URL('./kill-switch.ts', import.meta.url).href

export interface FleetOptions {
  readonly configPath: string
  readonly size: 1 | 2
  /** Logs of the processes, and where the kill switch tells its kills. */
  readonly directory: string
  /** KILL_AT of kill-switch.ts. */
  readonly killAt: string
  /** Where Node keeps the compiled code of the middleware, so that the next start is faster. */
  readonly codeCache: string
}

/** The middleware processes of one cell: they are killed, and started again, and whoever lives takes the calls. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #living: (MiddlewareProcess | null)[] = []
  /** Of every process that ended. */
  readonly lastWords: string[] = []
  #lastUrl = ''

  constructor(options: FleetOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true })
  }

  /** Where calls go: the first that lives; while none does, where the last one was. */
  readonly url = (): string => {
    const living = this.#living.find((process) => process !== null)
    if (living) this.#lastUrl = living.url
    return this.#lastUrl
  }

  /** The process that calls go to. */
  get firstPid(): number {
    return this.#living.find((process) => process !== null)!.pid
  }

  get livingCount(): number {
    return this.#living.filter((process) => process !== null).length
  }

  isGone(pid: number): boolean {
    return this.#living.every((process) => process?.pid !== pid)
  }

  /** Starts whoever does not live. One that is killed while it starts is not started again. */
  async start(): Promise<void> {
    const places = Array.from({ length: this.#options.size }, (_, place) => place)
    await Promise.all(places.filter((place) => !this.#living[place]).map((place) => this.#start(place)))
  }

  /** Ends them all at once. @throws Error when a log tells what none must */
  async close(): Promise<void> {
    const living = this.#living.filter((each) => each !== null)
    // Asked for, so that their end is none of the last words.
    await Promise.all(living.map((each) => each.stop('SIGKILL')))
    const canary = new LogCanary(dirname(this.#options.configPath))
    for (const place of this.#living.keys()) await canary.read(this.#logPath(place))
    canary.judge()
  }

  #logPath(place: number): string {
    return join(this.#options.directory, `middleware-${place + 1}.log`)
  }

  async #start(place: number): Promise<void> {
    const { configPath, directory, killAt, codeCache } = this.#options
    const started = await startMiddleware(MAIN, configPath, this.#logPath(place), {
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', KILL_SWITCH],
      env: { ...process.env, KILL_AT: killAt, KILL_DIRECTORY: directory, NODE_COMPILE_CACHE: codeCache },
    }).catch((error: Error) => {
      // The kill switch may strike before it is ready.
      this.lastWords.push(error.message)
      return null
    })
    this.#living[place] = started
    started?.onExit((line) => {
      this.#living[place] = null
      this.lastWords.push(line)
    })
  }
}
