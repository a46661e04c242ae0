import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEmbedded, startEmbedded } from '../../middleware/database/embedded.ts'
import type { HistorySummary } from './report.ts'
import type { Answer, Task } from './worker.ts'

/** Some processes, each with a database of its own on one PostgreSQL of theirs. */
export class Pool {
  readonly #workers: readonly ChildProcess[]
  readonly #directory: string

  private constructor(workers: readonly ChildProcess[], directory: string) {
    this.#workers = workers
    this.#directory = directory
  }

  static async open(jobs: number): Promise<Pool> {
    // The name lets the tests' server clear away what a killed run left.
    const directory = await mkdtemp(join(tmpdir(), `refund-relay-test-${process.pid}-`))
    await chmod(directory, 0o755)
    // Nothing needs to survive a power cut; and nobody but a history itself may move its rows.
    const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }
    const server = await startEmbedded({ directory, settings, onNotice: (line) => process.stderr.write(`${line}\n`) })
    const workers = Array.from({ length: jobs }, (_, place) =>
      fork(join(import.meta.dirname, 'worker.ts'), [server.url, `simulation_${place}`]),
    )
    return new Pool(workers, directory)
  }

  get size(): number {
    return this.#workers.length
  }

  /**
   * @param onHistory called for each history that the task runs
   * @throws Error when the worker failed
   */
  perform(place: number, task: Task, onHistory: (history: HistorySummary) => void = () => {}): Promise<Answer> {
    const worker = this.#workers[place]!
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        worker.off('message', hear)
        worker.off('exit', died)
        settle()
      }
      const died = (code: number | null, signal: string | null) =>
        end(() => reject(new Error(`a worker of the simulator died (${signal ?? `exit code ${code}`})`)))
      const hear = (answer: Answer) => {
        if (answer.kind === 'history') return onHistory(answer.history)
        end(() => (answer.kind === 'failed' ? reject(new Error(answer.message)) : resolve(answer)))
      }
      worker.on('message', hear)
      worker.on('exit', died)
      worker.send(task)
    })
  }

  /** Gives the tasks out as the workers become free, until there are none or `isOver` says so. */
  async performAll(
    tasks: readonly Task[],
    onHistory: (history: HistorySummary, task: Task) => void,
    isOver: () => boolean = () => false,
  ): Promise<void> {
    const waiting = [...tasks]
    const work = async (place: number) => {
      for (let task = waiting.shift(); task !== undefined && !isOver(); task = waiting.shift()) {
        const given = task
        await this.perform(place, given, (history) => onHistory(history, given))
      }
    }
    await Promise.all(this.#workers.map((_, place) => work(place)))
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.kill('SIGKILL')
    await removeEmbedded(this.#directory)
    await rm(this.#directory, { recursive: true, force: true })
  }
}
