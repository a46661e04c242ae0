import { readFileSync } from 'node:fs'
import { missingEvidence, threatTable } from '../../scripts/threat-table.ts'
import { THREATS } from '../security/threats.ts'

/** The formatter pads the cells. */
const plain = (table: string) => table.replace(/ {2,}/g, ' ').replace(/-{2,}/g, '---')

describe('the table of threats', () => {
  it('has evidence for each of the 24, and every test that it names is there', () => {
    expect(THREATS.map(({ id }) => Number(id.slice(1, 3)))).toEqual(Array.from({ length: 24 }, (_, place) => place + 1))
    expect(THREATS.filter(({ evidence }) => evidence.length === 0)).toEqual([])
    expect(missingEvidence()).toEqual([])
  })

  it('notices evidence that is gone', () => {
    expect(missingEvidence('/nowhere')).toContain('T01 S: test/journeys/bad-input.test.ts is not there')
  })

  it('stands in the README', () => {
    expect(plain(readFileSync('README.md', 'utf8'))).toContain(plain(threatTable()))
  })
})
