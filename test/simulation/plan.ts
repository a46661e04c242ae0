import { Chance } from './chance.ts'
import { DRAWN } from './faults.ts'
import type { Fault } from './faults.ts'
import { PROFILES } from './gateway-profiles.ts'
import type { Profile } from './gateway-profiles.ts'

export interface PlannedPayment {
  readonly paymentId: string
  readonly profile: Profile['name']
  readonly reference: string
  readonly currency: string
  /** Minor units. */
  readonly captured: number
  /** Hours after the beginning at which it settles; 0: it has. */
  readonly settlesInHours: number
  /** Known to the gateway and the org from the beginning, and never refunded from here unless an operation asks for it. */
  readonly isDebit: boolean
}

export interface Submit {
  readonly kind: 'submit'
  readonly request: PlannedRequest
  readonly otherBody: boolean
}

/** One thing that happens in the fault phase, in this order. Shrinking leaves some out. */
export type Operation =
  | Submit
  | { readonly kind: 'withdraw'; readonly key: string }
  | { readonly kind: 'refund_elsewhere'; readonly payment: number; readonly share: number }
  | {
      readonly kind: 'chargeback'
      readonly payment: number
      readonly share: number
      readonly wonInHours: number | null
    }
  | { readonly kind: 'kill'; readonly instance: number }
  | { readonly kind: 'pause'; readonly instance: number; readonly seconds: number }
  | { readonly kind: 'jump'; readonly seconds: number }
  | { readonly kind: 'crm_down'; readonly seconds: number }
  | { readonly kind: 'forge'; readonly how: 'unsigned' | 'wrong_key' | 'tampered' | 'unsigned_part' }
  | { readonly kind: 'replay' }
  | { readonly kind: 'stranger'; readonly what: 'payment' | 'kind' }
  | { readonly kind: 'permission'; readonly allowed: boolean }

export interface PlannedRequest {
  readonly key: string
  readonly payment: number
  /** Minor units; null: everything that is left. */
  readonly amount: number | null
  readonly undo: boolean
}

export interface Plan {
  readonly seed: number
  readonly payments: readonly PlannedPayment[]
  readonly instances: readonly { readonly skewMs: number }[]
  /** Whether the gateways refuse by themselves what exceeds the payment. */
  readonly gatewayCaps: boolean
  readonly operations: readonly Operation[]
  readonly rates: Readonly<Partial<Record<Fault, number>>>
  /** Of a refund at the gateway: fails, fails late, is repaired after that, comes back. */
  readonly fates: {
    readonly fails: number
    readonly failsLate: number
    readonly repaired: number
    readonly reversed: number
  }
}

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'JPY', 'KWD'] as const

/** Draws one history from its seed: who asks for what, what goes wrong, and how often. */
export function planOf(seed: number): Plan {
  const chance = new Chance(`plan ${seed}`)
  const violence = chance.weighted({ quiet: 2, usual: 4, violent: 4 })
  const scale = { quiet: 0, usual: 0.08, violent: 0.3 }[violence]
  const profiles = chance.happens(0.75) ? [chance.pick(PROFILES)] : PROFILES
  const payments = Array.from({ length: chance.between(1, 3) }, (_, place): PlannedPayment => {
    const profile = chance.pick(profiles)
    return {
      paymentId: `a0P0000000000${String(place).padStart(2, '0')}AAA`,
      profile: profile.name,
      reference: `PAY${place}`,
      currency: profile.currencies.length === 1 ? profile.currencies[0]! : chance.pick(CURRENCIES),
      captured: chance.between(2, 40) * 500,
      settlesInHours: chance.happens(0.25) ? chance.between(1, 5) : 0,
      isDebit: profile.name === 'confirmed' && chance.happens(0.3),
    }
  })
  const requests = requestsOf(chance, payments)
  return {
    seed,
    payments,
    instances: Array.from({ length: chance.weighted({ 1: 2, 2: 5, 3: 3 }) === '1' ? 1 : chance.between(2, 3) }, () => ({
      skewMs: violence !== 'quiet' && chance.happens(0.4) ? skewOf(chance.between(-300, 300)) : 0,
    })),
    gatewayCaps: chance.happens(0.5),
    operations: operationsOf(chance, payments, requests, violence),
    rates: Object.fromEntries(DRAWN.map((fault) => [fault, scale * chance.number() * RARE(fault)])),
    fates:
      violence === 'quiet'
        ? { fails: 0, failsLate: 0, repaired: 0, reversed: 0 }
        : { fails: 0.1, failsLate: 0.15, repaired: 0.4, reversed: 0.1 },
  }
}

