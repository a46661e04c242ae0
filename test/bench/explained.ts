import type { Database, Queryable } from '../../middleware/database/database.ts'
import { BIG_TABLES } from './filled-ledger.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

export interface Explained {
  readonly database: Database
  /** One line for each statement that was planned: how it finds its rows. */
  lines(): string[]
  /** Statements that would read a big table from end to end. */
  readsWhole(): string[]
}

/** The same database, which tells for each statement first how it would be done. */
export function explained(database: Database): Explained {
  const seen = new Map<string, PlanNode>()
  const plan = (queryable: Queryable): Queryable => ({
    async query(text, parameters) {
      const [row] = await queryable.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `EXPLAIN (FORMAT JSON) ${text}`,
        parameters,
      )
      seen.set(text, row!['QUERY PLAN'][0]!.Plan)
      return queryable.query(text, parameters)
    },
  })
  const scansOf = (root: PlanNode) =>
    nodesOf(root).filter((node) => node['Node Type'].endsWith('Scan') && nameOf(node) !== '')
  const nameText = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 70)
  return {
    database: {
      ...plan(database),
      transaction: (work) => database.transaction((tx) => work({ ...plan(tx), last: plan(tx).query })),
      close: () => database.close(),
    },
    lines: () =>
      [...seen].map(([text, root]) => {
        const ways = scansOf(root).map((node) => `${node['Node Type']} ${nameOf(node)}`)
        return `${nameText(text).padEnd(70)}  ${[...new Set(ways)].join(', ') || 'no table'}`
      }),
    readsWhole: () =>
      [...seen]
        .filter(([, root]) =>
          scansOf(root).some((node) => node['Node Type'] === 'Seq Scan' && isBig(node['Relation Name'])),
        )
        .map(([text]) => nameText(text)),
  }
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

function nameOf(node: PlanNode): string {
  return node['Index Name'] ?? node['Relation Name'] ?? ''
}

function isBig(table: string | undefined): boolean {
  return (BIG_TABLES as readonly (string | undefined)[]).includes(table)
}
