import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { configSchema } from '../middleware/config.ts'

const BEGIN = '<!-- configuration: node scripts/configuration-table.ts --write -->'
const END = '<!-- /configuration -->'

/** What we read of a JSON schema. */
interface Schema {
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface Row {
  readonly setting: string
  readonly type: string
  readonly fallback: string
  readonly meaning: string
}

/** Every setting of the configuration file, as its schema says it. @throws Error for one without a description */
export function configurationRows(): Row[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema
  const rows = rowsOf(schema, '')
  const silent = rows.filter(({ meaning }) => meaning === '')
  if (silent.length > 0) throw new Error(`no description: ${silent.map(({ setting }) => setting).join(', ')}`)
  return rows
}

function rowsOf(schema: Schema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const setting = path === '' ? name : `${path}.${name}`
    const isNeeded = schema.required?.includes(name) && part.default === undefined
    return partRows(part, setting, isNeeded === true)
  })
}

function partRows(part: Schema, setting: string, isNeeded: boolean): Row[] {
  if (part.title === undefined) {
    if (part.items?.properties) return rowsOf(part.items, `${setting}[]`)
    const kinds = part.items?.oneOf ?? part.items?.anyOf
    if (part.items?.title === undefined && kinds?.some((kind) => kind.properties))
      return accountRows(kinds, `${setting}[]`)
    const forms = (part.anyOf ?? [part]).filter((form) => form.properties && !isPlain(form))
    if (forms.length > 0) {
      const head = part.description === undefined || part.anyOf === undefined ? [] : [rowOf(part, setting, isNeeded)]
      return [...head, ...forms.flatMap((form) => rowsOf(form, setting))]
    }
  }
  return [rowOf(part, setting, isNeeded)]
}

/** One entry of a list whose entries are of several kinds: the field that tells them apart names the rows. */
function accountRows(kinds: readonly Schema[], path: string): Row[] {
  return kinds.flatMap((kind) => {
    const name = String(kind.properties?.gateway?.const)
    return rowsOf(kind, path).map((row) => ({ ...row, setting: row.setting.replace('[]', `[${name}]`) }))
  })
}

/** A stand-in's address is one setting, not a form of its own. */
function isPlain(schema: Schema): boolean {
  return Object.keys(schema.properties ?? {}).join() === 'baseUrl'
}

function rowOf(part: Schema, setting: string, isNeeded: boolean): Row {
  const fallback = part.default === undefined ? (isNeeded ? 'needed' : '–') : `\`${JSON.stringify(part.default)}\``
  return { setting: `\`${setting}\``, type: typeOf(part), fallback, meaning: part.description ?? '' }
}

function typeOf(part: Schema): string {
  if (part.title !== undefined) return part.title
  if (part.const !== undefined) return `\`${JSON.stringify(part.const)}\``
  if (part.enum) return part.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (part.anyOf) return part.anyOf.map(typeOf).join(' or ')
  if (part.type === 'array') return `list of ${typeOf(part.items ?? {})}`
  // A whole number without a limit of its own has that of JavaScript.
  if (part.type === 'integer')
    return `number, ${part.minimum} ${part.maximum! < 1e9 ? `to ${part.maximum}` : 'or more'}`
  if (part.type === 'string') return 'text'
  if (part.type === 'boolean') return 'true or false'
  return part.type ?? 'text'
}

/** A Markdown table; what all gateways share stands once. */
export function configurationTable(): string {
  const rows = configurationRows()
  const gateways = [...new Set(rows.flatMap(({ setting }) => /^`gatewayAccounts\[(\w+)\]/.exec(setting)?.[1] ?? []))]
  const key = (row: Row, name: string) => JSON.stringify({ ...row, setting: row.setting.replace(`[${name}]`, '[]') })
  const shared = (row: Row, name: string) => {
    const same = key(row, name)
    return gateways.every((other) => rows.some((candidate) => key(candidate, other) === same))
  }
  const seen = new Set<string>()
  const told = rows.flatMap((row) => {
    const name = /^`gatewayAccounts\[(\w+)\]/.exec(row.setting)?.[1]
    if (name === undefined || !shared(row, name)) return [row]
    const once = { ...row, setting: row.setting.replace(`[${name}]`, '[]') }
    if (seen.has(once.setting)) return []
    seen.add(once.setting)
    return [once]
  })
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '\\<')
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [
    line(['setting', 'type', 'when left out', 'meaning']),
    line(['---', '---', '---', '---']),
    ...told.map((row) => line([row.setting, row.type, row.fallback, row.meaning])),
  ].join('\n')
}

/** The README with today's table in its place. */
export function withTable(readme: string): string {
  const [before, rest] = readme.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${configurationTable()}\n\n${END}${after}`
}

if (import.meta.main) {
  const readme = resolve(import.meta.dirname, '../README.md')
  if (process.argv.includes('--write')) writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
  else process.stdout.write(`${configurationTable()}\n`)
}
