import { openLog } from '../../../middleware/log.ts'
import { backoffMs } from '../../../middleware/work/backoff.ts'
import { Worker } from '../../../middleware/work/worker.ts'
import { until } from '../../until.ts'

describe('a worker', () => {
  const silent = openLog('silent')

  /** Hands out what is in the list, as a table of due rows would. */
  const idOf = (job: number) => ({ eventId: job })
  const workerOn = (due: number[], run: (job: number) => Promise<void>, concurrency = 2, log = silent) =>
    new Worker({ name: 'test', concurrency, claim: async (limit) => due.splice(0, limit), run, idOf }, log)

  it('does everything that is due, never more at once than it may', async () => {
    const due = Array.from({ length: 50 }, (_, number) => number)
    const done: number[] = []
    let atOnce = 0
    let most = 0
    const worker = workerOn(due, async (job) => {
      most = Math.max(most, ++atOnce)
      await new Promise(setImmediate)
      atOnce--
      done.push(job)
    })
    worker.start()
    await until(() => expect(done).toHaveLength(50))
    await worker.stop()
    expect(most).toBe(2)
  })

  it('goes on after a job that throws, and tells the log which', async () => {
    const due = [1, 2, 3]
    const done: number[] = []
    const lines: string[] = []
    const fails = async (job: number) => {
      if (job === 2) throw new Error('poison')
      done.push(job)
    }
    const worker = workerOn(due, fails, 2, openLog('error', { write: (line) => void lines.push(line) }))
    worker.start()
    await until(() => expect(done).toEqual([1, 3]))
    await worker.stop()
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ event: 'test', eventId: 2 }])
  })

  it('finishes what it has begun before it stops, and takes nothing more', async () => {
    const due = [1]
    let finish = () => {}
    let ended = false
    const worker = workerOn(due, async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      ended = true
    })
    worker.start()
    await until(() => expect(due).toEqual([]))
    const stopped = worker.stop()
    due.push(2)
    finish()
    await stopped
    expect([ended, due]).toEqual([true, [2]])
  })
})

describe('the back-off', () => {
  const middle = () => 0.5

  it('doubles from five seconds to an hour, then goes daily, and never ends', () => {
    expect([0, 1, 2, 9].map((tries) => backoffMs(tries, middle) / 1000)).toEqual([5, 10, 20, 2560])
    expect(backoffMs(12, middle)).toBe(3_600_000)
    expect(backoffMs(40, middle)).toBe(86_400_000)
    expect(backoffMs(1_000_000, middle)).toBe(86_400_000)
  })

  it('spreads what failed together', () => {
    expect(backoffMs(0, () => 0)).toBe(4_500)
    expect(backoffMs(0, () => 0.9999)).toBeGreaterThan(5_400)
  })
})
