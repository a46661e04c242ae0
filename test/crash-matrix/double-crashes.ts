import type { Cell } from './cells.ts'
import { isStoredAsSent } from './connection.ts'
import { SIDES } from './kill-points.ts'
import type { Kill, PointName } from './kill-points.ts'

/** The points of one refund's way to its gateway's answer, each side after side, in the order in which it passes them. */
const WAY: readonly string[] = [
  'intake-received:before',
  'intake-received:after',
  'intake-commit:before',
  'intake-commit:after',
  'lease-commit:before',
  'lease-commit:after',
  'request-sent:before',
  'request-sent:after',
  'ledger-write:before',
  'ledger-write:after',
  'answer-read:before',
  'answer-read:after',
  'result-commit:before',
  'result-commit:after',
  'intake-answer:before',
  'intake-answer:after',
]
const SENDING: readonly PointName[] = ['lease-commit', 'request-sent', 'answer-read', 'result-commit']
const WRITING: readonly PointName[] = ['crm-request', 'written-commit']

/** Every cell of one crash, crashed once more while it recovers, at each point that its recovery passes for certain. */
export function doubleCells(cells: readonly Cell[]): Cell[] {
  return cells.flatMap((cell) =>
    recoveryPoints(cell).flatMap((point) =>
      SIDES.filter((side) => point !== 'webhook-answer' || side === 'after').map((side) => ({
        ...cell,
        kills: [...cell.kills, { point, side }],
      })),
    ),
  )
}

/** The points that the recovery from this crash passes, whatever is faster than what. */
function recoveryPoints({ kills, scenario, outcome }: Cell): readonly PointName[] {
  const [{ point, side }] = kills as [Kill]
  const place = WAY.indexOf(`${point}:${side}`)
  const isBefore = (name: string) => place >= 0 && place < WAY.indexOf(name)
  const told: PointName[] =
    scenario.webhooksBefore === null ? [] : ['webhook-received', 'inbox-commit', 'webhook-answer', 'outcome-commit']
  const looked: PointName[] = scenario.pollOutcomeMs === undefined ? [] : ['look-up', 'outcome-commit']
  const outcomeTold = [...told, ...looked]
  // Nothing is stored: the same key begins anew.
  if (isBefore('intake-commit:after')) {
    const sending = SENDING.filter((each) => each !== 'lease-commit' || !isStoredAsSent(scenario))
    return ['intake-received', 'intake-commit', 'intake-answer', ...sending, ...outcomeTold, ...WRITING]
  }
  const asksAgain: PointName[] =
    place >= 0 && isBefore('intake-answer:after') ? ['intake-received', 'intake-answer'] : []
  if (isBefore('lease-commit:after')) return [...asksAgain, ...SENDING, ...outcomeTold, ...WRITING]
  // The outcome is unknown: looked up where the gateway can be asked, a void by its payment, and sent again under the same key where not.
  const asks = scenario.payment.gateway !== 'adyen'
  if (isBefore('request-sent:after')) {
    return [...asksAgain, ...(asks ? (['look-up'] as const) : []), ...SENDING, ...outcomeTold, ...WRITING]
  }
  if (isBefore('result-commit:after')) {
    // A void is seen by its payment.
    const finds = asks && (scenario.isListed || scenario.stage === 'Voided')
    // Where the gateway tells that it took a refund, that may be heard before the look-up.
    const mayHear = (scenario.webhooksBefore ?? 0) > 0
    const found: PointName[] = finds ? ['outcome-commit'] : [...SENDING]
    if (asks && !mayHear) found.push('look-up')
    return [...new Set([...asksAgain, ...found, ...outcomeTold, ...WRITING])]
  }
  if (place >= 0) return [...asksAgain, ...outcomeTold, ...WRITING]
  switch (point) {
    case 'webhook-received':
      return [...told, ...WRITING]
    case 'inbox-commit':
      return side === 'before'
        ? [...told, ...WRITING]
        : ['webhook-received', 'webhook-answer', 'outcome-commit', ...WRITING]
    case 'webhook-answer':
      return ['outcome-commit', ...WRITING]
    case 'look-up':
      return ['look-up', 'outcome-commit', ...WRITING]
    case 'outcome-commit':
      // An outcome that was found by looking is looked for again.
      return [
        ...(outcome === 'by-look-up' ? (['look-up'] as const) : []),
        ...(side === 'before' ? (['outcome-commit'] as const) : []),
        ...WRITING,
      ].filter((each) => side === 'before' || each !== 'look-up')
    case 'crm-request':
      return WRITING
    default:
      // What was written last is written: nothing is left to be done.
      return side === 'before' ? WRITING : []
  }
}

/** Some of them, by chance of this seed: the same seed, the same ones. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const chance = generator(seed)
  const left = [...items]
  const taken: Item[] = []
  while (taken.length < count && left.length > 0) taken.push(...left.splice(Math.floor(chance() * left.length), 1))
  return taken
}

/** Mulberry32, public domain: 32 bits of state are plenty for a sample. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
