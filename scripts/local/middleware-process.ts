import { fork } from 'node:child_process'
import type { ForkOptions } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

export interface MiddlewareProcess {
  readonly pid: number
  readonly url: string
  /** Lets it finish what is under way, PostgreSQL included; or not, by another signal. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Told once, when it ended without being asked to, with a line that says why. */
  onExit(listener: (line: string) => void): void
}

/**
 * The same as in scripts/Dockerfile. After 10,000 refunds the middleware holds 39 MB; without a limit V8 lets rubbish grow to several times that
 * before it collects.
 */
export const MEMORY_FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=256'] as const

/**
 * The middleware in a process of its own, as in production; its log goes to a file.
 * @throws Error with its last line, when it does not come up
 */
export function startMiddleware(
  main: string,
  configPath: string,
  logPath: string,
  options: Pick<ForkOptions, 'env' | 'execArgv'> = {},
): Promise<MiddlewareProcess> {
  const log = openSync(logPath, 'a', 0o600)
  const child = fork(main, ['--config', configPath], {
    ...options,
    execArgv: [...MEMORY_FLAGS, ...(options.execArgv ?? [])],
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  let asked = false
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`the middleware ended (${signal ?? code}): ${lastLine(logPath)}`))
  })
  return new Promise((resolve, reject) => {
    void exited.then((line) => reject(new Error(line)))
    child.once('message', (message) =>
      resolve({
        pid: child.pid!,
        url: (message as { url: string }).url,
        async stop(signal = 'SIGTERM') {
          asked = true
          child.kill(signal)
          await exited
        },
        onExit(listener) {
          void exited.then((line) => {
            if (!asked) listener(line)
          })
        },
      }),
    )
  })
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}
