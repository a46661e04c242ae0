import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crmCodeOf, ERRORS } from '../middleware/errors.ts'
import type { ErrorCode, ErrorEntry } from '../middleware/errors.ts'

const inPackage = (path: string) => fileURLToPath(new URL(`../force-app/main/default/${path}`, import.meta.url))
export const LABELS_FILE = inPackage('labels/CustomLabels.labels-meta.xml')
export const CLASS_FILE = inPackage('classes/RefusalLabels.cls')

const OURS = /^Error_/
const LABEL = / {2}<labels>\n {4}<fullName>(\w+)<\/fullName>[\s\S]*?<\/labels>\n/g
/** Of a custom label. Source: Metadata API Developer Guide, "CustomLabels". */
const LONGEST_NAME = 80
const LONGEST_VALUE = 1000

interface RefusalLabel {
  readonly key: string
  readonly name: string
  readonly what: 'Sentence' | 'Remedy'
  readonly value: string
}

/** One for each text that an agent may read. What is nothing but a gap is told by what fills it. */
function refusalLabels(): RefusalLabel[] {
  return (Object.entries(ERRORS) as [ErrorCode, ErrorEntry][])
    .flatMap(([code, { sentence, remedy }]) => {
      const key = crmCodeOf(code)
      const label = (what: RefusalLabel['what'], value: string) => ({ key, name: `Error_${key}_${what}`, what, value })
      return [label('Sentence', sentence), label('Remedy', remedy)]
    })
    .filter(({ value }) => !/^\{\w+\}$/.test(value))
    .map(checked)
}

function checked(label: RefusalLabel): RefusalLabel {
  if (label.name.length > LONGEST_NAME || /__|_$/.test(label.name)) throw new Error(`${label.name} is no label's name`)
  if (label.value.length > LONGEST_VALUE) throw new Error(`${label.name} is too long for a label`)
  return label
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** @param labels the labels file, in which ours are replaced and everybody else's stay as they are */
export function withRefusalLabels(labels: string): string {
  const others = labels.replace(LABEL, (label, name: string) => (OURS.test(name) ? '' : label))
  const ours = refusalLabels().map(
    ({ key, name, what, value }) => `  <labels>
    <fullName>${name}</fullName>
    <categories>Refunds,Refusals</categories>
    <language>en_US</language>
    <protected>false</protected>
    <shortDescription>${`${what} of ${key}; {…} stays as it is`.slice(0, 80)}</shortDescription>
    <value>${escaped(value)}</value>
  </labels>
`,
  )
  return others.replace('</CustomLabels>', `${ours.join('')}</CustomLabels>`)
}

/** The Apex class by which a code finds its labels: named one by one, so that a deployment misses none. */
export function refusalLabelsClass(): string {
  const labels = refusalLabels()
  const map = (what: RefusalLabel['what']) =>
    labels
      .filter((label) => label.what === what)
      .map(({ key, name }) => `    '${key}' => System.Label.${name}`)
      .join(',\n')
  return `/** The label of every code of the middleware. Made by scripts/refusal-labels.ts --write. */
public with sharing class RefusalLabels {
  public static final Map<String, String> SENTENCES = new Map<String, String>{
${map('Sentence')}
  };

  public static final Map<String, String> REMEDIES = new Map<String, String>{
${map('Remedy')}
  };
}
`
}

if (import.meta.main) {
  if (process.argv.includes('--write')) {
    writeFileSync(LABELS_FILE, withRefusalLabels(readFileSync(LABELS_FILE, 'utf8')))
    writeFileSync(CLASS_FILE, refusalLabelsClass())
    process.stdout.write(`${refusalLabels().length} labels written, and the class that names them.\n`)
  } else {
    process.stdout.write(
      'Makes a custom label of every sentence and remedy in middleware/errors, and the Apex class that finds them.\n\n  node scripts/refusal-labels.ts --write\n',
    )
  }
}
