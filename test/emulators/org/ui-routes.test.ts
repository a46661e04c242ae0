import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AVA_AGENT, OLU_OBSERVER } from './local-people.ts'
import { creditOf, exposureOf, insertPayment, refundOf, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

describe('what the page asks the local org', () => {
  let org: LocalOrg
  let pageDirectory: string
  beforeAll(async () => {
    pageDirectory = mkdtempSync(join(tmpdir(), '.refund-relay-page-'))
    writeFileSync(join(pageDirectory, 'index.html'), '<title>Refunds</title>')
    writeFileSync(join(pageDirectory, 'main.js'), 'export {}')
    const gateways = [{ name: 'adyen', label: 'Adyen', url: 'http://127.0.0.1:3002' }]
    org = await startOrg({ pageDirectory, gateways, middlewareUrl: () => 'http://127.0.0.1:3000' })
  })
  afterAll(async () => {
    await org.close()
    rmSync(pageDirectory, { recursive: true })
  })

  async function get(path: string, userId = AVA_AGENT): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(org.url + path, { headers: { cookie: `user=${userId}` } })
    return { status: answer.status, body: await answer.json() }
  }
  const become = (userId: string): Promise<Response> =>
    fetch(`${org.url}/ui/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId }),
    })

  it('is Ava Agent at first, and Olu Observer once chosen', async () => {
    const session = await (await fetch(`${org.url}/ui/session`)).json()
    expect(session).toMatchObject({
      user: { id: AVA_AGENT, name: 'Ava Agent' },
      permissions: ['Request_Refunds', 'Request_Credits'],
    })
    expect((session as { users: unknown[] }).users).toHaveLength(2)
    const cookie = (await become(OLU_OBSERVER)).headers.get('set-cookie') ?? ''
    const later = await (
      await fetch(`${org.url}/ui/session`, { headers: { cookie: cookie.split(';')[0] ?? '' } })
    ).json()
    expect(later).toMatchObject({ user: { name: 'Olu Observer' }, permissions: [] })
  })

  it('never becomes the integration user, by choice or by cookie', async () => {
    expect((await become('005000000000003AAA')).status).toBe(400)
    expect((await get('/ui/session', '005000000000003AAA')).body).toMatchObject({ user: { id: AVA_AGENT } })
  })

  it('lists payments newest first and finds them by what is shown', async () => {
    const older = await insertPayment(org, { Payment_Method__c: 'Mastercard •••• 4444' })
    const newer = await insertPayment(org)
    const { body } = await get('/ui/payments?search=')
    const ids = (body as { id: string }[]).map(({ id }) => id)
    expect(ids.indexOf(newer)).toBeLessThan(ids.indexOf(older))
    expect((await get('/ui/payments?search=mastercard')).body).toMatchObject([
      {
        id: older,
        apiName: 'Payment__c',
        fields: { Refundable_Display__c: { value: 'EUR 120.50', displayValue: null } },
      },
    ])
    expect((await get('/ui/payments?search=nothing-like-it')).body).toEqual([])
  })

  it('shows a record with what people read in place of values', async () => {
    const payment = await insertPayment(org)
    const refund = await org.insert(
      'Refund__c',
      refundOf(payment, 'shown', { Reason__c: 'requested_by_customer', Requested_By__c: AVA_AGENT }),
    )
    expect(
      (await get(`/ui/records/${refund}?fields=Refund__c.Reason__c,Refund__c.Requested_By__c,Refund__c.Amount__c`))
        .body,
    ).toEqual({
      id: refund,
      apiName: 'Refund__c',
      fields: {
        Reason__c: { value: 'requested_by_customer', displayValue: 'Requested by customer' },
        Requested_By__c: { value: AVA_AGENT, displayValue: 'Ava Agent' },
        Amount__c: { value: 20, displayValue: '20.000' },
      },
    })
    expect((await get('/ui/refunds?search=shown')).body).toMatchObject([{ id: refund }])
    expect((await get('/ui/records/a01000000000999AAA')).status).toBe(404)
  })

  it('shows no field that the user may not read', async () => {
    const payment = await insertPayment(org)
    org.setPermission(AVA_AGENT, 'Refunds', false)
    expect((await get(`/ui/records/${payment}`)).status).toBe(404)
    expect((await get('/ui/payments?search=')).body).toEqual([])
    org.setPermission(AVA_AGENT, 'Refunds', true)
    expect((await get(`/ui/records/${payment}`)).status).toBe(200)
  })

  it('lists exposures and credits to those who may see them', async () => {
    const payment = await insertPayment(org)
    const exposure = await org.insert('Refund_Exposure__c', exposureOf(payment, 'listed'))
    const credit = await org.insert('Credit__c', creditOf('listed'))
    expect((await get('/ui/exposures?search=')).body).toMatchObject([
      { id: exposure, fields: { Amount_Display__c: { value: 'EUR 20.00' }, At_Risk__c: { value: true } } },
    ])
    expect((await get('/ui/exposures', OLU_OBSERVER)).body).toMatchObject([{ id: exposure }])
    expect((await get('/ui/credits?search=eur')).body).toMatchObject([
      { id: credit, apiName: 'Credit__c', fields: { Amount_Display__c: { value: 'EUR 25.00' } } },
    ])
    expect((await get('/ui/credits', OLU_OBSERVER)).body).toEqual([])
    expect((await get(`/ui/records/${credit}`, OLU_OBSERVER)).status).toBe(404)
  })

  it('hides from a viewer what could still be refunded', async () => {
    const payment = await insertPayment(org)
    const { fields } = (await get(`/ui/records/${payment}`, OLU_OBSERVER)).body as { fields: Record<string, unknown> }
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(['Amount_Display__c', 'Amount_Refunded_Display__c']))
    expect(Object.keys(fields).filter((name) => name.startsWith('Refundable_'))).toEqual([])
  })

  it('tells the simulator where the gateways and the middleware are', async () => {
    expect((await get('/ui/simulator')).body).toEqual({
      gateways: [{ name: 'adyen', label: 'Adyen', url: 'http://127.0.0.1:3002' }],
      middlewareUrl: 'http://127.0.0.1:3000',
    })
  })

  it('serves the page, and its start for every view of it', async () => {
    const text = async (path: string): Promise<string> => (await fetch(org.url + path)).text()
    expect(await text('/')).toContain('Refunds')
    expect(await text('/main.js')).toBe('export {}')
    expect(await text('/lightning/r/Payment__c/a01000000000001AAA/view')).toContain('Refunds')
    expect((await get('/ui/nothing')).status).toBe(404)
  })
})
