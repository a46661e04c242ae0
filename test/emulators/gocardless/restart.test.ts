import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, openOrganisation, refundOf } from './local-organisation.ts'
import type { LocalOrganisation } from './local-organisation.ts'

describe('a local GoCardless that is started again on its ledger', () => {
  let directory: string
  let local: LocalOrganisation
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'local gocardless '))
    local = await openOrganisation({ directory, outcomeDelayMs: 60_000 })
  })
  afterEach(async () => {
    await local.close()
    rmSync(directory, { recursive: true })
  })

  const pay = () => local.goCardless.addPayment({ amount: 1000, currency: 'EUR' })
  const file = () => join(directory, 'gocardless-ledger.jsonl')
  async function restart() {
    await local.close()
    local = await openOrganisation({ directory, outcomeDelayMs: 60_000 })
  }

  it('has the same entries, knows its keys and its switches', async () => {
    const payment = pay()
    await ask(local.goCardless, '/refunds', refundOf(payment, 100), { key: 'k1' })
    local.goCardless.changeCreditor('CR2', { canCreateRefunds: true })
    const entries = local.goCardless.ledger()
    await restart()
    expect(local.goCardless.ledger()).toEqual(entries)
    const again = await ask(local.goCardless, '/refunds', refundOf(payment, 100), { key: 'k1' })
    expect(again).toMatchObject({ status: 409, reason: 'idempotent_creation_conflict' })
    expect(local.goCardless.acceptedRefunds()).toHaveLength(1)
  })

  it('pays and tells what was due, by the clock that it had', async () => {
    await ask(local.goCardless, '/refunds', refundOf(pay(), 100))
    await local.goCardless.settleWebhooks()
    await restart()
    local.goCardless.advanceClock(60_000)
    local.inbox.answerNext(500)
    await local.goCardless.settleWebhooks()
    expect(local.goCardless.deliveries()).toMatchObject([{ attempt: 1, status: 500 }])
    await restart()
    local.goCardless.advanceClock(60_000)
    await local.goCardless.settleWebhooks()
    expect(local.goCardless.deliveries()).toMatchObject([{ attempt: 2, status: 200 }])
  })

  it('only ever adds to the file, and forgets the line that was being written when it died', async () => {
    const payment = pay()
    const before = readFileSync(file(), 'utf8')
    await ask(local.goCardless, '/refunds', refundOf(payment, 100))
    expect(readFileSync(file(), 'utf8').startsWith(before)).toBe(true)
    await local.goCardless.settleWebhooks()
    const entries = local.goCardless.ledger()
    appendFileSync(file(), '[{"kind":"refund accepted","id":"RF')
    await restart()
    expect(local.goCardless.ledger()).toEqual(entries)
  })
})
