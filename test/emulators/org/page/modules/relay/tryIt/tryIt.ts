import { LightningElement, api } from 'lwc'
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import { recordPath, routeAt } from 'relay/router'
import { getJson, messageOf, postJson } from 'relay/server'
import { becomeUser, session } from 'relay/session'
import type { Simulator } from '../../../endpoints.ts'

/** How long a webhook and its write-back may take after the clock was moved or the gateway came back. */
const FOLLOW_MS = 15_000
const LOOK_EVERY_MS = 1_000
const DAY_MS = 24 * 60 * 60 * 1000
/** Sample payments that npm start adds first, so that they keep these names. */
const SAMPLES = {
  part: 'PAY-000000001',
  declined: 'PAY-000000002',
  failsLater: 'PAY-000000003',
  outage: 'PAY-000000004',
}

/** Four things to try with the local gateways, and the buttons that they need. */
export default class TryIt extends LightningElement {
  simulator: Simulator | undefined
  paymentPaths: Record<string, string> = {}
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
      this.paymentPaths = Object.fromEntries(
        payments.map(({ id, fields }) => [String(fields['Name']?.value), recordPath(id)]),
      )
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
  /** The gateway that the buttons act on: the sample payments were taken by the first one. */
  get gatewayLabel(): string {
    return this.gateways[0]?.label ?? 'the gateway'
  }
  get downLabel(): string {
    return `Take ${this.gatewayLabel} down`
  }
  get upLabel(): string {
    return `Bring ${this.gatewayLabel} back`
  }
  get openApiUrl(): string {
    return `${this.simulator?.middlewareUrl ?? ''}/openapi.json`
  }
  get samples(): Record<keyof typeof SAMPLES, { name: string; path: string }> {
    const sample = (name: string) => ({ name, path: this.paymentPaths[name] ?? '/' })
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
    void this.act('/_local/clock', { advanceMs: 3 * DAY_MS }, `It is three days later at ${this.gatewayLabel}.`)
  }
  handleDown(): void {
    void this.act('/_local/down', { down: true }, `${this.gatewayLabel} does not answer any more.`)
  }
  handleUp(): void {
    void this.act('/_local/down', { down: false }, `${this.gatewayLabel} answers again.`)
  }

  private async act(path: string, body: unknown, done: string): Promise<void> {
    this.isBusy = true
    try {
      await Promise.all(this.gateways.slice(0, 1).map(({ url }) => postJson(`${url}${path}`, body)))
      this.doneMessage = done
      this.followRecord()
    } catch {
      this.doneMessage = `${this.gatewayLabel} could not be reached. Is "npm start" still running?`
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
