import { execFile } from 'node:child_process'
import { access, chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const run = promisify(execFile)
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]
const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome', 'msedge']
const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((variable) =>
    process.env[variable] ? [join(process.env[variable], 'Google/Chrome/Application/chrome.exe')] : [],
  ),
}

/**
 * Starts a headless Chromium: the one in CHROME_PATH, else an installed one, else (Linux x64) the one that
 * `@sparticuz/chromium` carries, which needs no system package.
 *
 * It runs without its sandbox, which root may not have and many containers cannot: only pages of this repository are
 * to be opened.
 *
 * @throws Error that says how to set CHROME_PATH – none of them is there.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env = {} } = await findBrowser()
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...env } })
}

interface FoundBrowser {
  executablePath: string
  env?: Record<string, string>
}

async function findBrowser(): Promise<FoundBrowser> {
  const named = process.env['CHROME_PATH']
  if (named) {
    if (await isExecutable(named)) return { executablePath: named }
    throw new Error(`CHROME_PATH names ${named}, which cannot be run. Correct it, or unset it to let one be found.`)
  }
  const installed = [
    ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...(PLACES[process.platform] ?? []),
  ]
  for (const executablePath of installed) {
    if (!(await isExecutable(executablePath))) continue
    // Some are only a note that says where to get it. (On Windows, asking for the version opens a window.)
    if (process.platform === 'win32' || !(await whyItDoesNotRun(executablePath, {}))) return { executablePath }
  }
  if (process.platform === 'linux' && process.arch === 'x64') return carriedChromium()
  throw new Error(
    'The browser tests need Chrome or Chromium and none was found. ' +
      'Install one, or name it: CHROME_PATH=/path/to/chrome npm test.',
  )
}

const isExecutable = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => stat(path).then((found) => found.isFile()),
    () => false,
  )

/** Unpacked once for each version, into a folder that nobody else can write to. */
async function carriedChromium(): Promise<FoundBrowser> {
  const packageFile = new URL('../../node_modules/@sparticuz/chromium/package.json', import.meta.url)
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
  const folder = join(tmpdir(), `refund-relay-chromium-${version}-${process.getuid?.()}`)
  const executablePath = join(folder, 'chromium')
  if (!((await isOurs(folder)) && (await isExecutable(executablePath)))) await unpackChromium(folder)
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') }
  const itsOwn = { LD_LIBRARY_PATH: join(folder, 'al2023/lib') }
  // The machine's own NSS and expat where there are some: the carried ones are for machines without.
  if (!(await whyItDoesNotRun(executablePath, {}))) return { executablePath, env }
  const why = await whyItDoesNotRun(executablePath, itsOwn)
  if (!why) return { executablePath, env: { ...env, ...itsOwn } }
  throw new Error(
    `The Chromium that comes with the tests does not start here: ${why}. ` +
      'Install Chrome or Chromium, or name one: CHROME_PATH=/path/to/chrome npm test.',
  )
}

/** Its first complaint, undefined when it has none. */
const whyItDoesNotRun = (executablePath: string, env: Record<string, string>): Promise<string | undefined> =>
  run(executablePath, ['--version'], { env: { ...process.env, ...env } }).then(
    () => undefined,
    ({ stderr, message }: { stderr?: string; message: string }) => (stderr?.trim() || message).split('\n')[0],
  )

async function unpackChromium(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  const fresh = await mkdtemp(`${folder}-`)
  try {
    // It unpacks into the temp folder of its process and reuses what lies there: so a process with its own one. It
    // unpacks its libraries only where it believes that nothing else is there.
    const unpack = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"
    await run(process.execPath, ['--eval', unpack], {
      env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
    await chmod(join(fresh, 'chromium'), 0o700)
    await writeFile(join(fresh, 'fonts.conf'), fontConfiguration(folder))
    await rename(fresh, folder).catch(async (error: unknown) => {
      // Two test files may unpack at the same time; the first one wins.
      if (!(await isOurs(folder))) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** The carried font, so that there is text on a machine without any; the machine's own ones for further characters. */
const fontConfiguration = (folder: string): string =>
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts/fonts</dir>
<cachedir>${folder}/fonts-cache</cachedir><include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>
`

async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) return false
  if (found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true
  throw new Error(`${folder} belongs to somebody else. Remove it, or name a browser with CHROME_PATH.`)
}
