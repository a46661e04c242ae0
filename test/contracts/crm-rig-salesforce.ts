import { generateKeyPairSync } from 'node:crypto'
import { SalesforceCrm } from '../../middleware/crm/salesforce-crm.ts'
import type { OrgFault, FaultOrder } from '../emulators/org/faults.ts'
import { recordId } from '../emulators/org/ids.ts'
import { insertPayment, pem, CLIENT_ID, USERNAME, startOrg } from '../emulators/org/org-rig.ts'
import type { LocalOrg } from '../emulators/org/server.ts'
import type { CrmFault, CrmRig } from './crm-rigs.ts'

const PERMISSION_SET = 'Refunds'
const DAY_MS = 24 * 60 * 60 * 1000

const FAULTS: Readonly<Record<CrmFault, readonly [OrgFault, FaultOrder]>> = {
  down: ['down', { answer: 'html' }],
  write_then_drop_answer: ['write_then_drop_answer', {}],
  daily_limit: ['request_limit', { limit: 'TotalRequests' }],
  busy: ['request_limit', { limit: 'ConcurrentPerOrgLongTxn' }],
  lock_some_rows: ['lock_rows', {}],
  refuse_some_rows: ['refuse_rows', { message: 'Finance has closed this month.' }],
}

export async function startSalesforceRig(): Promise<CrmRig> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const integration = { clientId: CLIENT_ID, username: USERNAME, publicKey: pem(keys.publicKey) }
  const org = await startOrg({ integration })
  // Each login is told where the org is: counting those answers counts the logins.
  org.faults.set('instance_moved', { instanceUrl: org.url })
  const crm = new SalesforceCrm({
    id: org.orgId,
    name: 'Local',
    loginUrl: org.url,
    instanceUrl: org.url,
    clientId: CLIENT_ID,
    username: USERNAME,
    privateKey: pem(keys.privateKey),
    apiVersion: '64.0',
    permissionSet: PERMISSION_SET,
  })
  let users = 0
  return {
    crm,
    addPayment: (currency = 'EUR', amount = '100.00') =>
      insertPayment(org, { Currency__c: currency, Amount__c: Number(amount) }),
    refundedOf: (paymentId) => String(org.find('Payment__c', paymentId)!['Amount_Refunded_Display__c']),
    shown: (refundId) =>
      org
        .rows('Refund__c')
        .filter((row) => row['Refund_Key__c'] === refundId)
        .map((row) => ({
          paymentId: String(row['Payment__c']),
          version: Number(row['State_Version__c']),
          stage: String(row['Stage__c']),
          amount: String(row['Amount_Display__c']),
        })),
    fault(name, forEver = false, refundIds) {
      const [fault, order] = FAULTS[name]
      const where = refundIds && {
        where: (row: Record<string, unknown>) => refundIds.includes(String(row['Refund_Key__c'])),
      }
      org.faults.set(fault, { ...order, ...(!forEver && { times: 1 }), ...where })
    },
    heal() {
      for (const [fault] of Object.values(FAULTS)) org.faults.clear(fault)
    },
    expireSessions: () => org.expireSessions(),
    logins: () => org.faults.fired('instance_moved'),
    apiCalls: () => org.apiCalls(),
    addUser({ active = true } = {}) {
      const name = `user${++users}`
      // Far from the ids of the people that the org begins with.
      const Id = recordId('005', 1_000 + users)
      return org.insert('User', { Id, Username: `${name}@example.com`, LastName: name, Name: name, IsActive: active })
    },
    permit: (userId, how) => permit(org, userId, how),
    withdraw: (userId) => org.setPermission(userId, PERMISSION_SET, false),
    stop: () => org.close(),
  }
}

async function permit(org: LocalOrg, userId: string, how: Parameters<CrmRig['permit']>[1]): Promise<void> {
  const setId = String(org.rows('PermissionSet').find((row) => row['Name'] === PERMISSION_SET)!['Id'])
  const assign = (fields: Record<string, string>) =>
    org.insert('PermissionSetAssignment', { AssigneeId: userId, ...fields })
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()
  switch (how) {
    case 'directly':
      return org.setPermission(userId, PERMISSION_SET, true)
    case 'by group': {
      const group = await org.insert('PermissionSetGroup', {
        DeveloperName: `Group_of_${userId}`,
        MasterLabel: 'Group',
      })
      await org.insert('PermissionSetGroupComponent', { PermissionSetGroupId: group, PermissionSetId: setId })
      await assign({ PermissionSetGroupId: group })
      return
    }
    case 'expired':
      await assign({ PermissionSetId: setId, ExpirationDate: inDays(-1) })
      return
    case 'until tomorrow':
      await assign({ PermissionSetId: setId, ExpirationDate: inDays(1) })
  }
}
