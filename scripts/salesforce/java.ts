import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const OLDEST = 11

/** The `java` command of JAVA_HOME or of the PATH; null when there is none of version 11 or newer. */
export function findJava(environment: NodeJS.ProcessEnv = process.env): string | null {
  const home = environment.JAVA_HOME
  const commands = [...(home === undefined || home === '' ? [] : [join(home, 'bin', 'java')]), 'java']
  return commands.find((command) => versionOf(command, environment) >= OLDEST) ?? null
}

/** The main version, 8 for "1.8.0"; 0 when the command does not run. */
function versionOf(command: string, environment: NodeJS.ProcessEnv): number {
  const { stderr } = spawnSync(command, ['-version'], { encoding: 'utf8', env: environment })
  const [, major = '0', minor = '0'] = /version "(\d+)(?:\.(\d+))?/.exec(stderr ?? '') ?? []
  return Number(major === '1' ? minor : major)
}

/** The Java libraries that come with the PMD engine, as a class path. */
export function analyzerClassPath(): string {
  const engine = createRequire(import.meta.url).resolve('@salesforce/code-analyzer-pmd-engine')
  return join(dirname(engine), 'java-lib', '*')
}
