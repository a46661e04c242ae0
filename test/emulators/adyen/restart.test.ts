import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, openCompany } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'

describe('a local Adyen that is started again on its ledger', () => {
  let directory: string
  let company: LocalCompany
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'local adyen '))
    company = await openCompany({ directory, outcomeDelayMs: 60_000 })
  })
  afterEach(async () => {
    await company.close()
    rmSync(directory, { recursive: true })
  })

  const pay = () => company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' }, holderName: 'refund failed' })
  const file = () => join(directory, 'adyen-ledger.jsonl')
  async function restart() {
    await company.close()
    company = await openCompany({ directory, outcomeDelayMs: 60_000 })
  }

  it('has the same entries, and gives the same answer under the same key', async () => {
    const payment = pay()
    const first = await ask(company.adyen, { payment, key: 'k1' })
    const entries = company.adyen.ledger()
    await restart()
    expect(company.adyen.ledger()).toEqual(entries)
    expect((await ask(company.adyen, { payment, key: 'k1' })).answer).toEqual(first.answer)
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('decides, tells and fails what was due, by the clock that it had', async () => {
    await ask(company.adyen, { payment: pay() })
    await restart()
    company.adyen.advanceClock(60_000)
    company.inbox.answerNext(500)
    await company.adyen.settleWebhooks()
    expect(company.adyen.deliveries()).toMatchObject([{ eventCode: 'REFUND', attempt: 1, status: 500 }])
    await restart()
    company.adyen.advanceClock(9000)
    await company.adyen.settleWebhooks()
    expect(company.adyen.deliveries()).toMatchObject([{ eventCode: 'REFUND', attempt: 2, status: 200 }])
    const before = Date.parse(company.adyen.ledger().at(-1)!.at)
    company.adyen.advanceClock(3 * 24 * 60 * 60 * 1000)
    await restart()
    await company.adyen.settleWebhooks()
    expect(company.adyen.deliveries()).toMatchObject([{ eventCode: 'REFUND_FAILED' }])
    expect(Date.parse(company.adyen.ledger().at(-1)!.at)).toBeGreaterThan(before)
  })

  it('only ever adds to the file', async () => {
    const payment = pay()
    const before = readFileSync(file(), 'utf8')
    await ask(company.adyen, { payment })
    company.adyen.advanceClock(60_000)
    await company.adyen.settleWebhooks()
    expect(readFileSync(file(), 'utf8').startsWith(before)).toBe(true)
  })

  it('forgets the line that was being written when it died, and goes on', async () => {
    const payment = pay()
    const entries = company.adyen.ledger()
    appendFileSync(file(), '[{"kind":"refund accepted","pspRef')
    await restart()
    expect(company.adyen.ledger()).toEqual(entries)
    await ask(company.adyen, { payment })
    await restart()
    expect(company.adyen.acceptedRefunds(payment)).toHaveLength(1)
  })
})
