import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../middleware/database/database.ts'
import { freshDatabase } from '../fresh-database.ts'
import { ORG } from './bench-world.ts'
import { planDueWork } from './due-work-plans.ts'
import { missedOf } from './measure.ts'
import type { Figure } from './measure.ts'

const BENCH = new URL('./bench.ts', import.meta.url).pathname

describe('npm run bench', () => {
  it('measures, and ends as its aims are reached or missed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'refund-relay-bench-test-'))
    try {
      const json = join(folder, 'bench.json')
      const tiny = [
        ...['--only', 'in-process', '--only', 'webhooks'],
        ...['--scale', '0.01', '--rounds', '1', '--json', json],
      ]
      const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, ...tiny], { encoding: 'utf8' })
      const { figures } = JSON.parse(readFileSync(json, 'utf8')) as {
        figures: (Figure & { reached: boolean | null })[]
      }
      for (const name of ['accepted beyond or below what it bears', 'acknowledged and not stored']) {
        expect(figures.find((figure) => figure.name === name)).toMatchObject({ value: 0, reached: true })
      }
      expect([status, stderr]).toEqual([figures.some(({ reached }) => reached === false) ? 1 : 0, expect.anything()])
      expect(stdout).toMatch(status === 0 ? /All 7 aims are reached/ : /of 7 aims are missed: /)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('takes for missed what is below the least, or above the most', () => {
    const figure = (value: number, aim?: Figure['aim']): Figure => ({
      name: `${value}`,
      value,
      unit: '',
      ...(aim && { aim }),
    })
    const figures = [
      figure(1),
      figure(2, { atLeast: 2 }),
      figure(3, { atLeast: 4 }),
      figure(5, { atMost: 5 }),
      figure(6, { atMost: 5 }),
    ]
    expect(missedOf(figures).map(({ value }) => value)).toEqual([3, 6])
  })

  it('refuses a measure that it does not know, and names those that there are', () => {
    const { status, stderr } = spawnSync(process.execPath, [BENCH, '--only', 'luck'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/no measure is called luck; there are in-process, http/),
    ])
  })
})

describe('what is due', () => {
  it('is found by an index, in every statement of the workers', async () => {
    const fresh = await freshDatabase()
    // A whole table is then read only where no index could serve, however small it is.
    const database = openDatabase(`${fresh.url}?options=-c%20enable_seqscan%3Doff`)
    try {
      await database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG])
      const { lines, readsWhole } = await planDueWork(database)
      expect(readsWhole).toEqual([])
      expect(lines.length).toBeGreaterThan(12)
    } finally {
      await database.close()
      await fresh.close()
    }
  })
})
