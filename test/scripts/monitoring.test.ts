import { readFileSync } from 'node:fs'
import { openMetrics } from '../../middleware/operations/metrics.ts'

const ALERTS = readFileSync('scripts/monitoring/alerts.yaml', 'utf8')
const DASHBOARD = readFileSync('scripts/monitoring/grafana-dashboard.json', 'utf8')

/** Every metric there is, by the name that its HELP line gives. */
async function metricNames(): Promise<string[]> {
  const nowhere = { query: async () => [], transaction: () => Promise.reject(), close: async () => {} }
  const metrics = openMetrics(nowhere, [])
  const text = await metrics.text()
  metrics.close()
  return [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name!)
}

describe('the example alerts and dashboard', () => {
  it('name only metrics that exist, and show every one of ours', async () => {
    const names = await metricNames()
    const series = names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`])
    const used = (text: string) => [...text.matchAll(/\b(?:refund_relay|process|nodejs)_\w+/g)].map(([name]) => name)
    for (const name of [...used(ALERTS), ...used(DASHBOARD)]) expect(series).toContain(name)
    const shown = new Set(used(DASHBOARD).map((name) => name.replace(/_(bucket|count|sum)$/, '')))
    const ours = names.filter((name) => name.startsWith('refund_relay_'))
    expect(ours.filter((name) => !shown.has(name))).toEqual([])
  })

  it('stand in the README, metric by metric', async () => {
    const readme = readFileSync('README.md', 'utf8')
    const ours = (await metricNames()).filter((name) => name.startsWith('refund_relay_'))
    expect(ours.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  it('are alerts with a name, a condition and a sentence each', () => {
    const rules = ALERTS.split(/^ {6}- alert: /m).slice(1)
    expect(rules.length).toBeGreaterThan(8)
    for (const rule of rules) expect(rule).toMatch(/^\w+\n[\s\S]*expr: [\s\S]*severity: (page|warn)[\s\S]*summary: /)
  })
})
