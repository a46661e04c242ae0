import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { EnduranceReport } from './endurance-run.ts'

const COMMAND = fileURLToPath(new URL('./endurance.ts', import.meta.url))
const FEW = '--refunds 300 --callers 12 --kill-every 2,4 --outage-every 4 --patience 3'.split(' ')

describe('npm run endurance', () => {
  it('loses nothing and pays nothing twice through kills, faults and outages, and says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'refund-relay-endurance-report-'))
    const report = join(directory, 'report.json')
    const command = spawn(process.execPath, [COMMAND, ...FEW, '--report', report], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, errors, [code]] = await Promise.all([text(command.stdout), text(command.stderr), once(command, 'exit')])
    expect(errors).not.toMatch(/^endurance:/m)
    expect(out).toMatch(/none lost, none twice/)
    const told = JSON.parse(await readFile(report, 'utf8')) as EnduranceReport
    expect([code, told.wrong, told.accepted >= 300]).toEqual([0, [], true])
    expect([told.disturbances['kills'], told.disturbances['orgOutages']]).not.toContain(0)
    await rm(directory, { recursive: true })
    // A kill, a call that is never answered and an outage may fall together; usually it takes a quarter of this.
  }, 240_000)
})
