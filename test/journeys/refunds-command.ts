import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const REFUNDS = fileURLToPath(new URL('../../middleware/operations/refunds.ts', import.meta.url))

/** What `npm run refunds -- …` says, in a process of its own. */
export function refundsCommand(configPath: string, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(process.execPath, [REFUNDS, ...args, '--config', configPath], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  )
}
