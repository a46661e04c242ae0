import { readFileSync } from 'node:fs'
import { CLASS_FILE, LABELS_FILE, refusalLabelsClass, withRefusalLabels } from '../../scripts/refusal-labels.ts'

describe('the custom labels of refusals', () => {
  it('say what the table of errors says, code by code; "node scripts/refusal-labels.ts --write" makes them', () => {
    const labels = readFileSync(LABELS_FILE, 'utf8')
    expect(withRefusalLabels(labels)).toBe(labels)
  })

  it('are found by their codes in Apex', () => {
    expect(readFileSync(CLASS_FILE, 'utf8')).toBe(refusalLabelsClass())
  })
})
