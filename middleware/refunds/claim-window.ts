/**
 * How long the payer of a direct debit can take the money back from the bank, after the day of the debit. Sources: the scheme's rules as
 * its owner or a gateway publishes them; null = without a limit.
 */
interface ClaimWindow {
  readonly label: string
  /** Without giving a reason. */
  readonly days: number | null
  /** When the payer says that it was never authorised; null where that makes no difference. */
  readonly unauthorisedMonths: number | null
  readonly source: string
}

const WINDOWS = {
  sepa_core: {
    label: 'SEPA Core',
    days: 56,
    unauthorisedMonths: 13,
    source: 'EPC016-06, SDD Core rulebook: 8 weeks; 13 months if unauthorised',
  },
  sepa_b2b: {
    label: 'SEPA B2B',
    days: 0,
    unauthorisedMonths: 13,
    source: 'EPC222-07, SDD B2B rulebook: no refund of an authorised collection',
  },
  bacs: { label: 'Bacs', days: null, unauthorisedMonths: null, source: 'Direct Debit Guarantee: no time limit' },
  ach: { label: 'ACH', days: 60, unauthorisedMonths: null, source: 'Nacha operating rules: 60 days for a consumer' },
  pad: {
    label: 'PAD',
    days: 90,
    unauthorisedMonths: null,
    source: 'Payments Canada, rule H1: 90 days for a personal PAD',
  },
  becs: {
    label: 'BECS',
    days: null,
    unauthorisedMonths: null,
    source: 'AusPayNet, BECS procedures: claims without a hard limit, slower after 12 months',
  },
  becs_nz: {
    label: 'BECS NZ',
    days: 120,
    unauthorisedMonths: 9,
    source: 'Payments NZ, direct debit rules: 120 days; 9 months if the notice was wrong',
  },
  autogiro: {
    label: 'Autogiro',
    days: null,
    unauthorisedMonths: 13,
    source: 'Bankgirot, Autogiro terms; Swedish payment services act: 13 months',
  },
  betalingsservice: {
    label: 'Betalingsservice',
    days: 56,
    unauthorisedMonths: 13,
    source: 'Danish payments act: 8 weeks; 13 months if unauthorised',
  },
} as const satisfies Record<string, ClaimWindow>

export type SchemeName = keyof typeof WINDOWS
export const SCHEME_NAMES = Object.keys(WINDOWS) as [SchemeName, ...SchemeName[]]

export interface ClaimRisk {
  readonly schemeLabel: string
  /** ISO 8601 date until which the payer can claim without a reason; null: without a limit, or not known. */
  readonly claimUntil: string | null
  /** For the agent, before the amount. */
  readonly sentence: string
}

/** What the payer can still do, by scheme and day of the debit; the cautious answer where either is not known. */
export function claimRisk(scheme: string | null, collectedOn: string | null, today: Date): ClaimRisk {
  const window: ClaimWindow | null = scheme !== null && scheme in WINDOWS ? WINDOWS[scheme as SchemeName] : null
  const twice = 'If they do so after this refund, you pay twice.'
  if (!window) {
    return {
      schemeLabel: 'Direct debit',
      claimUntil: null,
      sentence: `The payer can still claim this debit back from the bank. ${twice}`,
    }
  }
  const { label, days, unauthorisedMonths } = window
  if (days === null || collectedOn === null) {
    const how = days === null ? `${label}, without a time limit` : `${label}, ${span(days)}`
    return {
      schemeLabel: label,
      claimUntil: null,
      sentence: `The payer can still claim this debit back from the bank (${how}). ${twice}`,
    }
  }
  const until = addDays(collectedOn, days)
  if (today.toISOString().slice(0, 10) <= until) {
    return {
      schemeLabel: label,
      claimUntil: until,
      sentence: `The payer can still claim this debit back from the bank until ${dayInWords(until)} (${label}, ${span(days)}). ${twice}`,
    }
  }
  const later =
    unauthorisedMonths === null ? '' : ` As unauthorised it can be claimed for ${unauthorisedMonths} months. ${twice}`
  return {
    schemeLabel: label,
    claimUntil: until,
    sentence: `The time to claim this debit without a reason is over (${label}).${later}`,
  }
}

/** @param date ISO 8601 date */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** For people: "7 Dec 2026". @param date ISO 8601 date */
export function dayInWords(date: string): string {
  const form = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', form)
}

function span(days: number): string {
  return days > 0 && days % 7 === 0 && days < 70 ? `${days / 7} weeks` : `${days} days`
}
