import type { LocalOrg } from '../../test/emulators/org/server.ts'

const LOOK_MS = 400

/**
 * Says one line for each thing that happens to a refund, as Salesforce learns of it.
 * @returns what ends it
 */
export function narrateRefunds(org: LocalOrg, say: (line: string) => void): () => void {
  const told = new Map<unknown, unknown>()
  const look = (aloud: boolean) => {
    for (const refund of org.rows('Refund__c')) {
      if (told.get(refund.Id) === refund.State_Version__c) continue
      told.set(refund.Id, refund.State_Version__c)
      if (!aloud) continue
      const payment = org.find('Payment__c', String(refund.Payment__c))
      const why = refund.Error_Message__c ? ` – ${String(refund.Error_Message__c)}` : ''
      const what = `${String(refund.Name)}  ${String(refund.Currency__c)} ${String(refund.Amount__c)} of ${String(payment?.Name)}`
      say(`  ${new Date().toTimeString().slice(0, 8)}  ${what}: ${String(refund.Stage__c)}${why}`)
    }
  }
  look(false)
  const timer = setInterval(() => look(true), LOOK_MS)
  return () => clearInterval(timer)
}
