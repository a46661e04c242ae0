import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './schema.ts'

export type Change = { object: string; row: Row } | { object: string; deleted: string }

/** What one commit changed; one line of the file, so that a line cut off by a crash takes its whole commit along. */
export interface Commit {
  readonly changes: readonly Change[]
  readonly counters: Readonly<Record<string, number>>
}

/** The rows on disk: a file of commits, rewritten as a single one at each start. */
export class Journal {
  readonly #path: string

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true })
    this.#path = join(directory, 'org.jsonl')
  }

  read(): Commit[] {
    if (!existsSync(this.#path)) return []
    const commits: Commit[] = []
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) {
      try {
        if (line !== '') commits.push(JSON.parse(line) as Commit)
      } catch {
        break // the line that a crash cut off: its commit was never answered
      }
    }
    return commits
  }

  append(commit: Commit): void {
    appendFileSync(this.#path, JSON.stringify(commit) + '\n')
  }

  rewrite(commit: Commit): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(commit) + '\n')
    renameSync(`${this.#path}.new`, this.#path)
  }
}
