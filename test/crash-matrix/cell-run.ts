import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { askForRefund } from './caller.ts'
import type { CallerAnswer } from './caller.ts'
import { nameOf } from './cells.ts'
import type { Cell } from './cells.ts'
import { DECISION_MS } from './connection.ts'
import { Fleet } from './fleet.ts'
import { nameOfKill } from './kill-points.ts'
import type { PointName } from './kill-points.ts'
import { judge, whatIsOpen } from './oracle.ts'
import type { Evidence } from './oracle.ts'
import { killFromOutside } from './outside-kill.ts'
import { redeliver, sentEvents } from './sent-events.ts'

/** How long a cell may take to its kill point. */
const REACH_MS = 20_000
/** From the moment the last restart is up until everything is final. Source: RELIABILITY.md, section 4. */
const FINAL_MS = 30_000
/** Longer than any lease: what the dead had leased is due. */
const LEASES_OVER_SECONDS = 120
const LOOK_MS = 60
const REDELIVER_EVERY_MS = 400
const DAY_MS = 86_400_000

export interface CellResult {
  readonly cell: string
  /** What was found wrong, empty when nothing was. */
  readonly wrong: readonly string[]
  readonly ms: number
  /** From the moment the last restart was up until everything was final; null when it never was. */
  readonly recoveryMs: number | null
}

export interface CellGear {
  /** Of this runner alone: keys, configuration, logs. */
  readonly directory: string
  readonly codeCache: string
}

/** Kills the middleware in the middle of one refund as the cell says, and finds out whether all ends as it should. */
export async function runCell(cell: Cell, gear: CellGear): Promise<CellResult> {
  const started = performance.now()
  const name = nameOf(cell)
  const logs = join(gear.directory, name.replaceAll(/[/:]/g, '.'))
  rmSync(logs, { recursive: true, force: true })
  mkdirSync(logs, { recursive: true })
  const database = await freshDatabase()
  const run = new CellRun(cell, gear, database, logs)
  const wrong: string[] = []
  try {
    wrong.push(...(await run.toTheEnd()))
  } catch (error) {
    wrong.push((error as Error).message)
  } finally {
    await run.close()
    await database.close()
  }
  wrong.push(...run.unwantedDeaths())
  if (wrong.length === 0) rmSync(logs, { recursive: true, force: true })
  else wrong.push(`logs: ${logs}`)
  return { cell: name, wrong, ms: performance.now() - started, recoveryMs: run.recoveryMs }
}

/** Of these kill points the gateway has decided before: they lie in what it tells. */
const AFTER_DECISION: ReadonlySet<PointName> = new Set([
  'outcome-commit',
  'webhook-received',
  'inbox-commit',
  'webhook-answer',
  'crm-request',
  'written-commit',
  'look-up',
])
/** Points that every webhook passes. */
const AT_WEBHOOK: ReadonlySet<PointName> = new Set([
  'outcome-commit',
  'webhook-received',
  'inbox-commit',
  'webhook-answer',
])

class CellRun {
  readonly #cell: Cell
  readonly #gear: CellGear
  readonly #database: FreshDatabase
  readonly #logs: string
  readonly #key = randomUUID()
  readonly #answers: CallerAnswer[] = []
  #world!: LocalWorld
  #fleet!: Fleet
  #payment!: Evidence['payment']
  #asking: Promise<void> | null = null
  #isDecided = false
  #redeliveredAt = 0
  #killsSeen = 0
  recoveryMs: number | null = null

  constructor(cell: Cell, gear: CellGear, database: FreshDatabase, logs: string) {
    this.#cell = cell
    this.#gear = gear
    this.#database = database
    this.#logs = logs
  }

