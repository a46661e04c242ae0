import { LightningElement, api } from 'lwc'
import objects from '@refund-relay/objects'
import type { UiRecord } from 'lightning/uiRecordApi'
import { shownField } from 'relay/fieldValue'
import { recordPath } from 'relay/router'
import { getJson, messageOf } from 'relay/server'

const PAUSE_IN_TYPING_MS = 200
/** More are found by searching: a page of thousands of rows helps nobody. */
const MOST_SHOWN = 200
const AMOUNT = /_Display__c$/

/** A list view with a search, of whatever rows `endpoint` answers with. */
export default class RecordList extends LightningElement {
  @api objectApiName = ''
  @api iconName = ''
  @api endpoint = ''
  /** API names of the fields to show; the first one links to the record. */
  @api columns: string[] = []

  rows: UiRecord[] | undefined
  errorMessage: string | undefined
  private search = ''
  private pause: ReturnType<typeof setTimeout> | undefined

  override connectedCallback(): void {
    this.dispatchEvent(new CustomEvent('pagenamed', { detail: this.heading, bubbles: true, composed: true }))
    void this.load()
  }
  override disconnectedCallback(): void {
    clearTimeout(this.pause)
  }

  get heading(): string {
    return objects[this.objectApiName]?.pluralLabel ?? ''
  }
  get searchLabel(): string {
    return `Search ${this.heading.toLowerCase()}`
  }
  get isLoading(): boolean {
    return !this.rows && !this.errorMessage
  }
  get hasRows(): boolean {
    return Boolean(this.rows?.length)
  }
  get countLine(): string {
    const count = this.rows?.length ?? 0
    if (count > MOST_SHOWN) return `${MOST_SHOWN} of ${count} items: search to find the others`
    if (count > 0) return `${count} ${count === 1 ? 'item' : 'items'}`
    if (!this.rows) return ''
    return this.search ? `Nothing matches "${this.search}".` : `There are no ${this.heading.toLowerCase()} yet.`
  }
  /** A column that the user may not read in any row is not there. */
  get readableColumns(): { name: string; label: string; headerClass: string }[] {
    const rows = this.shownRows
    return this.columns
      .filter((name) => rows.some((row) => shownField(row, name)))
      .map((name) => ({ name, label: this.labelOf(name), headerClass: AMOUNT.test(name) ? 'relay-amount' : '' }))
  }
  get lines() {
    return this.shownRows.map((row) => ({
      id: row.id,
      cells: this.readableColumns.map(({ name, label }, index) => {
        const field = shownField(row, name)
        return {
          name,
          label,
          text: field?.text ?? '–',
          path: index === 0 ? recordPath(row.id) : field?.path,
          cellClass: AMOUNT.test(name) ? 'relay-cell relay-amount' : 'relay-cell',
        }
      }),
    }))
  }

  handleSearch(event: CustomEvent<{ value: string }>): void {
    this.search = event.detail.value.trim()
    clearTimeout(this.pause)
    this.pause = setTimeout(() => void this.load(), PAUSE_IN_TYPING_MS)
  }

  private get shownRows(): UiRecord[] {
    return (this.rows ?? []).slice(0, MOST_SHOWN)
  }
  private labelOf(name: string): string {
    // "Amount (text)" is how the formula is told from the number in set-up; here only one of the two is shown.
    return (objects[this.objectApiName]?.fields[name]?.label ?? name).replace(/ \(.*\)$| display$/i, '')
  }
  private async load(): Promise<void> {
    const asked = this.search
    try {
      const rows = await getJson<UiRecord[]>(`${this.endpoint}?${new URLSearchParams({ search: asked })}`)
      if (asked !== this.search) return
      this.rows = rows
      this.errorMessage = undefined
    } catch (error) {
      this.errorMessage = messageOf(error)
    }
  }
}