/** What touches whole calls or lasts for ever is drawn more rarely than what one answer suffers. */
const RARE = (fault: Fault): number =>
  fault === 'database_lost' || fault === 'commit_answer_lost' ? 0.25 : fault === 'webhook_never_sent' ? 0.2 : 1

function requestsOf(chance: Chance, payments: readonly PlannedPayment[]): PlannedRequest[] {
  const races = chance.happens(0.35)
  return Array.from({ length: chance.between(2, 8) }, (_, place): PlannedRequest => {
    const payment = races ? 0 : chance.between(0, payments.length - 1)
    const { captured } = payments[payment]!
    const undo = chance.happens(0.08)
    const share = chance.weighted({ all: 1, rest: 1, half: 3, part: 5 })
    const amount = { all: captured, rest: null, half: captured / 2, part: chance.between(1, captured / 2) }[share]
    return { key: `key-${place}-00000000`, payment, amount: undo || amount === null ? null : Math.floor(amount), undo }
  })
}

function operationsOf(
  chance: Chance,
  payments: readonly PlannedPayment[],
  requests: readonly PlannedRequest[],
  violence: 'quiet' | 'usual' | 'violent',
): Operation[] {
  const operations: Operation[] = []
  for (const request of requests) {
    operations.push({ kind: 'submit', request, otherBody: false })
    while (chance.happens(0.3)) operations.push({ kind: 'submit', request, otherBody: chance.happens(0.25) })
    if (chance.happens(0.25)) operations.push({ kind: 'withdraw', key: request.key })
  }
  const some = (most: number, make: () => Operation) => {
    for (let count = chance.between(0, most); count > 0; count--) operations.push(make())
  }
  const payment = () => chance.between(0, payments.length - 1)
  const share = () => chance.between(1, 60) / 100
  some(2, () => ({ kind: 'jump', seconds: chance.between(1, 50) }))
  if (violence !== 'quiet') {
    const more = violence === 'violent' ? 2 : 1
    some(1, () => {
      // Of all amounts the hardest to tell apart is one that was asked for here as well.
      const alike = chance.pick(requests)
      const { captured } = payments[alike.payment]!
      if (alike.amount === null || chance.happens(0.5))
        return { kind: 'refund_elsewhere', payment: payment(), share: share() }
      return { kind: 'refund_elsewhere', payment: alike.payment, share: alike.amount / captured }
    })
    if (chance.happens(0.25)) {
      const wonInHours = chance.happens(0.5) ? chance.between(1, 200) : null
      operations.push({ kind: 'chargeback', payment: payment(), share: share(), wonInHours })
    }
    some(2 * more, () => ({ kind: 'kill', instance: chance.between(0, 2) }))
    some(more, () => ({ kind: 'pause', instance: chance.between(0, 2), seconds: chance.between(20, 400) }))
    some(2 * more, () => ({ kind: 'jump', seconds: jump(chance) }))
    some(1, () => ({ kind: 'crm_down', seconds: chance.between(5, 21_600) }))
    some(1, () => ({
      kind: 'forge',
      how: chance.pick(['unsigned', 'wrong_key', 'tampered', 'unsigned_part'] as const),
    }))
    some(1, () => ({ kind: 'replay' }))
    if (chance.happens(0.2)) operations.push({ kind: 'stranger', what: chance.pick(['payment', 'kind'] as const) })
    if (chance.happens(0.15)) {
      operations.push({ kind: 'permission', allowed: false })
      if (chance.happens(0.5)) operations.push({ kind: 'permission', allowed: true })
    }
  }
  return chance.shuffled(operations)
}

/** Past a lease, past an hour, past a day, past every gateway's memory of keys. */
function jump(chance: Chance): number {
  const [least, most] = {
    lease: [61, 200],
    hours: [3_600, 30_000],
    day: [86_400, 200_000],
    retention: [8 * 86_400, 9 * 86_400],
    month: [31 * 86_400, 32 * 86_400],
  }[chance.weighted({ lease: 5, hours: 2, day: 2, retention: 1, month: 0.5 })] as [number, number]
  return chance.between(least, most)
}

/** Five minutes at most, for every other clock three days. */
function skewOf(seconds: number): number {
  return seconds * 1_000 * (seconds % 2 === 0 ? 864 : 1)
}
