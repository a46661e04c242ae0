import { z } from 'zod'
import type { CrmRecord } from './crm.ts'
import { CrmError } from './crm.ts'
import { BREAK_OBJECT, breakFields } from './break-record.ts'
import { CREDIT_OBJECT, creditFields } from './credit-record.ts'
import { EXPOSURE_OBJECT, exposureFields } from './exposure-record.ts'
import { PAYMENT_OBJECT, paymentFields } from './payment-record.ts'
import { REFUND_OBJECT, refundFields } from './refund-record.ts'
import type { PermissionSets } from './permitted-users.ts'
import { permittedUsers } from './permitted-users.ts'
import { SalesforceSession } from './salesforce-session.ts'
import type { OrgConnection } from './salesforce-session.ts'
import type { Fields } from './record-fields.ts'

export interface OrgFinding {
  readonly what: string
  readonly detail: string
  /** Null: as it should be. */
  readonly remedy: string | null
}

type RecordOf<Type extends CrmRecord['type']> = Extract<CrmRecord, { type: Type }>

const AT = '2026-01-01T00:00:00.000Z'
const COMMON = {
  id: '00000000-0000-7000-8000-000000000000',
  version: 1,
  amount: '1',
  currency: 'EUR',
  paymentId: 'a01000000000000AAA',
  gateway: 'none',
  gatewayAccount: 'none',
  requestedAt: AT,
  openedAt: AT,
}
/** Only the names of the fields count; no value is sent. A record's further parts are all optional to its writer. */
const sample = <Type extends CrmRecord['type']>(type: Type) => ({ ...COMMON, type }) as unknown as RecordOf<Type>

const NOTHING = {
  reason: null,
  note: null,
  errorCode: null,
  errorSentence: null,
  remedy: null,
  gatewayMessage: null,
  gatewayReference: null,
  requestedBy: null,
  sentAt: null,
  decidedAt: null,
  attention: null,
}

const NO_BREAK = {
  refundId: null,
  gatewayReference: null,
  paymentReference: null,
  ledgerSays: 'none',
  gatewaySays: 'none',
  cause: 'none',
  command: 'none',
  happenedAt: null,
  closedAt: null,
}

/** Object → what the writer fills in it. */
const WRITTEN: readonly (readonly [object: string, fields: () => Fields])[] = [
  [REFUND_OBJECT, () => refundFields({ ...sample('refund'), ...NOTHING })],
  [CREDIT_OBJECT, () => creditFields({ ...sample('credit'), ...NOTHING })],
  [EXPOSURE_OBJECT, () => exposureFields({ ...sample('exposure'), explanation: 'none', closedAt: null })],
  [BREAK_OBJECT, () => breakFields({ ...sample('break'), ...NO_BREAK })],
  [PAYMENT_OBJECT, () => paymentFields({ ...sample('payment'), id: 'a01000000000000AAA', chargedBack: '0' })],
]

const describeSchema = z.object({
  fields: z.array(z.object({ name: z.string(), updateable: z.boolean(), createable: z.boolean() })),
})

/** Logs in, and looks whether everything that is written has its field and its right: seven API calls, nothing changed. */
export async function checkOrg(org: OrgConnection & PermissionSets): Promise<OrgFinding[]> {
  const session = openSession(org)
  if (session instanceof CrmError)
    return [
      {
        what: 'login',
        detail: session.message,
        remedy: 'put the PEM key of the External Client App where `privateKey` points',
      },
    ]
  const findings: OrgFinding[] = []
  try {
    const { refunds } = await permittedUsers(session, org)
    findings.push({ what: 'login', detail: `as ${org.username}`, remedy: null })
    findings.push({
      what: 'agents',
      detail: `${refunds.size} may refund`,
      remedy:
        refunds.size > 0
          ? null
          : `assign the permission set ${org.permissionSet} to the agents (npm run deploy:org deploys it)`,
    })
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    const remedy =
      error.kind === 'refused'
        ? 'check clientId, username and privateKey; the app must be pre-authorized for Refunds_Integration (README, "Set up a real org", 5 and 6)'
        : 'the org cannot be asked now: try again, and see status.salesforce.com'
    return [{ what: 'login', detail: error.message, remedy }]
  }
  for (const [object, fields] of WRITTEN) findings.push(await checkObject(session, object, Object.keys(fields())))
  return findings
}

async function checkObject(
  session: SalesforceSession,
  object: string,
  written: readonly string[],
): Promise<OrgFinding> {
  const what = `fields of ${object}`
  try {
    const path = `${session.root}/sobjects/${object}/describe`
    const described = describeSchema.parse(await session.send({ method: 'GET', path }))
    const writable = new Set(
      described.fields.filter(({ updateable, createable }) => updateable || createable).map(({ name }) => name),
    )
    const missing = written.filter((name) => !writable.has(name) && name !== 'id')
    if (missing.length === 0) return { what, detail: `${written.length} can be written`, remedy: null }
    return {
      what,
      detail: `cannot write ${missing.join(', ')}`,
      remedy: 'deploy the package (npm run deploy:org) and assign Refunds_Integration to the integration user',
    }
  } catch (error) {
    if (!(error instanceof CrmError || error instanceof z.ZodError)) throw error
    const detail = error instanceof CrmError ? error.message : 'the description cannot be read'
    return {
      what,
      detail,
      remedy: 'deploy the package (npm run deploy:org) and assign Refunds_Integration to the integration user',
    }
  }
}

function openSession(org: OrgConnection): SalesforceSession | CrmError {
  try {
    return new SalesforceSession(org)
  } catch (error) {
    if (error instanceof CrmError) return error
    throw error
  }
}
