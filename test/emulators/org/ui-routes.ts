import { json, Router, static as files, type NextFunction, type Request, type Response } from 'express'
import { z } from 'zod'
import { ApexRuntime, AuraHandledError } from './apex/apex-runtime.ts'
import { CREDIT_METHODS } from './apex/credit-controller.ts'
import { REFUND_METHODS } from './apex/refund-controller.ts'
import { normalId } from './ids.ts'
import { AVA_AGENT, PEOPLE } from './local-people.ts'
import type { NamedCredential } from './named-credential.ts'
import { listViewFilters } from './object-metadata.ts'
import type { OrgData } from './org-data.ts'
import type { Access } from './security.ts'
import { findRecords, uiRecord } from './ui-records.ts'

const APEX_METHODS = { ...REFUND_METHODS, ...CREDIT_METHODS }

/** Where the rows of the page's list views are, and of which object. */
const LISTS = [
  ['payments', 'Payment__c'],
  ['refunds', 'Refund__c'],
  ['exposures', 'Refund_Exposure__c'],
  ['credits', 'Credit__c'],
] as const

export interface GatewayLink {
  readonly name: string
  readonly label: string
  readonly url: string
}

export interface UiOptions {
  readonly data: OrgData
  readonly credential: NamedCredential
  readonly packageFolder: string
  readonly middlewareUrl: () => string
  readonly gateways: readonly GatewayLink[]
  readonly pageDirectory: string | null
}

const sessionSchema = z.strictObject({ userId: z.enum(PEOPLE.map(({ id }) => id)) })

/** What the page asks for: a session of one of the people, records, Apex, and the page's own files. */
export function uiRoutes(options: UiOptions): Router {
  const { data, credential, packageFolder } = options
  const router = Router()
  const apex = new ApexRuntime(data, credential, packageFolder)
  const nameOf = (userId: string): string => String(data.store.get('User', userId)?.['Name'])
  const accessOf = (request: Request): Access => data.security.accessOf(sessionUser(request))
  router.use('/ui', json())
  router.use('/ui', (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })
  router.get('/ui/session', (request, response) => {
    const id = sessionUser(request)
    response.json({
      user: { id, name: nameOf(id) },
      users: PEOPLE.map((person) => ({ ...person, name: nameOf(person.id) })),
      permissions: [...accessOf(request).customPermissions],
    })
  })
  router.post('/ui/session', (request, response) => {
    const asked = sessionSchema.safeParse(request.body)
    if (!asked.success) return refuse(response, 400, 'Choose one of the users that GET /ui/session lists.')
    response.cookie('user', asked.data.userId, { httpOnly: true, sameSite: 'lax' })
    response.json({ user: { id: asked.data.userId, name: nameOf(asked.data.userId) } })
  })
  for (const [list, object] of LISTS) {
    router.get(`/ui/${list}`, (request, response) => {
      const { search, view } = request.query
      const filters = typeof view === 'string' ? listViewFilters(packageFolder, object, view) : []
      response.json(findRecords(data, accessOf(request), object, String(search ?? ''), filters))
    })
  }
  router.get('/ui/records/:id', (request, response) => {
    const id = normalId(request.params.id) ?? ''
    const access = accessOf(request)
    const object = [...data.schema.values()].find(({ keyPrefix }) => keyPrefix === id.slice(0, 3))
    const row = object && data.store.get(object.name, id)
    if (!row || !access.can(object, 'read') || !access.sees(object, row)) {
      return refuse(response, 404, "This record isn't there, or it is not shared with you.")
    }
    const fields = request.query['fields']
    response.json(uiRecord(data, access, object, row, typeof fields === 'string' ? fields.split(',') : undefined))
  })
  router.post('/ui/apex/:name', async (request, response) => {
    const method = APEX_METHODS[request.params.name]
    if (!method) return refuse(response, 404, `There is no Apex method ${request.params.name}.`)
    const result = await method(apex.as(accessOf(request)), (request.body ?? {}) as Record<string, unknown>)
    response.json(result)
  })
  router.get('/ui/simulator', (_request, response) => {
    response.json({ gateways: options.gateways, middlewareUrl: options.middlewareUrl() })
  })
  router.use('/ui', (_request, response) => refuse(response, 404, 'There is nothing at this address.'))
  pageFiles(router, options.pageDirectory)
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error)
    const status = error instanceof AuraHandledError || error instanceof SyntaxError ? 400 : 500
    refuse(response, status, error instanceof Error ? error.message : String(error))
  })
  return router
}

/** The page's files; an address that is none of them is one of the page's own views. */
function pageFiles(router: Router, directory: string | null): void {
  if (directory === null) return
  router.use(files(directory))
  router.get('/{*view}', (_request, response) => response.sendFile('index.html', { root: directory }))
}

/** The user whom the cookie names; the agent when it names nobody. */
function sessionUser(request: Request): string {
  const named = /(?:^|;\s*)user=([^;]+)/.exec(request.get('cookie') ?? '')?.[1]
  return PEOPLE.find(({ id }) => id === named)?.id ?? AVA_AGENT
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ body: { message } })
}
