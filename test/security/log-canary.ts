import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Test card numbers, however they are written, and the beginning of a token. */
const NEVER = String.raw`4[ .-]?1[ .-]?1[ .-]?1[ .-]?(?:1[ .-]?){12}|3530111333300000|371449635398431|eyJ[\w-]{20,}\.`

/** Every file of a local world that holds a secret. */
export function secretFilesIn(directory: string): string[] {
  return readdirSync(directory).filter(
    (file) => statSync(join(directory, file)).isFile() && !/^config\.json$|certificate|\.log$|\.csv$/.test(file),
  )
}

/** The secrets in them; of one with several lines each, for a part of a key is too much as well. */
export function secretsIn(directory: string): string[] {
  return secretFilesIn(directory).flatMap((file) => readFileSync(join(directory, file), 'utf8').trim().split('\n'))
}

/** Reads along with what a middleware logs: no test may make it tell a secret of its world, a card number or a token. */
export class LogCanary {
  readonly #directory: string
  #forbidden: RegExp | null = null
  /** Lines that tell what they must not. */
  readonly #telling: string[] = []

  /** @param directory of the local world */
  constructor(directory: string) {
    this.#directory = directory
  }

  write(line: string): void {
    // Its secrets are there before its middleware is.
    this.#forbidden ??= new RegExp([...secretsIn(this.#directory).map(escaped), NEVER].join('|'))
    if (this.#forbidden.test(line)) this.#telling.push(line)
  }

  async read(logPath: string): Promise<void> {
    for await (const line of createInterface(createReadStream(logPath))) this.write(line)
  }

  /** @throws Error with the first line that tells what it must not */
  judge(): void {
    const [first] = this.#telling
    if (first !== undefined)
      throw new Error(`${this.#telling.length} lines of a log tell a secret, the first: ${first}`)
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
