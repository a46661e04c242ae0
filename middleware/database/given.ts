/** What one thing brings to a statement: names, each with its type in PostgreSQL. */
export type Brings = Readonly<Record<string, string>>

/** How a statement reads what it is given: for one thing from its parameters, for several from rows. */
export interface Given<Types extends Brings> {
  readonly value: { readonly [Name in keyof Types]: string }
  /** Comes right behind WITH: the rows, with which no lock is waited for long; nothing for one thing. */
  readonly rows: string
  /** Behind FROM where nothing else is read, and behind what else is read there. */
  readonly from: string
  readonly also: string
  /** Where something is joined to it that may be missing; of one thing a row without columns. */
  readonly each: string
}

export type StatementFor<Item> = (items: readonly Item[]) => readonly [text: string, parameters: readonly unknown[]]

/**
 * A statement that is written once, for one thing and for any number of them. Rows leave as one parameter, so that PostgreSQL has two texts
 * to plan; but for a single thing they cost more than they save.
 */
export function statementFor<Types extends Brings, Item>(
  types: Types,
  write: (given: Given<Types>) => string,
  valuesOf: (item: Item) => { readonly [Name in keyof Types]: unknown },
): StatementFor<Item> {
  const names = Object.keys(types)
  const [forOne, forSeveral] = [write(asParameters(types)), write(asRows(types))]
  return (items) => {
    if (items.length === 1) {
      const values = valuesOf(items[0]!)
      return [forOne, names.map((name) => values[name])]
    }
    const rows = items.map((item) => {
      const values = valuesOf(item)
      return Object.fromEntries(names.map((name, place) => [column(place), values[name]]))
    })
    return [forSeveral, [JSON.stringify(rows)]]
  }
}

export function asParameters<Types extends Brings>(types: Types): Given<Types> {
  const value = valuesBy(types, (type, place) => `$${place + 1}::${type}`)
  return { value, rows: '', from: '', also: '', each: '(SELECT) AS given' }
}

function asRows<Types extends Brings>(types: Types): Given<Types> {
  // Of json the text is kept, as it is in a parameter.
  const columns = Object.values(types).map((type, place) => `${column(place)} ${type === 'json' ? 'text' : type}`)
  return {
    value: valuesBy(types, (type, place) => `given.${column(place)}${type === 'json' ? '::json' : ''}`),
    rows: `given AS MATERIALIZED (SELECT rows.* FROM json_to_recordset($1::json) AS rows (${columns.join(', ')})
       WHERE ${NOT_LONG}), `,
    from: 'FROM given',
    also: ', given',
    each: 'given',
  }
}

/** Like no column of a table, so that these need no name before theirs. */
const column = (place: number) => `g${place}`

/**
 * Until the transaction ends. Hardly anybody holds a lock for so long who is not held up himself; then the statement fails (55P03), and
 * nobody waits with the one who needs that lock.
 */
const NOT_LONG = `set_config('lock_timeout', '100ms', true) <> ''`

function valuesBy<Types extends Brings>(types: Types, spell: (type: string, place: number) => string) {
  const spelled = Object.entries(types).map(([name, type], place) => [name, spell(type, place)])
  return Object.fromEntries(spelled) as Given<Types>['value']
}
