import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from './report.ts'

const COMMAND = fileURLToPath(new URL('./crash-matrix.ts', import.meta.url))

/** Spread over points, sides, gateways, outcomes and instances; the whole matrix is `npm run crash-matrix`. */
const SAMPLE = [
  'adyen-checkout/by-webhook/1/request-sent:after',
  'adyen-checkout/failed-by-webhook/2/result-commit:before',
  'adyen-classic/refused-in-answer/1/answer-read:after',
  'adyen-classic/by-webhook/2/inbox-commit:after',
  'braintree/in-answer/1/ledger-write:after',
  'braintree/by-look-up/1/look-up:after',
  'braintree/by-webhook/2/crm-request:after',
  'braintree/refused-in-answer/1/intake-answer:before',
  'gocardless/in-answer/1/lease-commit:after',
  'gocardless/by-webhook/1/written-commit:before',
  'gocardless/failed-by-webhook/2/webhook-received:after',
  'gocardless/by-webhook/1/intake-commit:after+request-sent:after',
]

function run(...args: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)))
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, output }))
  })
}

describe('npm run crash-matrix', () => {
  it('loses nothing and pays nothing twice, wherever the middleware is killed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'refund-relay-crash-sample-'))
    const json = join(directory, 'report.json')
    const { exitCode, output } = await run('--json', json, ...SAMPLE.flatMap((cell) => ['--only', cell]))
    if (exitCode !== 0) throw new Error(output)
    const report = JSON.parse(await readFile(json, 'utf8')) as Report
    expect(report.results.map(({ cell }) => cell).sort()).toEqual([...SAMPLE].sort())
    expect(output).toMatch(/^Nothing was lost and nothing paid twice in 11 crashes and 1 double crashes/m)
    await rm(directory, { recursive: true })
  }, 300_000)

  it('names a cell that there is not, in one line', async () => {
    const { exitCode, output } = await run('--only', 'adyen-checkout/in-answer/*')
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: 'crash-matrix: no cell is called adyen-checkout/in-answer/*; --list names them\n',
    })
  })
})
