import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'

export type FieldValue = string | number | boolean | null
export type FixtureRecord = Record<string, FieldValue> & { Id: string; Name: string }
type ApexStandIn = (params: Record<string, unknown>) => unknown

export interface FixtureOrg {
  url: string
  /** Answers of the Apex controller, replaced by the tests that need others. A thrown Error becomes its message. */
  apex: Record<string, ApexStandIn>
  payments: FixtureRecord[]
  refunds: FixtureRecord[]
  exposures: FixtureRecord[]
  credits: FixtureRecord[]
  permissions: string[]
  /** What the page posted to the gateway's own urls. */
  gatewayRequests: { path: string; body: unknown }[]
  close(): Promise<void>
}

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const AGENT = { id: '005000000000001AAA', name: 'Ava Agent', note: 'Agent with the Refunds permission set' }
const GATEWAYS = [
  { name: 'adyen', label: 'Adyen' },
  { name: 'braintree', label: 'Braintree' },
  { name: 'gocardless', label: 'GoCardless' },
]
const OBJECTS: Record<string, string> = {
  a01: 'Payment__c',
  a02: 'Refund__c',
  a03: 'Refund_Exposure__c',
  a04: 'Credit__c',
}
const OBSERVER = { id: '005000000000002AAA', name: 'Olu Observer', note: 'Sees records, has no permission set' }

/** The page's own endpoints answered from fixtures: what the page does is tested without the org behind it. */
export async function startFixtureOrg(pageDirectory: string): Promise<FixtureOrg> {
  let userId = AGENT.id
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const answer = async (): Promise<void> => {
      const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>
      if (pathname === '/ui/session') {
        if (request.method === 'POST') userId = String(body['userId'])
        const user = [AGENT, OBSERVER].find(({ id }) => id === userId)!
        const permissions = userId === AGENT.id ? org.permissions : []
        return send(200, { user: { id: user.id, name: user.name }, users: [AGENT, OBSERVER], permissions })
      }
      if (pathname === '/ui/simulator') {
        return send(200, {
          gateways: GATEWAYS.map((each) => ({ ...each, url: `${org.url}/${each.name}` })),
          middlewareUrl: org.url,
        })
      }
      if (pathname.includes('/_local/payments/')) return send(200, [])
      if (pathname.includes('/_local/')) {
        org.gatewayRequests.push({ path: pathname, body })
        return send(200, {})
      }
      const [, list] = /^\/ui\/(payments|refunds|exposures|credits)$/.exec(pathname) ?? []
      if (list) {
        const wanted = (searchParams.get('search') ?? '').toLowerCase()
        const records = org[list as 'payments' | 'refunds' | 'exposures' | 'credits']
        const found = records.filter((record) => JSON.stringify(record).toLowerCase().includes(wanted))
        return send(200, found.map(uiRecord))
      }
      const [, recordId] = /^\/ui\/records\/(\w+)$/.exec(pathname) ?? []
      if (recordId) {
        const all = [...org.payments, ...org.refunds, ...org.exposures, ...org.credits]
        const record = all.find(({ Id }) => Id === recordId)
        return record
          ? send(200, uiRecord(record))
          : send(404, { body: { message: 'The requested resource does not exist' } })
      }
      const [, method] = /^\/ui\/apex\/([\w.]+)$/.exec(pathname) ?? []
      if (method) {
        try {
          return send(200, await org.apex[method]!(body))
        } catch (error) {
          return send(400, { body: { message: (error as Error).message } })
        }
      }
      const file = extname(pathname) ? pathname : '/index.html'
      const content = await readFile(join(pageDirectory, file))
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content)
    }
    answer().catch((error: Error) => send(500, { body: { message: error.message } }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const org: FixtureOrg = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apex: {},
    payments: [],
    refunds: [],
    exposures: [],
    credits: [],
    permissions: ['Request_Refunds', 'Request_Credits'],
    gatewayRequests: [],
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
  return org
}

function uiRecord({ Id, ...fields }: FixtureRecord) {
  return {
    id: Id,
    apiName: OBJECTS[Id.slice(0, 3)],
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, { value, displayValue: displayValue(name, value) }]),
    ),
  }
}

function displayValue(name: string, value: FieldValue): string | null {
  if (name === 'Gateway__c') return GATEWAYS.find((gateway) => gateway.name === value)?.label ?? null
  if (name === 'Payment__c') return 'PAY-000000001'
  if (name === 'Requested_By__c') return AGENT.name
  return typeof value === 'number' ? value.toFixed(3) : null
}
