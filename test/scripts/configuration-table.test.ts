import { readFileSync } from 'node:fs'
import { configurationRows, configurationTable } from '../../scripts/configuration-table.ts'

/** The formatter pads the cells. */
const plain = (table: string) => table.replace(/ {2,}/g, ' ').replace(/-{2,}/g, '---')

describe('the table of every setting', () => {
  it('stands in the README as the schema says it', () => {
    expect(plain(readFileSync('README.md', 'utf8'))).toContain(plain(configurationTable()))
  })

  it('has the settings of every part and of every gateway, with types and defaults', () => {
    const rows = new Map(configurationRows().map((row) => [row.setting, row]))
    expect(rows.get('`gatewayAccounts[braintree].spacingMs`')).toMatchObject({
      fallback: '`7000`',
      type: 'number, 0 to 10000',
    })
    expect(rows.get('`orgs[].privateKey`')).toMatchObject({ fallback: 'needed', type: 'secret' })
    expect(rows.get('`metrics.token`')).toMatchObject({ fallback: '–' })
    expect(rows.has('`gatewayAccounts[gocardless].webhook.secrets`')).toBe(true)
  })
})
