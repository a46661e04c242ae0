import { readFileSync } from 'node:fs'
import { capabilityTable } from '../../scripts/capability-table.ts'

/** The formatter pads the cells. */
const plain = (table: string) => table.replace(/ {2,}/g, ' ').replace(/-{2,}/g, '---')

describe('the table of what each gateway can do', () => {
  it('stands in the README as the adapters say it', () => {
    expect(plain(readFileSync('README.md', 'utf8'))).toContain(plain(capabilityTable()))
  })
})
