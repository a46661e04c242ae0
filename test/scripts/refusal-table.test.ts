import { readFileSync } from 'node:fs'
import { refusalTable } from '../../scripts/refusal-table.ts'

/** The formatter pads the cells. */
const plain = (table: string) => table.replace(/ {2,}/g, ' ').replace(/-{2,}/g, '---')

describe('the table of every refusal', () => {
  it('stands in the README as the refusals and the adapters say it', () => {
    expect(plain(readFileSync('README.md', 'utf8'))).toContain(plain(refusalTable()))
  })
})
