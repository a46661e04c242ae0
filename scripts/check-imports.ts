import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** Room → the rooms it may import from, besides itself. Imports point one way; neighbours never meet. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  main: ['relay', 'config', 'log'],
  relay: ['config', 'crm', 'database', 'gateways', 'http', 'log', 'operations', 'refunds', 'work'],
  operations: [
    'config',
    'settings',
    'crm',
    'database',
    'gateways',
    'refunds',
    'money',
    'errors',
    'log',
    'trace',
    'text',
  ],
  config: ['http', 'refunds', 'gateways', 'settings'],
  http: ['refunds', 'database', 'money', 'errors', 'log', 'trace', 'text'],
  refunds: ['gateways', 'crm', 'work', 'database', 'money', 'errors', 'log', 'trace'],
  gateways: ['money', 'errors', 'settings', 'log', 'text'],
  crm: ['money', 'errors', 'settings', 'log', 'text'],
  work: ['database', 'errors', 'log'],
  database: ['errors', 'log', 'trace'],
  trace: ['log'],
  settings: [],
  text: [],
  money: [],
  errors: [],
  log: [],
}
/** Only these know one gateway by name; every other file receives a `Gateway`. */
const NAMES_A_GATEWAY = /^middleware\/gateways\/(registry\.ts$|(adyen|braintree|gocardless)\/)/
/** `config.ts` is read by those that wire everything; settings and secrets are its pieces. What people write is checked in `text`. */
const ROOM_OF: Readonly<Record<string, string>> = {
  'config-safety': 'config',
  secret: 'settings',
  'card-number': 'text',
  'record-id': 'text',
  'free-text': 'text',
}

/** One line per import that points the wrong way. */
export function checkImports(root: string): string[] {
  const findings: string[] = []
  for (const file of globSync('middleware/**/*.ts', { cwd: root }).map((path) => path.split(sep).join('/'))) {
    const room = roomOf(file)
    if (!(room in ALLOWED)) findings.push(`${file}: room "${room}" is not in the table of scripts/check-imports.ts`)
    for (const target of importsOf(join(root, file), root)) {
      const other = roomOf(target)
      if (!target.startsWith('middleware/')) findings.push(`${file}: imports ${target}, which is outside middleware/`)
      else if (other !== room && !ALLOWED[room]?.includes(other))
        findings.push(`${file}: ${room} may not import from ${other} (${target})`)
      else if (gatewayFolder(target) && !NAMES_A_GATEWAY.test(file))
        findings.push(`${file}: names one gateway (${target})`)
      else if (gatewayFolder(target) && gatewayFolder(file) && gatewayFolder(target) !== gatewayFolder(file))
        findings.push(`${file}: one gateway may not import from another (${target})`)
    }
  }
  return findings
}

/** Relative imports of a file, as paths from the root. Packages are not rooms. */
function importsOf(path: string, root: string): string[] {
  const source = readFileSync(path, 'utf8')
  const specifiers = source.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n]*(?:\n[^'"]*?)?['"](\.[^'"]+)['"]|import\(['"](\.[^'"]+)['"]\)/g,
  )
  return [...specifiers].map(([, fixed, dynamic]) =>
    relative(root, resolve(dirname(path), (fixed ?? dynamic)!))
      .split(sep)
      .join('/'),
  )
}

function roomOf(file: string): string {
  const [, first] = file.split('/')
  const name = first!.replace(/\.ts$/, '')
  return ROOM_OF[name] ?? name
}

function gatewayFolder(file: string): string | null {
  return /^middleware\/gateways\/([^/]+)\//.exec(file)?.[1] ?? null
}

if (import.meta.main) {
  const findings = checkImports(resolve(import.meta.dirname, '..'))
  for (const finding of findings) process.stderr.write(`${finding}\n`)
  if (findings.length > 0) process.exit(1)
  process.stdout.write('imports point one way\n')
}
