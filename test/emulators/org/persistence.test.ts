import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AVA_AGENT } from './local-people.ts'
import { connect, insertPayment, refundOf, startOrg } from './org-rig.ts'

describe('an org with a directory', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'refund-relay-org-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('keeps records, numbers and permissions over a restart', async () => {
    const first = await startOrg({ directory })
    const payment = await insertPayment(first, { Gateway_Key__c: 'adyen:X:KEPT' })
    const refund = await first.insert('Refund__c', refundOf(payment, 'kept'))
    const deleted = await first.insert('Refund__c', refundOf(payment, 'deleted'))
    first.remove('Refund__c', deleted)
    first.setPermission(AVA_AGENT, 'Refunds', false)
    const before = first.find('Payment__c', payment)
    await first.close()

    const second = await startOrg({ directory })
    expect(second.find('Payment__c', payment)).toEqual(before)
    expect(second.rows('Refund__c').map(({ Id }) => Id)).toEqual([refund])
    expect(second.rows('User')).toHaveLength(4)
    const rows = [refundOf(payment, 'kept', { State_Version__c: 2 }), refundOf(payment, 'next')]
    const answers = await (await connect(second)).sobject('Refund__c').upsert(rows, 'Refund_Key__c')
    expect(answers[0]?.id).toBe(refund)
    expect(second.find('Refund__c', answers[1]?.id ?? '')?.['Name']).toBe('REF-000000003')
    const session = await (await fetch(`${second.url}/ui/session`)).json()
    expect(session).toMatchObject({ user: { name: 'Ava Agent' }, permissions: ['Request_Credits'] })
    await second.close()
  })

  it('starts after a crash that cut the last line short', async () => {
    const first = await startOrg({ directory })
    await insertPayment(first)
    await first.close()
    appendFileSync(join(directory, 'org.jsonl'), '{"changes":[{"object":"Payment__c","row":{"Id":"a01')
    const second = await startOrg({ directory })
    expect(second.rows('Payment__c')).toHaveLength(1)
    await insertPayment(second)
    await second.close()
    const third = await startOrg({ directory })
    expect(third.rows('Payment__c')).toHaveLength(2)
    await third.close()
  })
})
