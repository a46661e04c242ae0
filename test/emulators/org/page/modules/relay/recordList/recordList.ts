import { LightningElement, api } from 'lwc'
import objects from '@refund-relay/objects'
import type { UiRecord } from 'lightning/uiRecordApi'
import { getJson, messageOf } from 'relay/server'

const PAUSE_IN_TYPING_MS = 200
const LOOK_EVERY_MS = 3_000
/** More are found by searching: a page of thousands of rows helps nobody. */
const MOST_SHOWN = 200

/** A list view with a search, of whatever rows `endpoint` answers with; new rows come by themselves. */
export default class RecordList extends LightningElement {
  @api objectApiName = ''
  @api iconName = ''
  @api endpoint = ''
  /** API names of the fields to show; the first one links to the record. */
  @api columns: string[] = []
  /** API name of a list view of the package: its label, columns and filter. */
  @api view = ''
  /** The page has a heading of its own. */
  @api isPartOfPage = false

  rows: UiRecord[] | undefined
  errorMessage: string | undefined
  private search = ''
  private pause: ReturnType<typeof setTimeout> | undefined
  private following: ReturnType<typeof setInterval> | undefined

  override connectedCallback(): void {
    if (!this.isPartOfPage) {
      this.dispatchEvent(new CustomEvent('pagenamed', { detail: this.heading, bubbles: true, composed: true }))
    }
    this.following = setInterval(() => {
      if (!document.hidden) void this.load()
    }, LOOK_EVERY_MS)
    void this.load()
  }
  override disconnectedCallback(): void {
    clearTimeout(this.pause)
    clearInterval(this.following)
  }

  get heading(): string {
    const { pluralLabel = '', listViews } = objects[this.objectApiName] ?? {}
    return listViews?.[this.view]?.label ?? pluralLabel
  }
  get shownColumns(): string[] {
    return objects[this.objectApiName]?.listViews[this.view]?.columns ?? this.columns
  }
  get allHeading(): string {
    return `All ${this.heading.toLowerCase()}`
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
  get shownRows(): UiRecord[] {
    return (this.rows ?? []).slice(0, MOST_SHOWN)
  }
  get countLine(): string {
    const count = this.rows?.length ?? 0
    if (count > MOST_SHOWN) return `${MOST_SHOWN} of ${count} items: search to find the others`
    if (count > 0) return `${count} ${count === 1 ? 'item' : 'items'}`
    if (!this.rows) return ''
    if (this.search) return `Nothing matches "${this.search}".`
    return this.view ? 'Nothing is left to do.' : `There are no ${this.heading.toLowerCase()} yet.`
  }

  handleSearch(event: CustomEvent<{ value: string }>): void {
    this.search = event.detail.value.trim()
    clearTimeout(this.pause)
    this.pause = setTimeout(() => void this.load(), PAUSE_IN_TYPING_MS)
  }

  private async load(): Promise<void> {
    const asked = this.search
    try {
      const rows = await getJson<UiRecord[]>(
        `${this.endpoint}?${new URLSearchParams({ search: asked, ...(this.view && { view: this.view }) })}`,
      )
      if (asked !== this.search) return
      this.errorMessage = undefined
      if (JSON.stringify(rows) !== JSON.stringify(this.rows)) this.rows = rows
    } catch (error) {
      this.errorMessage = messageOf(error)
    }
  }
}
