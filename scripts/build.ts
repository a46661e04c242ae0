import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const HELP = `Makes what is deployed: dist/ (the middleware as JavaScript) and the .js beside each LWC's .ts.

  npm run build

Then:  node dist/main.js --config FILE     (needs the production dependencies: npm ci --omit=dev)
       npm run deploy:org -- --target-org ORG
`

const ROOT = resolve(import.meta.dirname, '..')

if (parseArgs({ options: { help: { type: 'boolean', default: false } } }).values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
const tsc = spawnSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'middleware', 'force-app'],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
)
if (tsc.status !== 0) {
  process.stderr.write('build failed: mend the types named above\n')
  process.exit(1)
}
cpSync(join(ROOT, 'middleware/database/migrations'), join(ROOT, 'dist/database/migrations'), { recursive: true })
process.stdout.write(
  'built dist/ (node dist/main.js --config FILE) and the LWC of force-app/ (npm run deploy:org -- --target-org ORG)\n',
)
