import { spawnSync } from 'node:child_process'

/** A step that could not be done: one sentence, and what to do about it. */
export class DeployError extends Error {}

interface Answer {
  readonly status: number
  readonly result?: unknown
  readonly message?: string
}

/** The Salesforce CLI, pointed at one org. */
export class SalesforceCli {
  readonly #org: string

  /** @throws DeployError when `sf` is not installed */
  constructor(org: string) {
    this.#org = org
    const { error, status } = sf(['--version'], 'pipe')
    if (error !== undefined || status !== 0) {
      throw new DeployError(
        'The Salesforce CLI (sf) does not run here. Install it with: npm install --global @salesforce/cli, ' +
          `then log in with: sf org login web --alias ${org}`,
      )
    }
  }

  /** Runs a command that answers in JSON, and gives its `result`. @throws DeployError with the CLI's own message */
  ask(...command: readonly string[]): unknown {
    const { stdout } = sf([...command, '--target-org', this.#org, '--json'], 'pipe')
    const answer = readAnswer(stdout)
    if (answer.status !== 0)
      throw new DeployError(answer.message ?? `sf ${command.join(' ')} failed without a message.`)
    return answer.result
  }

  /** Runs a command whose output is for the reader. @throws DeployError when it fails */
  run(directory: string, ...command: readonly string[]): void {
    const { status } = sf([...command, '--target-org', this.#org], 'inherit', directory)
    if (status !== 0) throw new DeployError(`sf ${command.slice(0, 3).join(' ')} failed; its own words stand above.`)
  }
}

function readAnswer(output: string): Answer {
  try {
    return JSON.parse(output) as Answer
  } catch {
    return { status: 1, message: `The Salesforce CLI did not answer in JSON: ${output.slice(0, 200) || '(nothing)'}` }
  }
}

function sf(parameters: readonly string[], stdio: 'pipe' | 'inherit', directory: string = process.cwd()) {
  // On Windows the command is a .cmd file, which only a shell runs, and a shell wants its words quoted.
  const shell = process.platform === 'win32'
  const words = shell
    ? parameters.map((word) => (/[\s&|<>^"]/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word))
    : parameters
  return spawnSync('sf', words, { cwd: directory, encoding: 'utf8', stdio, shell, maxBuffer: 1e8 })
}
