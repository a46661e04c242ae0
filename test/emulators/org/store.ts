import { recordId } from './ids.ts'
import type { Change, Journal } from './journal.ts'
import type { FieldSchema, FieldValue, ObjectSchema, Row, Schema } from './schema.ts'

interface Table {
  readonly object: ObjectSchema
  readonly rows: Map<string, Row>
  /** Unique field → value → ids; unique fields that are blank are not listed. */
  readonly unique: Map<FieldSchema, Map<string, Set<string>>>
  /** Reference field → id of the other record → ids of these. */
  readonly references: Map<FieldSchema, Map<string, Set<string>>>
}

/** Rows in memory with their indexes; a change is undone when the work around it throws, and journalled when it does not. */
export class Store {
  readonly #tables = new Map<string, Table>()
  readonly #journal: Journal | null
  readonly #deleted = new Set<string>()
  /** Goes up whenever the record, or a detail of it, changes: what was worked out from them is stale. */
  readonly #versions = new Map<string, number>()
  #counters: Record<string, number> = {}
  #undo: (() => void)[] = []
  #changes: Change[] = []
  #depth = 0

  constructor(schema: Schema, journal: Journal | null) {
    this.#journal = journal
    for (const object of schema.values()) {
      const fields = [...object.fields.values()]
      const indexed = (wanted: (field: FieldSchema) => boolean): Map<FieldSchema, Map<string, Set<string>>> =>
        new Map(fields.filter(wanted).map((field) => [field, new Map()]))
      this.#tables.set(object.name, {
        object,
        rows: new Map(),
        unique: indexed((field) => field.unique || field.externalId),
        references: indexed((field) => field.referenceTo !== null && (field.referenceTo !== 'User' || !field.custom)),
      })
    }
    this.#load()
  }

  get isEmpty(): boolean {
    return [...this.#tables.values()].every(({ rows }) => rows.size === 0)
  }

  get(object: string, id: string): Row | undefined {
    return this.#tables.get(object)?.rows.get(id)
  }

  all(object: string): IterableIterator<Row> {
    return this.#table(object).rows.values()
  }

  count(object: string): number {
    return this.#table(object).rows.size
  }

  /** Rows whose reference field holds this id. */
  referring(object: string, field: FieldSchema, id: string): Row[] {
    const table = this.#table(object)
    return [...(table.references.get(field)?.get(id) ?? [])].map((each) => table.rows.get(each) as Row)
  }

  isReferenceIndexed(object: string, field: FieldSchema): boolean {
    return this.#table(object).references.has(field)
  }

  /** Rows that hold this value in a unique or external-id field, in the field's own sense of case. */
  having(object: string, field: FieldSchema, value: FieldValue): Row[] {
    const table = this.#table(object)
    return [...(table.unique.get(field)?.get(uniqueKey(field, value)) ?? [])].map((id) => table.rows.get(id) as Row)
  }

  wasDeleted(id: string): boolean {
    return this.#deleted.has(id)
  }

  version(id: string): number {
    return this.#versions.get(id) ?? 0
  }

  nextId(object: ObjectSchema): string {
    return recordId(object.keyPrefix, this.next(`id:${object.name}`, 1))
  }

  /** The next number of a series. */
  next(series: string, start: number): number {
    const number = this.#counters[series] ?? start
    this.#counters[series] = number + 1
    return number
  }

  put(object: string, row: Row): void {
    const before = this.#raw(object, row.Id, row)
    this.#undo.push(() => this.#raw(object, row.Id, before))
    this.#changes.push({ object, row })
    if (this.#depth === 0) this.#commit()
  }

  remove(object: string, id: string): void {
    const before = this.#raw(object, id, undefined)
    this.#deleted.add(id)
    this.#undo.push(() => {
      this.#deleted.delete(id)
      this.#raw(object, id, before)
    })
    this.#changes.push({ object, deleted: id })
    if (this.#depth === 0) this.#commit()
  }

  /** All of the work's changes, or none when it throws. */
  atomically<Result>(work: () => Result): Result {
    const undoFrom = this.#undo.length
    const changesFrom = this.#changes.length
    this.#depth++
    try {
      const result = work()
      this.#depth--
      if (this.#depth === 0) this.#commit()
      return result
    } catch (error) {
      this.#depth--
      for (const undo of this.#undo.splice(undoFrom).reverse()) undo()
      this.#changes.length = changesFrom
      throw error
    }
  }

  #commit(): void {
    if (this.#changes.length > 0) this.#journal?.append({ changes: this.#changes, counters: this.#counters })
    this.#changes = []
    this.#undo = []
  }

  #load(): void {
    if (!this.#journal) return
    for (const { changes, counters } of this.#journal.read()) {
      for (const change of changes) {
        if (!this.#tables.has(change.object)) continue
        if ('row' in change) this.#raw(change.object, change.row.Id, change.row)
        else this.#raw(change.object, change.deleted, undefined)
      }
      this.#counters = { ...counters }
    }
    const changes = [...this.#tables].flatMap(([object, { rows }]) =>
      [...rows.values()].map((row) => ({ object, row })),
    )
    this.#journal.rewrite({ changes, counters: this.#counters })
  }

  /** Sets or removes a row and its index entries; answers with the row before. */
  #raw(object: string, id: string, row: Row | undefined): Row | undefined {
    const table = this.#table(object)
    const before = table.rows.get(id)
    for (const [field, index] of table.unique) {
      move(
        index,
        id,
        before && uniqueKey(field, before[field.name] ?? null),
        row && uniqueKey(field, row[field.name] ?? null),
      )
    }
    for (const [field, index] of table.references) {
      move(index, id, before && String(before[field.name] ?? ''), row && String(row[field.name] ?? ''))
      if (field.masterDetail) for (const master of [before, row]) if (master) this.#touch(String(master[field.name]))
    }
    this.#touch(id)
    if (row) table.rows.set(id, row)
    else table.rows.delete(id)
    return before
  }

  #touch(id: string): void {
    this.#versions.set(id, (this.#versions.get(id) ?? 0) + 1)
  }

  #table(object: string): Table {
    const table = this.#tables.get(object)
    if (!table) throw new Error(`There is no object ${object}: is it in force-app?`)
    return table
  }
}

function uniqueKey(field: FieldSchema, value: FieldValue): string {
  const text = value === null ? '' : String(value)
  return field.caseSensitive ? text : text.toLowerCase()
}

function move(index: Map<string, Set<string>>, id: string, from: string | undefined, to: string | undefined): void {
  if (from === to) return
  if (from) {
    const ids = index.get(from)
    ids?.delete(id)
    if (ids?.size === 0) index.delete(from)
  }
  if (to) {
    const ids = index.get(to)
    if (ids) ids.add(id)
    else index.set(to, new Set([id]))
  }
}
