import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startMiddleware } from '../../scripts/local/middleware-process.ts'
import type { MiddlewareProcess } from '../../scripts/local/middleware-process.ts'
import { LogCanary } from '../security/log-canary.ts'

const MAIN = fileURLToPath(new URL('../../middleware/main.ts', import.meta.url))

/** Several middleware processes with one configuration, on one database. */
export class Fleet {
  readonly #configPath: string
  readonly #directory: string
  readonly #processes: (MiddlewareProcess | null)[] = []
  #turn = 0

  /** @param directory where each writes its log */
  constructor(configPath: string, directory: string) {
    this.#configPath = configPath
    this.#directory = directory
  }

  /** @param preload a module that is loaded into the process before the middleware */
  async start(
    place: number,
    preload?: { readonly module: string; readonly env: Record<string, string> },
  ): Promise<void> {
    this.#processes[place] = await startMiddleware(MAIN, this.#configPath, this.logPath(place), {
      ...(preload && { execArgv: ['--import', preload.module], env: { ...process.env, ...preload.env } }),
    })
  }

  logPath(place: number): string {
    return join(this.#directory, `middleware-${place}.log`)
  }

  /** Whose turn it is among those that are up; where none is, an address that nobody listens at. */
  url(): string {
    const up = this.#processes.filter((one) => one !== null)
    return up.length === 0 ? 'http://127.0.0.1:9' : up[this.#turn++ % up.length]!.url
  }

  urlOf(place: number): string {
    return this.#at(place).url
  }

  pidOf(place: number): number {
    return this.#at(place).pid
  }

  /** Places where a process is up. */
  up(): number[] {
    return this.#processes.flatMap((one, place) => (one === null ? [] : [place]))
  }

  /** SIGTERM lets it finish; SIGKILL does not. */
  async stop(place: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const one = this.#at(place)
    this.#processes[place] = null
    await one.stop(signal)
  }

  /** @throws Error when a log tells what none must */
  async close(): Promise<void> {
    await Promise.all(this.up().map((place) => this.stop(place)))
    const canary = new LogCanary(dirname(this.#configPath))
    for (const place of this.#processes.keys()) await canary.read(this.logPath(place))
    canary.judge()
  }

  /** Bytes of memory that each process has in use now. Linux only; empty elsewhere. */
  async memory(): Promise<{ place: number; pid: number; bytes: number }[]> {
    const pids = this.#processes.flatMap((one, place) => (one === null ? [] : [{ place, pid: one.pid }]))
    const read = pids.map(async ({ place, pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
      return kilobytes === undefined ? [] : [{ place, pid, bytes: Number(kilobytes) * 1_024 }]
    })
    return (await Promise.all(read)).flat()
  }

  #at(place: number): MiddlewareProcess {
    const one = this.#processes[place]
    if (!one) throw new Error(`no middleware is up at place ${place}`)
    return one
  }
}