  /** @returns what is wrong @throws Error when the cell did not come to its end */
  async toTheEnd(): Promise<string[]> {
    await this.#open()
    let restartedAt = 0
    for (const kill of this.#cell.kills) {
      await this.#goOnUntil(async () => (this.#isKilled() ? null : `never came to ${nameOfKill(kill)}`), REACH_MS)
      this.#killsSeen += 1
      await this.#moveClock()
      // A gateway does not wait for the middleware to come back.
      await this.#decideIfDue()
      await this.#fleet.start()
      restartedAt = performance.now()
    }
    await this.#goOnUntil(() => whatIsOpen(this.#evidence()), restartedAt + FINAL_MS - performance.now())
    this.recoveryMs = performance.now() - restartedAt
    return [...(await this.#askAgain()), ...(await judge(this.#evidence()))]
  }

  async close(): Promise<void> {
    await this.#fleet?.close()
    await this.#asking
    await this.#world?.close()
  }

  /** Processes that ended without being killed. */
  unwantedDeaths(): string[] {
    const words = this.#fleet?.lastWords ?? []
    return words.length <= this.#killsSeen
      ? []
      : [`of ${words.length} processes that ended, ${this.#killsSeen} were killed: ${words.join('; ')}`]
  }

  async #open(): Promise<void> {
    const { scenario, instances, kills } = this.#cell
    const fleetUrl = () => this.#fleet.url()
    this.#world = await startLocalWorld({
      directory: join(this.#gear.directory, 'world'),
      keep: false,
      middlewareUrl: fleetUrl,
      databaseUrl: this.#database.url,
      outcomeDelayMs: DECISION_MS,
      pollOutcomeMs: scenario.pollOutcomeMs ?? DAY_MS,
    })
    this.#payment = await this.#world.addPayment(scenario.payment)
    scenario.arrange?.(this.#world)
    this.#fleet = new Fleet({
      configPath: this.#world.configPath,
      size: instances,
      directory: this.#logs,
      codeCache: this.#gear.codeCache,
      killAt: kills
        .map((kill, place) => `${nameOfKill(kill)}:${place === 0 ? this.#timesOf(kill.point) : 1}`)
        .join(','),
    })
    await this.#fleet.start()
    const [first] = kills
    if (first?.point === 'ledger-write') {
      void killFromOutside({
        world: this.#world,
        scenario,
        paymentReference: this.#payment.reference,
        side: first.side,
        pid: this.#fleet.firstPid,
        token: this.#token(0),
      })
    }
  }

  /** The webhook that tells the outcome is the one that matters. */
  #timesOf(point: PointName): number {
    return AT_WEBHOOK.has(point) ? 1 + (this.#cell.scenario.webhooksBefore ?? 0) : 1
  }

  #token(place: number): string {
    return join(this.#logs, `killed-${place + 1}`)
  }

  /** The next kill has happened, and the process is gone. */
  #isKilled(): boolean {
    const token = this.#token(this.#killsSeen)
    const pid = existsSync(token) ? readFileSync(token, 'utf8') : ''
    // The file is there a moment before its words are.
    return pid !== '' && this.#fleet.isGone(Number(pid))
  }

  /** Does what callers and gateways do by themselves, until the fact is there. @param open what is still to come, or null */
  async #goOnUntil(open: () => Promise<string | null>, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs
    for (;;) {
      const stillOpen = await open()
      if (stillOpen === null) return
      if (performance.now() > end) throw new Error(`after ${Math.round(withinMs / 1000)} s: ${stillOpen}`)
      this.#callIfUnanswered()
      await this.#decideIfDue()
      this.#redeliverIfRefused()
      await pause(LOOK_MS)
    }
  }

  /** A caller without an answer asks again, with the same key. */
  #callIfUnanswered(): void {
    if (this.#answers.length > 0 || this.#asking || this.#fleet.livingCount === 0) return
    this.#asking = this.#ask(this.#body()).then((answer) => {
      this.#asking = null
      // What is not about the refund is tried again, as Apex tells its user to.
      if (answer && answer.status < 500) this.#answers.push(answer)
    })
  }

  async #decideIfDue(): Promise<void> {
    const { scenario, kills } = this.#cell
    if (this.#isDecided || !scenario.decide) return
    const next = kills[this.#killsSeen]
    if (next && !AFTER_DECISION.has(next.point)) return
    // A webhook would answer before the look-up asks.
    if (next?.point === 'look-up' && scenario.pollOutcomeMs === undefined) return
    if (this.#killsSeen === 0 && !(await this.#isReadyForDecision())) return
    if (scenario.inLedger(this.#world, this.#payment.reference).length === 0) return
    this.#isDecided = true
    scenario.decide(this.#world, this.#payment.reference)
  }

  /** The caller has its answer, and what the gateway tells before the outcome has been worked on. */
  async #isReadyForDecision(): Promise<boolean> {
    const before = this.#cell.scenario.webhooksBefore ?? 0
    if (this.#answers.length === 0) return false
    if (before === 0) return true
    const applied = await this.#database.database.query('SELECT 1 FROM gateway_events WHERE outcome IS NOT NULL')
    return applied.length >= before
  }

  #redeliverIfRefused(): void {
    // Time passes for the decision too, which may have to wait for its turn.
    if (this.#cell.scenario.decide && !this.#isDecided) return
    if (this.#fleet.livingCount === 0 || performance.now() - this.#redeliveredAt < REDELIVER_EVERY_MS) return
    if (sentEvents(this.#world).every(({ isTaken }) => isTaken)) return
    this.#redeliveredAt = performance.now()
    redeliver(this.#world)
  }

  /** For the living and the dead: the one clock of leases is a function of the database (migration 0001). */
  async #moveClock(): Promise<void> {
    await this.#database.database.query(
      `CREATE OR REPLACE FUNCTION relay_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
         SELECT statement_timestamp() + make_interval(secs => ${this.#killsSeen * LEASES_OVER_SECONDS}) $$`,
    )
  }

  /** The same key, the same answer; another amount under it changes nothing. */
  async #askAgain(): Promise<string[]> {
    const again = await this.#ask(this.#body())
    if (!again) return ['I8: no answer to the same key']
    this.#answers.push(again)
    const other = await this.#ask({ ...this.#body(), note: 'another body' })
    return [
      ...(again.isReplay ? [] : ['I8: the same key was not answered as a replay']),
      ...(other?.status === 409 ? [] : [`I8: another body under the same key was answered ${other?.status}, not 409`]),
    ]
  }

  #ask(body: object): Promise<CallerAnswer | null> {
    return askForRefund(this.#world, this.#fleet.url(), this.#key, body)
  }

  #body(): object {
    const { payment, asks } = this.#cell.scenario
    const { Amount__c, Currency__c, Route__c, Scheme__c, Payment_Date__c } = payment.inOrg
    return {
      paymentId: this.#payment.recordId,
      gateway: payment.gateway,
      gatewayAccount: payment.account ?? ACCOUNTS[payment.gateway],
      gatewayReference: this.#payment.reference,
      capturedAmount: String(Amount__c),
      currency: Currency__c,
      ...(Route__c === 'Direct Debit' && { route: 'direct_debit', scheme: Scheme__c, collectedOn: Payment_Date__c }),
      ...asks,
    }
  }

  #evidence(): Evidence {
    const { scenario } = this.#cell
    const [world, payment, answers] = [this.#world, this.#payment, this.#answers]
    return { world, database: this.#database.database, scenario, payment, idempotencyKey: this.#key, answers }
  }
}
