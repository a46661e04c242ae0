import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const built = new Map<string, Promise<string>>()

/**
 * The middleware as it is deployed, JavaScript as `npm run build` makes it, in a folder of the run: taking the types off at start is work and
 * memory of Node that no installation has.
 * @returns its main file
 */
export function builtMiddleware(directory: string): Promise<string> {
  let main = built.get(directory)
  if (!main) built.set(directory, (main = build(join(directory, 'middleware'))))
  return main
}

async function build(folder: string): Promise<string> {
  const alone = [
    '--composite',
    'false',
    '--incremental',
    'false',
    '--declaration',
    'false',
    '--tsBuildInfoFile',
    'null',
  ]
  const tsc = [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(ROOT, 'middleware'),
    '--outDir',
    folder,
    ...alone,
  ]
  await run(process.execPath, tsc)
  await cp(join(ROOT, 'middleware/database/migrations'), join(folder, 'database/migrations'), { recursive: true })
  return join(folder, 'main.js')
}
