import type { Database } from '../../middleware/database/database.ts'
import { CrmError } from '../../middleware/crm/crm.ts'
import { Callers } from './callers.ts'
import { Chance } from './chance.ts'
import { CrmServer } from './crm-server.ts'
import type { Fault } from './faults.ts'
import { GatewayLedger } from './gateway-ledger.ts'
import type { LedgerRefund } from './gateway-ledger.ts'
import { PROFILES } from './gateway-profiles.ts'
import { Instance } from './instance.ts'
import { ConnectionLost } from './instance-database.ts'
import type { Mutant } from './mutants/mutant.ts'
import { Network } from './network.ts'
import type { Plan, PlannedRequest } from './plan.ts'
import { PRODUCT } from './product.ts'
import type { Product } from './product.ts'
import { Scheduler } from './scheduler.ts'
import type { Owner } from './scheduler.ts'
import { Watch } from './watch.ts'
import { Webhooks } from './webhooks.ts'

export const ORG_ID = '00D000000000001AAA'
const START = Date.UTC(2026, 0, 1, 8)

export interface Violation {
  readonly invariant: string
  readonly what: string
}

/** Everything that one history is made of. It owns what happens by itself: time, packets on their way, the gateways' own work. */
export class World implements Owner {
  readonly name = 'world'
  alive = true
  paused = false
  readonly plan: Plan
  readonly server: Database
  readonly mutant: Mutant | null
  readonly product: Product
  /** Faults that shrinking has switched off. */
  readonly #without: ReadonlySet<Fault>
  readonly chance: {
    readonly schedule: Chance
    readonly faults: Chance
    readonly life: Chance
    readonly product: Chance
  }
  readonly scheduler: Scheduler
  readonly network = new Network()
  readonly ledgers = new Map<string, GatewayLedger>()
  readonly crm: CrmServer
  readonly webhooks: Webhooks
  readonly watch: Watch
  readonly callers: Callers
  readonly callersRetry: PlannedRequest[] = []
  readonly callsUnderWay = new Set<string>()
  instances: Instance[] = []
  readonly coverage = new Map<Fault, number>()
  readonly violations: Violation[] = []
  readonly #names = new Map<string, string>()
  now = START
  step = 0
  kills = 0
  /** Pieces of work that were claimed so far. */
  claimed = 0
  /** Write-backs that began and have not ended, those of killed instances included. */
  writing = 0
  /** Ids of the refunds of which a person said what became of them. */
  readonly settledByHand = new Set<string>()
  isCalm = false
  mutantMatched = false

  constructor(plan: Plan, server: Database, mutant: Mutant | null, without: ReadonlySet<Fault>) {
    this.plan = plan
    this.server = server
    this.mutant = mutant
    this.product = { ...PRODUCT, ...mutant?.product?.(PRODUCT, this) }
    this.#without = without
    const stream = (name: string) => new Chance(`${name} ${plan.seed}`)
    this.chance = {
      schedule: stream('schedule'),
      faults: stream('faults'),
      life: stream('life'),
      product: stream('product'),
    }
    this.scheduler = new Scheduler(() => this.now)
    for (const profile of PROFILES) {
      const payments = plan.payments.filter((payment) => payment.profile === profile.name)
      if (payments.length > 0) this.ledgers.set(profile.name, new GatewayLedger(this, profile, payments))
    }
    this.crm = new CrmServer(this)
    this.webhooks = new Webhooks(this)
    this.watch = new Watch(this)
    this.callers = new Callers(this)
    this.instances = plan.instances.map(({ skewMs }, place) => new Instance(this, `i${place + 1}`, skewMs))
    if (plan.instances.some(({ skewMs }) => skewMs !== 0)) this.cover('clock_skew')
  }

  /** What the clock of whoever runs now says. */
  get clock(): number {
    const owner = this.scheduler.current
    return this.now + (owner instanceof Instance ? owner.skewMs : 0)
  }

  #told = { time: '', instance: '' }

  /**
   * Before a step in the database: what time it is there, and who asks.
   * @param instance null where the step leaves no audit row, so that it does not matter
   */
  async tellDatabase(instance: string | null): Promise<void> {
    const time = new Date(this.now).toISOString()
    const told = { time, instance: instance ?? this.#told.instance }
    if (told.time === this.#told.time && told.instance === this.#told.instance) return
    await this.server.query(
      `SELECT set_config('simulation.now', $1, false), set_config('application_name', $2, false)`,
      [time, told.instance],
    )
    this.#told = told
  }

  /** The fault that comes at the next occasion for it, whatever chance says. */
  forced: Fault | null = null

  /** Draws whether a fault happens here; never in the calm phase. */
  draw(fault: Fault): boolean {
    if (this.forced === fault) {
      this.forced = null
      this.cover(fault)
      return true
    }
    const happens = this.chance.faults.happens(this.plan.rates[fault] ?? 0)
    if (!happens || this.isCalm || this.#without.has(fault)) return false
    this.cover(fault)
    return true
  }

  readonly cover = (fault: Fault): void => {
    this.coverage.set(fault, (this.coverage.get(fault) ?? 0) + 1)
  }

  readonly violate = (invariant: string, what: string): void => {
    this.violations.push({ invariant, what })
    this.scheduler.note('oracle', `${invariant}: ${what}`)
  }

  /** An error that reached a worker's loop or a route: what a fault explains is no finding. */
  readonly expected = (error: unknown): void => {
    if (error instanceof ConnectionLost || error instanceof CrmError) return
    this.violate('I6', `an error that nothing explains: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** For what must not fail at all. */
  readonly fail = (error: unknown): void => {
    this.violate('simulator', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  later(delayMs: number, label: string, action: () => void): void {
    this.scheduler.pending(this, label, this.now + delayMs, action).done.catch(this.fail)
  }

  /** Ids differ from run to run of a process; their names in the list of steps do not. */
  readonly alias = (id: string | null): string => (id === null ? 'nobody' : (this.#names.get(id) ?? 'a new one'))

  named(id: string, letter: 'R' | 'E'): void {
    this.#names.set(id, `${letter}${this.#names.size + 1}`)
  }

  refundsAtGateway(stamp: string | null, reference: string | null): LedgerRefund[] {
    return [...this.ledgers.values()]
      .flatMap(({ all }) => all)
      .filter((refund) => (stamp !== null ? refund.stamp === stamp : refund.reference === reference))
  }

  anyInstance(): Instance | null {
    const running = this.instances.filter(({ alive, paused }) => alive && !paused)
    return running.length > 0 ? this.chance.schedule.pick(running) : null
  }

  /** SIGKILL; another process takes its place at once. */
  kill(place: number): void {
    const killed = this.instances[place % this.instances.length]!
    this.scheduler.kill(killed)
    this.kills++
    this.cover('kill')
    this.scheduler.note(killed.name, 'killed')
    const [name, number = '0'] = killed.name.split('.') as [string, string?]
    this.instances = this.instances.map((instance) =>
      instance === killed ? new Instance(this, `${name}.${Number(number) + 1}`, killed.skewMs) : instance,
    )
    this.crm.interruptions++
  }
}
