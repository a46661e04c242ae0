import type { Browser } from 'playwright-core'
import { AVA_AGENT } from '../emulators/org/local-people.ts'
import { insertPayment, refundOf, startOrg } from '../emulators/org/org-rig.ts'
import type { LocalOrg } from '../emulators/org/server.ts'
import { launchBrowser } from './launch-browser.ts'
import { COLD_BUNDLE_MS, pageDirectory } from './page-directory.ts'
import { Visitor } from './pages.ts'

describe('the list of what needs a person, in a browser', () => {
  let browser: Browser
  let org: LocalOrg
  let visitor: Visitor

  beforeAll(async () => {
    const directory = await pageDirectory()
    browser = await launchBrowser()
    org = await startOrg({ pageDirectory: directory })
  }, COLD_BUNDLE_MS)
  afterAll(async () => {
    await browser?.close()
    await org?.close()
  })

  it('shows kind, reason, remedy, age and who looks after it, and leaves out what is dealt with', async () => {
    const payment = await insertPayment(org)
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000 - 60_000).toISOString()
    await org.insert('Refund__c', refundOf(payment, 'nothing-wrong'))
    await org.insert('Refund__c', {
      ...refundOf(payment, 'late'),
      Stage__c: 'Failed',
      Attention_Kind__c: 'Changed after success',
      Attention_Reason__c: 'The refund failed after it had been accepted.',
      Attention_Remedy__c: 'Ask the customer for another way to be paid.',
      Attention_Since__c: daysAgo(3),
      Attention_Owner__c: AVA_AGENT,
    })
    const unknown = await org.insert('Refund__c', {
      ...refundOf(payment, 'unknown'),
      Stage__c: 'Checking with gateway',
      Attention_Kind__c: 'Unknown for long',
      Attention_Reason__c: 'What became of this refund has been unknown for more than an hour.',
      Attention_Remedy__c: 'Do not send it again. Look for it in the records of the gateway.',
      Attention_Since__c: daysAgo(0),
    })
    visitor = await Visitor.arrive(browser, org.url)
    await visitor.page.goto(`${org.url}/attention`)
    await visitor.heading('Needs Attention').waitFor()
    const rows = await visitor.rows(2)
    expect(rows.map((cells) => cells.slice(3))).toEqual([
      [
        'Unknown for long',
        'What became of this refund has been unknown for more than an hour.',
        'Do not send it again. Look for it in the records of the gateway.',
        '0',
        '–',
        'Checking with gateway',
      ],
      [
        'Changed after success',
        'The refund failed after it had been accepted.',
        'Ask the customer for another way to be paid.',
        '3',
        'Ava Agent',
        'Failed',
      ],
    ])
    expect(await visitor.inspect('attention')).toEqual([])
    org.update('Refund__c', unknown, { Attention_Closed__c: true, Attention_Closed_Reason__c: 'Nothing to do' })
    await visitor.rows(1)
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })
})
