import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../scripts/salesforce/check.ts', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly output: string
}

/** Runs the command as a developer does. */
export function runCheck(options: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((done) => {
    execFile(process.execPath, [COMMAND, ...options], { env: environment }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })
}
