import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Gateway } from '../middleware/gateways/gateway.ts'
import { openGateway } from '../middleware/gateways/registry.ts'

const BEGIN = '<!-- capabilities: node scripts/capability-table.ts --write -->'
const END = '<!-- /capabilities -->'

const EVERYWHERE = {
  account: 'CR0',
  org: '00D000000000001EAA',
  live: false,
  timeoutMs: 1,
  baseUrl: 'http://127.0.0.1:9',
} as const
const ADYEN = {
  ...EVERYWHERE,
  gateway: 'adyen' as const,
  classicBaseUrl: 'http://127.0.0.1:9',
  apiKey: 'none',
  webhook: { hmacKeys: ['00'.repeat(32)], username: 'none', passwords: ['none'] },
  credits: true,
  sealingKey: 'none needed here',
  captureMode: 'immediate' as const,
}

/** Each gateway with everything switched on that can be. Nothing is called. */
const GATEWAYS: Readonly<Record<string, Gateway>> = {
  Adyen: openGateway({ ...ADYEN, api: 'checkout' }),
  'Adyen Classic': openGateway({ ...ADYEN, api: 'classic' }),
  Braintree: openGateway({
    gateway: 'braintree',
    account: 'none',
    org: EVERYWHERE.org,
    live: false,
    timeoutMs: 1,
    merchantId: 'none',
    publicKey: 'none',
    privateKey: 'none',
    environment: 'sandbox',
    idempotencyKeys: true,
    credits: true,
    spacingMs: 7_000,
    pollOutcomeMs: 900_000,
  }),
  GoCardless: openGateway({
    ...EVERYWHERE,
    gateway: 'gocardless',
    accessToken: 'none',
    webhook: { secrets: ['none'] },
  }),
}

const DAY_MS = 86_400_000
const yes = (can: unknown) => (can ? 'yes' : 'no')
const days = (ms: number) => (ms === 0 ? 'no' : `${ms / DAY_MS} days`)

/** What can be asked of a gateway, and what cannot: row → how it is read off an adapter. */
const ROWS: readonly (readonly [string, (gateway: Gateway) => string])[] = [
  ['void a whole payment before it settles', ({ capabilities }) => yes(capabilities.voids === 'whole payment')],
  ['decides itself between void and refund', ({ capabilities }) => yes(capabilities.undoes)],
  ['look a payment up', ({ lookUpPayment }) => yes(lookUpPayment)],
  ['look a refund up', ({ lookUpRefund }) => yes(lookUpRefund)],
  [
    'outcomes come by',
    ({ capabilities: { pollOutcomeMs } }) =>
      pollOutcomeMs ? `webhook, or a look every ${pollOutcomeMs / 60_000} min` : 'webhook',
  ],
  ['missed events can be fetched', ({ eventsSince }) => yes(eventsSince)],
  ['same key again is the same refund, for', ({ capabilities }) => days(capabilities.keyRetentionMs)],
  [
    'one refund of a payment at a time, apart',
    ({ capabilities: { spacingMs } }) => (spacingMs ? `${spacingMs / 1000} s` : 'no'),
  ],
  ['a late failure may be repaired, so it is held', ({ capabilities }) => days(capabilities.holdAfterLateFailureMs)],
  ['a part of a payment', ({ capabilities }) => capabilities.parts ?? 'always'],
  ['in escrow, in full only', ({ capabilities }) => (capabilities.escrowInFullOnly ? 'yes' : '–')],
  ['our reference, always sent, is wanted by', ({ capabilities }) => capabilities.referenceWantedBy?.join(', ') ?? '–'],
  [
    'refunds of one payment, at most',
    ({ capabilities }) => String(capabilities.refundsPerPayment ?? 'no documented limit'),
  ],
  [
    'oldest payment',
    ({ capabilities }) =>
      capabilities.refundWindowDays ? `${capabilities.refundWindowDays} days` : 'no documented limit',
  ],
  ['line items', ({ capabilities }) => yes(capabilities.lineItems)],
  [
    'credit without a payment, when switched on',
    ({ capabilities }) => capabilities.credits?.map((kind) => kind.replace('_', ' ')).join(', ') || 'no',
  ],
  [
    'youngest payment',
    ({ capabilities }) => (capabilities.minimumAgeDays ? `${capabilities.minimumAgeDays} days` : '–'),
  ],
]

/** A Markdown table, made from what the adapters say of themselves. */
export function capabilityTable(): string {
  const names = Object.keys(GATEWAYS)
  const rows = ROWS.map(([what, read]) => [what, ...Object.values(GATEWAYS).map(read)])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(['', ...names]), line(['---', ...names.map(() => '---')]), ...rows.map(line)].join('\n')
}

/** The README with today's table in its place. */
export function withTable(readme: string): string {
  const [before, rest] = readme.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${capabilityTable()}\n\n${END}${after}`
}

if (import.meta.main) {
  const readme = resolve(import.meta.dirname, '../README.md')
  if (process.argv.includes('--write')) writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
  else process.stdout.write(`${capabilityTable()}\n`)
}
