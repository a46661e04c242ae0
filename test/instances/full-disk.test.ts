import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../until.ts'
import { Load } from './load.ts'
import { startOwnPostgres } from './own-postgres.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'

const MEGABYTE = 1024 * 1024

/** Why no small disk can be made here; null when one can. */
function whyNoDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'refund-relay-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' })
    execFileSync('umount', [folder])
    return null
  } catch (error) {
    return `no tmpfs can be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const obstacle = whyNoDisk()
if (obstacle) console.warn(`The test of a full disk is skipped: ${obstacle}`)

describe('a database whose disk is full', () => {
  const test = obstacle ? it.skip : it
  test('makes the intake refuse with nothing sent, and it goes on when there is room again', async () => {
    const disk = await mkdtemp(join(tmpdir(), 'refund-relay-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0755', 'tmpfs', disk])
    await chmod(disk, 0o755)
    const postgres = await startOwnPostgres({ max_wal_size: '32MB', min_wal_size: '32MB' }, disk)
    const rig = await startRig({ databaseUrl: postgres.url })
    try {
      await rig.fleet.start(0)
      const load = new Load(rig.world, rig.fleet)
      await load.run({ callers: 2, goOn: (begun) => begun < 4 })
      fill(join(disk, 'filler'))

      // The space that tables have already lasts a little longer.
      const refused = await until(async () => {
        const payment = await newPayment(rig.world, PAYMENT_MIX[0]!)
        const key = randomUUID()
        const body = { ...payment.body, amount: '40.00', note: 'x'.repeat(200) }
        const answer = await load.caller.ask(rig.fleet.url(), key, body)
        if (answer?.body.refund) load.heard.accepted.set(key, { id: answer.body.refund.id, body })
        expect([answer?.status, answer?.body.code]).toEqual([503, 'service_unavailable'])
        return { payment, key, body, retryAfter: answer!.retryAfter }
      }, 60_000)
      expect(Number(refused.retryAfter)).toBeGreaterThan(0)
      expect(rig.world.adyen.acceptedRefunds(refused.payment.reference)).toEqual([])

      rmSync(join(disk, 'filler'))
      // Where its log was full it has given up; whoever runs it starts it again.
      await postgres.start()
      const answer = await load.caller.askUntilAnswered(() => rig.fleet.url(), refused.key, refused.body)
      load.heard.accepted.set(refused.key, { id: answer.body.refund!.id, body: refused.body })
      expect(rig.world.adyen.acceptedRefunds(refused.payment.reference)).toHaveLength(1)
      expect(await rig.judgement(load.heard)).toEqual([])
    } finally {
      await rig.close()
      await postgres.close()
      execFileSync('umount', [disk])
      await rm(disk, { recursive: true, force: true })
    }
  }, 120_000)
})

/** Takes every byte that is left. */
function fill(path: string): void {
  for (const size of [4 * MEGABYTE, 64 * 1024, 4096]) {
    const block = Buffer.alloc(size)
    try {
      for (;;) writeFileSync(path, block, { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
