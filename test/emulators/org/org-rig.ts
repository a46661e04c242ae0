import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Connection } from 'jsforce'
import { SignJWT, type JWTPayload } from 'jose'
import { startLocalOrg, type LocalOrg, type LocalOrgOptions, type Record } from './server.ts'

export const CLIENT_ID = 'refund-relay-local'
export const USERNAME = 'integration@refund-relay.local'
export const AUDIENCE = 'refund-relay-local'

export const requestKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const integrationKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

export function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString()
}

/** A local org with keys of its own; nothing listens where the middleware would be. */
export function startOrg(options: Partial<LocalOrgOptions> = {}): Promise<LocalOrg> {
  return startLocalOrg({
    requestKey: pem(requestKeys.privateKey),
    audience: AUDIENCE,
    integration: { clientId: CLIENT_ID, username: USERNAME, publicKey: pem(integrationKeys.publicKey) },
    middlewareUrl: 'http://127.0.0.1:1',
    ...options,
  })
}

/** A log-in assertion as the middleware makes it. */
export function assertion(org: LocalOrg, claims: JWTPayload = {}, key?: KeyObject): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  const genuine = { iss: CLIENT_ID, sub: USERNAME, aud: org.url, exp: now + 120 }
  return new SignJWT({ ...genuine, ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(key ?? createPrivateKey(pem(integrationKeys.privateKey)))
}

/** jsforce, logged in as the integration user. */
export async function connect(org: LocalOrg): Promise<Connection> {
  const connection = new Connection({ loginUrl: org.url, version: '64.0' })
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertion(org),
  })
  return connection
}

/** A REST request of jsforce with a JSON body. */
export function send<Answer>(
  connection: Connection,
  method: 'POST' | 'PATCH',
  url: string,
  body: unknown,
): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return connection.request<Answer>({ method, url, headers, body: JSON.stringify(body) })
}

let payments = 0

export function insertPayment(org: LocalOrg, fields: Record = {}): Promise<string> {
  const reference = `PSP${String(++payments).padStart(6, '0')}`
  return org.insert('Payment__c', {
    Amount__c: 120.5,
    Currency__c: 'EUR',
    Route__c: 'Card',
    Payment_Method__c: 'Visa •••• 1111',
    Gateway__c: 'adyen',
    Gateway_Account__c: 'RefundRelayECOM',
    Gateway_Reference__c: reference,
    Gateway_Key__c: `adyen:RefundRelayECOM:${reference}`,
    Stage__c: 'Collected',
    ...fields,
  })
}

/** A refund as the middleware writes it. */
export function refundOf(paymentId: string, key: string, fields: Record = {}): { [field: string]: Record[string] } {
  return {
    Refund_Key__c: key,
    Payment__c: paymentId,
    Amount__c: 20,
    Currency__c: 'EUR',
    Kind__c: 'Refund',
    Origin__c: 'Here',
    Stage__c: 'Refunded',
    Gateway__c: 'adyen',
    State_Version__c: 1,
    ...fields,
  }
}

/** An exposure as the middleware writes it. */
export function exposureOf(paymentId: string, key: string, fields: Record = {}): { [field: string]: Record[string] } {
  return {
    Exposure_Key__c: key,
    Payment__c: paymentId,
    Kind__c: 'Double refund',
    Amount__c: 20,
    Currency__c: 'EUR',
    At_Risk__c: true,
    Explanation__c: 'The payer claimed the debit back from the bank after it was refunded.',
    Opened_At__c: '2026-11-20T10:15:30Z',
    State_Version__c: 1,
    ...fields,
  }
}

/** A credit as the middleware writes it. */
export function creditOf(key: string, fields: Record = {}): { [field: string]: Record[string] } {
  return {
    Credit_Key__c: key,
    Amount__c: 25,
    Currency__c: 'EUR',
    Gateway__c: 'braintree',
    Gateway_Account__c: 'refundrelay_eur',
    Target__c: 'Stored method',
    Stage__c: 'Sent to gateway',
    State_Version__c: 1,
    ...fields,
  }
}
