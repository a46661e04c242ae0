import { LightningElement, api } from 'lwc'
import { NavigationMixin, type Navigating, type PageReference } from 'lightning/navigation'
import locale from '@salesforce/i18n/locale'
import timeZone from '@salesforce/i18n/timeZone'
import type { Exposure } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { LABEL } from './labels.ts'

interface Entry {
  readonly key: string
  readonly recordId: string | null
  readonly name: string
  readonly url: string | null
  readonly amount: string
  readonly explanation: string
  readonly since: string
  readonly handling: string
}

/** Money that is out twice: how much, why, since when, and whether somebody has dealt with it. */
export default class ExposureList extends NavigationMixin(LightningElement) {
  @api currencyCode = ''

  label = LABEL
  urls: Readonly<Record<string, string>> = {}

  _exposures: readonly Exposure[] = []

  @api
  get exposures(): readonly Exposure[] {
    return this._exposures
  }

  set exposures(exposures: readonly Exposure[]) {
    this._exposures = exposures
    for (const { recordId } of exposures) if (recordId && !(recordId in this.urls)) void this.findUrl(recordId)
  }

  get entries(): Entry[] {
    const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone })
    return this._exposures.map(({ recordId, name, amount, explanation, openedAt, handled }) => ({
      key: name,
      recordId,
      name,
      url: recordId ? (this.urls[recordId] ?? null) : null,
      amount: displayAmount(amount, this.currencyCode),
      explanation,
      since: fill(LABEL.since, day.format(Date.parse(openedAt))),
      handling: handled ? LABEL.handled : LABEL.open,
    }))
  }

  async findUrl(recordId: string): Promise<void> {
    const url = await (this as unknown as Navigating)[NavigationMixin.GenerateUrl]!(recordPage(recordId))
    if (typeof url === 'string') this.urls = { ...this.urls, [recordId]: url }
  }

  /** Within the app, without loading it again; a new tab stays a new tab. */
  handleOpen(event: MouseEvent): void {
    const { recordId } = (event.currentTarget as HTMLElement).dataset
    if (recordId === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    ;(this as unknown as Navigating)[NavigationMixin.Navigate]!(recordPage(recordId))
  }
}

function recordPage(recordId: string): PageReference {
  return { type: 'standard__recordPage', attributes: { recordId, actionName: 'view' } }
}
