import { generateKeyPairSync } from 'node:crypto'
import type { CrmRecord, PaymentRecord } from '../../middleware/crm/crm.ts'
import { SalesforceCrm } from '../../middleware/crm/salesforce-crm.ts'
import type { OrgFault, FaultOrder } from '../emulators/org/faults.ts'
import { recordId } from '../emulators/org/ids.ts'
import { insertPayment, pem, CLIENT_ID, USERNAME, startOrg } from '../emulators/org/org-rig.ts'
import type { LocalOrg } from '../emulators/org/server.ts'
import type { CrmFault, CrmRig, CrmRight } from './crm-rigs.ts'

const PERMISSION_SETS: Readonly<Record<CrmRight, string>> = {
  refunds: 'Refunds',
  credits: 'Refunds_Credits',
  settlements: 'Refunds_Admin',
}
const OBJECTS: Readonly<Record<Exclude<CrmRecord, PaymentRecord>['type'], readonly [object: string, key: string]>> = {
  refund: ['Refund__c', 'Refund_Key__c'],
  credit: ['Credit__c', 'Credit_Key__c'],
  exposure: ['Refund_Exposure__c', 'Exposure_Key__c'],
  break: ['Refund_Break__c', 'Break_Key__c'],
}
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
    permissionSet: PERMISSION_SETS.refunds,
    creditsPermissionSet: PERMISSION_SETS.credits,
    settlementsPermissionSet: PERMISSION_SETS.settlements,
  })
  let users = 0
  const handledRow = (id: string) => {
    const rows = (object: string) => org.rows(object).map((row) => ({ object, row }))
    return [...rows('Refund_Exposure__c'), ...rows('Refund_Break__c')].find(({ row }) =>
      [row['Exposure_Key__c'], row['Break_Key__c']].includes(id),
    )!
  }
  return {
    crm,
    addPayment: (currency = 'EUR', amount = '100.00', reference) =>
      insertPayment(org, {
        Currency__c: currency,
        Amount__c: Number(amount),
        ...(reference && {
          Gateway__c: reference.gateway,
          Gateway_Account__c: reference.gatewayAccount,
          Gateway_Reference__c: reference.gatewayReference,
          Gateway_Key__c: `${reference.gateway}:${reference.gatewayAccount}:${reference.gatewayReference}`,
        }),
      }),
    refundedOf: (paymentId) => String(org.find('Payment__c', paymentId)!['Amount_Refunded_Display__c']),
    exposedOf: (paymentId) => String(org.find('Payment__c', paymentId)!['Exposure_Display__c']),
    chargedBackOf: (paymentId) => String(org.find('Payment__c', paymentId)!['Charged_Back__c']),
    refundableOf: (paymentId) => String(org.find('Payment__c', paymentId)!['Refundable_Display__c']),
    removePayment: (paymentId) => org.remove('Payment__c', paymentId),
    shown: ({ type, id }) => {
      const [object, key] = OBJECTS[type]
      return org
        .rows(object)
        .filter((row) => row[key] === id)
        .map((row) => ({
          paymentId: textOf(row['Payment__c']),
          version: Number(row['State_Version__c']),
          stage: textOf(row['Stage__c']),
          amount: String(row['Amount_Display__c']),
        }))
    },
    handle(id, how, note) {
      const fields = { Handled__c: true, Handling__c: how, Handling_Note__c: note }
      const { object, row } = handledRow(id)
      org.update(object, String(row['Id']), fields)
    },
    handlingOf(id) {
      const { Handled__c, Handling__c, Handling_Note__c } = handledRow(id).row
      return { handled: Handled__c === true, how: String(Handling__c), note: String(Handling_Note__c) }
    },
    fault(name, forEver = false, ids) {
      const [fault, order] = FAULTS[name]
      const where = ids && {
        where: (row: Record<string, unknown>) =>
          [...Object.values(OBJECTS), ['Payment__c', 'Id']].some(([, key]) => ids.includes(String(row[key!]))),
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
    permit: (userId, how, right = 'refunds') => permit(org, userId, how, PERMISSION_SETS[right]),
    withdraw: (userId, right = 'refunds') => org.setPermission(userId, PERMISSION_SETS[right], false),
    stop: () => org.close(),
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

async function permit(
  org: LocalOrg,
  userId: string,
  how: Parameters<CrmRig['permit']>[1],
  permissionSet: string,
): Promise<void> {
  const setId = String(org.rows('PermissionSet').find((row) => row['Name'] === permissionSet)!['Id'])
  const assign = (fields: Record<string, string>) =>
    org.insert('PermissionSetAssignment', { AssigneeId: userId, ...fields })
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()
  switch (how) {
    case 'directly':
      return org.setPermission(userId, permissionSet, true)
    case 'by group': {
      const group = await org.insert('PermissionSetGroup', {
        DeveloperName: `${permissionSet}_of_${userId}`,
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
