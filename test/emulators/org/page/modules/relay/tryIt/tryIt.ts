import { LightningElement, api } from 'lwc'
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import type { Act } from 'relay/moreToTry'
import { recordPath, routeAt } from 'relay/router'
import { getJson, messageOf, postJson } from 'relay/server'
import type { ServerError } from 'relay/server'
import { becomeUser, session } from 'relay/session'
import type { Simulator } from '../../../endpoints.ts'

/** How long it may take until an event is known here: a payment that nobody refunded yet is looked for every half minute. */
const FOLLOW_MS = 45_000
const LOOK_EVERY_MS = 1_000
const DAY_MS = 24 * 60 * 60 * 1000
/** Sample payments that npm start adds first, so that they keep these names. */
const SAMPLES = {
  part: 'PAY-000000001',
  declined: 'PAY-000000002',
  failsLater: 'PAY-000000003',
  outage: 'PAY-000000004',
}

/** The gateway that took the first four of them. */
const ADYEN = 'adyen'

/** Things to try with the local gateways, and the buttons that they need. */
export default class TryIt extends LightningElement {
  /** Of the payment that is open; empty on other pages. */
  @api paymentId = ''

  simulator: Simulator | undefined
  payments: UiRecord[] = []
  doneMessage = ''
  isBusy = false
  private following: ReturnType<typeof setInterval> | undefined

  override async connectedCallback(): Promise<void> {
    try {
      const [simulator, payments] = await Promise.all([
        getJson<Simulator>('/ui/simulator'),
        getJson<UiRecord[]>('/ui/payments?search='),
      ])
      this.simulator = simulator
      this.payments = payments
    } catch (error) {
      this.doneMessage = messageOf(error)
    }
  }

  override disconnectedCallback(): void {
    clearInterval(this.following)
  }

  get userName(): string {
    return session().user.name
  }
  get userNote(): string {
    return session().users.find(({ id }) => id === session().user.id)?.note ?? ''
  }
  get otherUsers(): { id: string; label: string; note: string }[] {
    return session()
      .users.filter(({ id }) => id !== session().user.id)
      .map(({ id, name, note }) => ({ id, label: `Be ${name}`, note }))
  }
  get gateways(): Simulator['gateways'] {
    return this.simulator?.gateways ?? []
  }
  get openApiUrl(): string {
    return `${this.simulator?.middlewareUrl ?? ''}/openapi.json`
  }
  get samples(): Record<keyof typeof SAMPLES, { name: string; path: string }> {
    const sample = (name: string) => {
      const payment = this.payments.find(({ fields }) => fields['Name']?.value === name)
      return { name, path: payment ? recordPath(payment.id) : '/' }
    }
    return {
      part: sample(SAMPLES.part),
      declined: sample(SAMPLES.declined),
      failsLater: sample(SAMPLES.failsLater),
      outage: sample(SAMPLES.outage),
    }
  }

  @api focusHeading(): void {
    this.template!.querySelector('h2')?.focus()
  }

  handleClose(): void {
    this.dispatchEvent(new CustomEvent('closepanel'))
  }
  handleUser(event: Event): void {
    void becomeUser((event.currentTarget as HTMLElement).dataset['user']!)
  }
  handleClock(): void {
    const body = { advanceMs: 3 * DAY_MS }
    void this.act({ gateway: ADYEN, path: '/_local/clock', body, done: 'It is three days later at Adyen.' })
  }
  handleDown(): void {
    const done = 'Adyen does not answer any more.'
    void this.act({ gateway: ADYEN, path: '/_local/down', body: { down: true }, done })
  }
  handleUp(): void {
    void this.act({ gateway: ADYEN, path: '/_local/down', body: { down: false }, done: 'Adyen answers again.' })
  }
  handleAct({ detail }: CustomEvent<Act>): void {
    void this.act(detail)
  }

  private async act({ gateway, path, body, done }: Act): Promise<void> {
    const found = this.gateways.find(({ name }) => name === gateway)
    if (!found) {
      this.doneMessage = `There is no local ${gateway} here. Is "npm start" still running?`
      return
    }
    this.isBusy = true
    try {
      await postJson(`${found.url}${path}`, body)
      this.doneMessage = done
      this.followRecord()
      void this.template!.querySelector<HTMLElement & { look(): Promise<void> }>('relay-at-the-gateway')?.look()
    } catch (error) {
      const isSilent = (error as ServerError).status === 0
      this.doneMessage = isSilent
        ? `${found.label} could not be reached. Is "npm start" still running?`
        : `${found.label} did not do it: ${messageOf(error)}`
    } finally {
      this.isBusy = false
    }
  }

  /** Shows what the gateway's answer does to the record that is open, without a reload. */
  private followRecord(): void {
    clearInterval(this.following)
    const until = Date.now() + FOLLOW_MS
    this.following = setInterval(() => {
      if (Date.now() > until) clearInterval(this.following)
      const route = routeAt(window.location.pathname)
      if ('recordId' in route) void notifyRecordUpdateAvailable([{ recordId: route.recordId }])
    }, LOOK_EVERY_MS)
  }
}
