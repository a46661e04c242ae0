import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMerchant, vendorsApi } from './local-merchant.ts'
import type { LocalMerchant } from './local-merchant.ts'

describe('a local Braintree that is started again on its ledger', () => {
  let directory: string
  let merchant: LocalMerchant
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'local braintree '))
    merchant = await openMerchant({ directory, settleAfterMs: 60_000 })
  })
  afterEach(async () => {
    await merchant.close()
    rmSync(directory, { recursive: true })
  })

  async function restart() {
    await merchant.close()
    merchant = await openMerchant({ directory, settleAfterMs: 60_000 })
  }
  const refund = (payment: string) =>
    vendorsApi(merchant.braintree).transaction.refund(payment, { amount: '10.00', apiRequestKey: 'k1' } as never)

  it('has the same entries, keeps its keys, and settles what was due', async () => {
    const payment = merchant.braintree.addTransaction({ id: 'p1', amount: '100.00' })
    const { transaction } = await refund(payment)
    const entries = merchant.braintree.ledger()
    await restart()
    expect(merchant.braintree.ledger()).toEqual(entries)
    expect(merchant.braintree.addTransaction({ id: 'p1', amount: '100.00' })).toBe('p1')
    expect((await refund(payment)).transaction.id).toBe(transaction.id)
    expect(merchant.braintree.acceptedRefunds()).toHaveLength(1)
    merchant.braintree.advanceClock(60_000)
    await merchant.braintree.settleWebhooks()
    expect(merchant.braintree.find(transaction.id)?.status).toBe('settled')
  })
})
