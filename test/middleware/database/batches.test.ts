import { jest } from '@jest/globals'
import { Batches } from '../../../middleware/database/batches.ts'
import type { BatchRules } from '../../../middleware/database/batches.ts'
import { openDatabase } from '../../../middleware/database/database.ts'
import { until } from '../../until.ts'

/** A batch that is under way, until the test lets it end. */
interface UnderWay {
  readonly items: readonly string[]
  end(): void
  fail(error: Error): void
}

describe('things that are done together', () => {
  let begun: UnderWay[]
  beforeEach(() => (begun = []))

  const open = (rules: Partial<BatchRules<string>> = {}) =>
    new Batches<string, string>(
      (items) =>
        new Promise((resolve, reject) => {
          begun.push({ items, end: () => resolve(items.map((item) => `${item} done`)), fail: reject })
        }),
      { atOnce: 1, enough: 3, most: 100, ...rules },
    )
  const names = (count: number, prefix = 'i') => Array.from({ length: count }, (_, place) => `${prefix}${place}`)
  const itemsOf = () => begun.map(({ items }) => items.join(' '))
  const count = (batches: number) => until(() => expect(begun).toHaveLength(batches))
  /** Whatever would begin by itself has begun. */
  const rest = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  }
  /** The server's own error, as for what it was sent. */
  const refusal = async (code: string) => {
    const database = openDatabase(process.env.TEST_DATABASE_URL!, { maxConnections: 1 })
    const raised = database.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$`)
    return raised.catch((error: unknown) => error as Error).finally(() => database.close()) as Promise<Error>
  }

  it('are those that come in one turn of the event loop, and each is told its own result', async () => {
    const batches = open()
    const results = Promise.all(['a', 'b', 'c'].map((item) => batches.do(item)))
    await count(1)
    begun[0]!.end()
    expect(await results).toEqual(['a done', 'b done', 'c done'])
  })

  it('are gathered while a batch is under way', async () => {
    const batches = open()
    for (const item of ['a', 'b']) void batches.do(item)
    await count(1)
    for (const item of ['c', 'd']) void batches.do(item)
    await rest()
    expect(itemsOf()).toEqual(['a b'])
    begun[0]!.end()
    await count(2)
    expect(itemsOf()).toEqual(['a b', 'c d'])
  })

  it('are not more than half of many', async () => {
    const batches = open()
    for (const item of names(10)) void batches.do(item)
    await count(1)
    expect(begun[0]!.items).toEqual(names(5))
  })

  it('are as many as is enough, where that is more than half', async () => {
    const batches = open()
    for (const item of names(4)) void batches.do(item)
    await count(1)
    expect(begun[0]!.items).toEqual(names(3))
  })

  it('are in as many batches at once as is said', async () => {
    const batches = open({ atOnce: 2 })
    for (const item of names(9)) void batches.do(item)
    await count(2)
    await rest()
    expect(itemsOf()).toEqual(['i0 i1 i2 i3 i4', 'i5 i6 i7'])
  })

  it('are no heavier together than is said, and one alone is as heavy as it is', async () => {
    const batches = open({ most: 5, weigh: (item) => item.length })
    for (const item of ['sixsix', 'one', 'on', 'o']) void batches.do(item)
    await count(2)
    await rest()
    expect(itemsOf()).toEqual(['sixsix', 'one on'])
  })

  it('are never two that are to be apart, and are in the order of what keeps them apart', async () => {
    const batches = open({ enough: 9, apartBy: (item) => item[0]! })
    for (const item of ['b1', 'a1', 'b2', 'c1']) void batches.do(item)
    await count(2)
    await rest()
    expect(itemsOf()).toEqual(['a1 b1 c1', 'b2'])
  })

  it('do not wait for one that they are to be apart from: that goes by itself at once, however many are under way', async () => {
    const batches = open({ apartBy: (item) => item[0]! })
    for (const item of ['a1', 'b1']) void batches.do(item)
    await count(1)
    for (const item of ['a2', 'a3', 'a4', 'a5', 'a6', 'c1']) void batches.do(item)
    await count(6)
    await rest()
    expect(itemsOf()).toEqual(['a1 b1', 'a2', 'a3', 'a4', 'a5', 'a6'])
    begun[1]!.end()
    await rest()
    void batches.do('a7')
    await count(7)
    expect(itemsOf()[6]).toBe('a7')
  })

  describe('where few come, one after the other', () => {
    // The tenth of a second passes when the test says so.
    beforeEach(
      () => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] }),
    )
    afterEach(() => void jest.useRealTimers())

    const fiveCome = async () => {
      const batches = open()
      for (const item of names(5)) {
        void batches.do(item)
        await rest()
      }
      expect(itemsOf()).toEqual(names(4))
      return batches
    }

    it('hold nobody up: four are under way by themselves, and two more go together', async () => {
      const batches = await fiveCome()
      void batches.do('i5')
      await rest()
      expect(itemsOf()[4]).toBe('i4 i5')
    })

    it('hold nobody up by waiting: who is by himself for a tenth of a second counts no more', async () => {
      await fiveCome()
      jest.advanceTimersByTime(100)
      await rest()
      expect(itemsOf()).toEqual(names(5))
    })
  })

  it.each(['22001', '23505', '55P03'])('are done alone when one of them brings the others %s', async (code) => {
    const batches = open()
    const results = Promise.allSettled(['a', 'b', 'c'].map((item) => batches.do(item)))
    await count(1)
    begun[0]!.fail(await refusal(code))
    await count(4)
    expect(itemsOf().slice(1)).toEqual(['a', 'b', 'c'])
    begun[1]!.end()
    begun[2]!.fail(await refusal(code))
    begun[3]!.end()
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('let others begin while one of them that failed is still at it alone', async () => {
    const batches = open()
    for (const item of ['a', 'b']) void batches.do(item)
    await count(1)
    begun[0]!.fail(await refusal('55P03'))
    await count(3)
    for (const item of ['c', 'd']) void batches.do(item)
    await count(4)
    expect(itemsOf()[3]).toBe('c d')
  })

  it('all hear of an error that is of none of them, and the next are done', async () => {
    const batches = open()
    const results = Promise.allSettled(['a', 'b'].map((item) => batches.do(item)))
    await count(1)
    begun[0]!.fail(new Error('the line broke'))
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = batches.do('c')
    await count(2)
    begun[1]!.end()
    expect(await next).toBe('c done')
  })
})
