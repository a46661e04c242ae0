import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { THREATS } from '../test/security/threats.ts'

const BEGIN = '<!-- threats: node scripts/threat-table.ts --write -->'
const END = '<!-- /threats -->'

/** Evidence that is named but is not there: the file, or the words that its test is known by. */
export function missingEvidence(root: string = '.'): string[] {
  return THREATS.flatMap(({ id, evidence }) =>
    evidence.flatMap(([file, title]) => {
      let text: string
      try {
        text = readFileSync(join(root, file), 'utf8')
      } catch {
        return [`${id}: ${file} is not there`]
      }
      return text.includes(title) ? [] : [`${id}: ${file} has no "${title}"`]
    }),
  )
}

/** A Markdown table of each threat, what stands against it, and the tests that prove it. */
export function threatTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  const rows = THREATS.map(({ id, threat, control, evidence }) => {
    const files = [...new Set(evidence.map(([file]) => file))]
    return line([id, threat, control, files.map((file) => `\`${file}\``).join(', ')])
  })
  return [
    line(['', 'threat', 'what stands against it', 'proven by']),
    line(['---', '---', '---', '---']),
    ...rows,
  ].join('\n')
}

/** The README with today's table in its place. */
export function withTable(readme: string): string {
  const [before, rest] = readme.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${threatTable()}\n\n${END}${after}`
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  const missing = missingEvidence(root)
  for (const line of missing) process.stderr.write(`${line}\n`)
  if (missing.length > 0) process.exit(1)
  const readme = join(root, 'README.md')
  if (process.argv.includes('--write')) writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
  else process.stdout.write(`${threatTable()}\n`)
}
