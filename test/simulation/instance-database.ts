import type { Database, Queryable } from '../../middleware/database/database.ts'
import type { Instance } from './instance.ts'
import type { World } from './world.ts'

/** What an instance meets when the database's connection is cut, before or after the commit. */
export class ConnectionLost extends Error {}

/** The real database as one instance reaches it: each statement, and each transaction as a whole, is one step. */
export function instanceDatabase(world: World, instance: Instance): Database {
  const { scheduler, server, mutant } = world

  async function step<Result>(
    what: string | null,
    isSilent: boolean,
    work: (seen: (text: string) => void) => Promise<Result>,
  ): Promise<Result> {
    const seen: string[] = []
    return scheduler.pending(instance, what ?? 'transaction', 0, async (rename) => {
      if (world.draw('database_lost')) {
        rename(`${what ?? 'transaction'}: connection lost`)
        throw new ConnectionLost('before')
      }
      await world.tellDatabase(isSilent ? null : instance.name)
      let moves = false
      const result = await work((text) => {
        seen.push(summaryOf(text))
        moves ||= MOVES_REFUNDS.test(text)
      })
      const writes = seen.filter((summary) => !summary.startsWith('SELECT'))
      rename(seen.length > 1 ? `transaction (${writes.join(', ')})` : (seen[0] ?? 'empty transaction'))
      if (moves) await world.watch.look()
      if ((moves || writes.length > 0) && world.draw('commit_answer_lost')) throw new ConnectionLost('after the commit')
      return result
    }).done
  }

  async function run<Row extends object>(on: Queryable, text: string, parameters?: readonly unknown[]): Promise<Row[]> {
    const changed = mutant?.rewrite?.(text, parameters ?? [], world) ?? { text, parameters: parameters ?? [] }
    if (changed.text !== text || changed.parameters !== (parameters ?? changed.parameters)) world.mutantMatched = true
    return on.query<Row>(changed.text, changed.parameters)
  }

  return {
    query: <Row extends object>(text: string, parameters?: readonly unknown[]) =>
      step<Row[]>(summaryOf(text), !MOVES_REFUNDS.test(text), async (seen) => {
        seen(text)
        return run<Row>(server, text, parameters)
      }),
    transaction: (work) =>
      step(null, false, (seen) =>
        server.transaction((tx) => {
          const seenBy =
            (on: Queryable) =>
            <Row extends object>(text: string, parameters?: readonly unknown[]) => {
              seen(text)
              return run<Row>(on, text, parameters)
            }
          return work({ query: seenBy(tx), last: seenBy({ query: tx.last }) })
        }),
      ),
    close: () => Promise.resolve(),
  }
}

/** What gives a refund another state, or makes a new one. */
const MOVES_REFUNDS = /INSERT INTO refunds|UPDATE refunds (AS r )?SET state/

/** "UPDATE refunds": the verb and the table of a statement, for the list of steps. */
function summaryOf(text: string): string {
  const found = /(INSERT INTO|UPDATE|DELETE FROM|SELECT[\s\S]*?\bFROM)\s+(\w+)/.exec(text.replace(/^\s*WITH/, ''))
  return found ? `${found[1]!.split(/\s/)[0]} ${found[2]}` : text.slice(0, 20)
}
