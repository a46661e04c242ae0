import type { GatewayCapabilities } from '../../middleware/gateways/gateway.ts'

const DAY_MS = 86_400_000

/** One kind of gateway: what it says of itself, and how it truly behaves. */
export interface Profile {
  readonly name: 'webhooks' | 'look-ups' | 'confirmed'
  readonly capabilities: GatewayCapabilities
  /** How long it truly keeps keys; what it says of itself is a day less. */
  readonly keepsKeysMs: number
  readonly currencies: readonly string[]
  /** How often the answer itself says that the money has gone. */
  readonly finalInAnswer: number
  /** How an outcome is told: by an event that says it, by one that only asks for a look, or not at all. */
  readonly tells: 'news' | 'sometimes news' | 'look'
  readonly canBeAsked: boolean
  readonly keepsEvents: boolean
  readonly confirmsTotal: boolean
  /** Whether it names disputes one by one. */
  readonly namesDisputes: boolean
  readonly repairs: boolean
  readonly slowestOutcomeMs: number
}

/** After the three real adapters; their capabilities are data there, too. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'webhooks',
    capabilities: {
      keyRetentionMs: 6 * DAY_MS,
      holdAfterLateFailureMs: 10 * DAY_MS,
      pollOutcomeMs: null,
      spacingMs: 0,
      voids: 'whole payment',
      undoes: true,
      captureMode: 'immediate',
    },
    keepsKeysMs: 7 * DAY_MS,
    currencies: ['EUR', 'JPY', 'KWD'],
    finalInAnswer: 0,
    tells: 'news',
    canBeAsked: false,
    keepsEvents: false,
    confirmsTotal: false,
    namesDisputes: true,
    repairs: true,
    slowestOutcomeMs: 2 * DAY_MS,
  },
  {
    name: 'look-ups',
    capabilities: {
      keyRetentionMs: 29 * DAY_MS,
      holdAfterLateFailureMs: 0,
      pollOutcomeMs: 900_000,
      spacingMs: 7_000,
      voids: 'whole payment',
      undoes: false,
    },
    keepsKeysMs: 30 * DAY_MS,
    currencies: ['EUR', 'JPY', 'KWD'],
    finalInAnswer: 0.3,
    tells: 'sometimes news',
    canBeAsked: true,
    keepsEvents: false,
    confirmsTotal: false,
    namesDisputes: true,
    repairs: false,
    slowestOutcomeMs: DAY_MS / 8,
  },
  {
    name: 'confirmed',
    capabilities: {
      keyRetentionMs: 6 * DAY_MS,
      holdAfterLateFailureMs: 0,
      pollOutcomeMs: null,
      spacingMs: 1_000,
      voids: 'whole payment',
      undoes: false,
    },
    keepsKeysMs: 7 * DAY_MS,
    currencies: ['EUR'],
    finalInAnswer: 0,
    tells: 'look',
    canBeAsked: true,
    keepsEvents: true,
    confirmsTotal: true,
    namesDisputes: false,
    repairs: false,
    slowestOutcomeMs: 2 * DAY_MS,
  },
]

/** Minor unit digits, of the few currencies that are simulated. */
export const DIGITS: Readonly<Record<string, number>> = { EUR: 2, JPY: 0, KWD: 3 }

/** Minor units → decimal text, by text alone. */
export function decimalOf(minor: number, currency: string): string {
  const digits = DIGITS[currency]!
  if (digits === 0) return String(minor)
  const text = String(minor).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Decimal text → minor units, by text alone; NaN where it has too many decimals. */
export function minorOf(text: string, currency: string): number {
  const digits = DIGITS[currency]!
  const [whole, decimals = ''] = text.split('.') as [string, string?]
  const kept = decimals.replace(/0+$/, '')
  return kept.length > digits ? NaN : Number(whole + kept.padEnd(digits, '0'))
}
