import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oneAtATime } from './one-at-a-time.ts'

export interface PageBundleOptions {
  /** The package directory, `force-app`. */
  forceApp: string
  /** Receives index.html and everything it loads; any static server can serve it. Replaced as a whole. */
  outDirectory: string
  /** Receives a line at the start of a cold bundle and every few seconds of it; none when nothing has changed. */
  onProgress?: (line: string) => void
}

/** What the child process that bundles says to its parent. */
export type BundleMessage = { progress: number } | { failure: string } | { done: true }

const PAGE = dirname(fileURLToPath(import.meta.url))
export const NODE_MODULES = resolve(PAGE, '../../../../node_modules')
const TOOLS = [
  'lwc',
  'lightning-base-components',
  '@lwc/rollup-plugin',
  '@lwc/synthetic-shadow',
  '@rollup/plugin-replace',
  '@salesforce-ux/design-system',
  'rollup',
  'typescript',
]
const READ_FROM_PACKAGE = ['lwc', 'labels', 'objects', 'layouts', 'classes', 'customPermissions']
const LINE_EVERY_MS = 4_000
const HASH_FILE = 'inputs.sha256'

/**
 * Bundles the LWC sources of the package, unchanged, with the real base components, SLDS and the local org's shell.
 * Returns at once when nothing that goes into the page has changed since.
 *
 * @throws Error that names the import and the remedy – a label, Apex method, field or module that does not exist.
 */
export async function bundlePage({ forceApp, outDirectory, onProgress }: PageBundleOptions): Promise<void> {
  const metadata = resolve(forceApp, 'main/default')
  const inputs = await hashOfInputs(metadata)
  const directory = resolve(outDirectory)
  if (await isMadeFrom(directory, inputs)) return
  await mkdir(dirname(directory), { recursive: true })
  await oneAtATime(`${directory}.lock`, async () => {
    if (await isMadeFrom(directory, inputs)) return
    // Made beside and moved into place: whoever serves the old page, or is killed here, never has half of one.
    const fresh = `${directory}.new`
    await rm(fresh, { recursive: true, force: true })
    try {
      await bundleInChild(metadata, fresh, linesOf(onProgress))
      await writeFile(join(fresh, HASH_FILE), inputs)
      await rm(directory, { recursive: true, force: true })
      await rename(fresh, directory)
    } finally {
      await rm(fresh, { recursive: true, force: true })
    }
  })
}

const isMadeFrom = async (directory: string, inputs: string): Promise<boolean> =>
  (await readFile(join(directory, HASH_FILE), 'utf8').catch(() => '')) === inputs

function linesOf(say: (line: string) => void = () => {}): (fraction: number) => void {
  say('Bundling the page: once, and again when its sources change. It takes about 15 seconds.')
  let saidAt = Date.now()
  return (fraction) => {
    if (Date.now() - saidAt < LINE_EVERY_MS) return
    saidAt = Date.now()
    say(`Bundling the page: ${Math.round(fraction * 100)} %`)
  }
}

/** The compiler wants 300 MB and a core for some seconds: a process of its own gives both back and blocks nobody. */
async function bundleInChild(metadata: string, outDirectory: string, onProgress: (fraction: number) => void) {
  const child = fork(join(PAGE, 'bundle-process.ts'), [metadata, outDirectory], {
    execArgv: [],
    // The LWC resolver looks for the package that a generated module belongs to from here.
    cwd: dirname(NODE_MODULES),
  })
  await new Promise<void>((done, fail) => {
    let outcome: BundleMessage | undefined
    child.on('message', (message: BundleMessage | null) => {
      if (!message) return
      if ('progress' in message) onProgress(message.progress)
      else outcome = message
    })
    child.on('error', fail)
    child.on('exit', (code, signal) => {
      if (outcome && 'done' in outcome) done()
      else
        fail(new Error(outcome && 'failure' in outcome ? outcome.failure : `Bundling ended early: ${signal ?? code}.`))
    })
  })
}

async function hashOfInputs(metadata: string): Promise<string> {
  const hash = createHash('sha256')
  const sources = [
    ...(await sourcesUnder(PAGE)),
    ...(await Promise.all(READ_FROM_PACKAGE.map((folder) => sourcesUnder(join(metadata, folder))))).flat(),
  ]
  const contents = await Promise.all(sources.map((file) => readFile(file)))
  for (const [index, file] of sources.entries()) {
    hash.update(`${relative(file.startsWith(PAGE) ? PAGE : metadata, file)}\0`).update(contents[index]!)
  }
  for (const tool of TOOLS) {
    const { version } = JSON.parse(await readFile(join(NODE_MODULES, tool, 'package.json'), 'utf8')) as {
      version: string
    }
    hash.update(`${tool}@${version}\0`)
  }
  return hash.digest('hex')
}

async function sourcesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const present = new Set(files)
  // The .js beside a .ts is emitted from it, and tests never reach the page.
  return files
    .filter((file) => !file.includes('__tests__') && !(file.endsWith('.js') && present.has(file.replace(/js$/, 'ts'))))
    .sort()
}
