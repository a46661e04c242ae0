import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const HELP = `Runs every check: formatter, types, import direction, the Salesforce package, then all jest projects.

  npm test                    everything
  npm test -- PATTERN …       only jest, only the test files whose path matches
  npm test -- --no-browser    everything but the tests that drive a browser
`

const ROOT = resolve(import.meta.dirname, '..')
const MODULES = join(ROOT, 'node_modules')
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(MODULES, 'jest/bin/jest.js')]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false }, 'no-browser': { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const jest = [...JEST, ...(values['no-browser'] ? ['--selectProjects', 'middleware', 'lwc'] : []), ...positionals]
const steps: readonly (readonly [name: string, args: readonly string[], remedy: string])[] = [
  ['formatter', [join(MODULES, 'prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'], 'npm run format'],
  ['types', [join(MODULES, 'typescript/bin/tsc'), '-b'], 'mend the types named above'],
  ['imports', [join(ROOT, 'scripts/check-imports.ts')], 'move the code to the room that may import it'],
  ['Salesforce package', [join(ROOT, 'scripts/salesforce/check.ts')], 'mend the metadata named above'],
  ['tests', jest, 'mend what failed above; npm test -- PATTERN runs it alone'],
]

for (const [name, args, remedy] of positionals.length > 0 ? steps.slice(-1) : steps) {
  const started = performance.now()
  const { status, signal } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`\n${name} failed${signal ? ` (${signal})` : ''}: ${remedy}\n`)
    process.exit(1)
  }
  // jest has the last word, with its own summary.
  if (args !== jest) process.stdout.write(`✓ ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}
