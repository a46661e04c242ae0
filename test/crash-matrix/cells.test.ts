import { CONNECTIONS, allCells, cellOf, nameOf } from './cells.ts'
import { OUTCOMES } from './connection.ts'
import { doubleCells, sample } from './double-crashes.ts'
import { KILL_POINTS, SIDES } from './kill-points.ts'

describe('the cells of the crash matrix', () => {
  const { cells, leftOut } = allCells()
  const names = cells.map(nameOf)

  it('are every combination, but for those that are left out with a reason', () => {
    const combinations =
      CONNECTIONS.length * Object.keys(OUTCOMES).length * Object.keys(KILL_POINTS).length * SIDES.length * 2
    const skipped = leftOut.reduce((sum, group) => sum + group.cells, 0)
    expect(cells.length + skipped).toBe(combinations)
    expect(leftOut.every(({ reason, where }) => reason.length > 20 && where.length > 0)).toBe(true)
  })

  it('have names of their own, by which each is found again', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names.map((name) => nameOf(cellOf(name)))).toEqual(names)
  })

  it('reach every kill point, both sides, at every gateway that passes it', () => {
    const passed = new Set(cells.flatMap(({ kills }) => kills.map(({ point }) => point)))
    expect(passed).toEqual(new Set(Object.keys(KILL_POINTS)))
  })

  it('crash twice in the same places for the same seed, each place once', () => {
    const doubles = doubleCells(cells)
    const [one, again, other] = [1, 1, 2].map((seed) => sample(doubles, 200, seed).map(nameOf))
    expect(one).toEqual(again)
    expect(one).not.toEqual(other)
    expect(new Set(one).size).toBe(200)
  })
})
