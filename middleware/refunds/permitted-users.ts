import type { Crm, PermittedUserIds } from '../crm/crm.ts'
import { CrmError } from '../crm/crm.ts'
import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import { trace } from '../trace.ts'

/** Asked for again when older than this. */
const FRESH_SECONDS = 300
/** Closed when older than this. */
const TRUSTED_SECONDS = 900
/** After an org could not say it: a request more or less must not make a call more. */
const ASK_AGAIN_MS = 60_000
/** How long one process believes its own copy of the row. */
const COPY_MS = 10_000

export type { PermittedUserIds }

const REFUSALS = {
  refunds: 'not_permitted',
  credits: 'credits_not_permitted',
  settlements: 'settlements_not_permitted',
} as const

type OrgRow = { readonly [right in keyof PermittedUserIds]: readonly string[] } & { readonly age: number | null }

interface Copy {
  readonly users: PermittedUserIds
  readonly ageSeconds: number | null
  readonly takenAt: number
}

/** Who may refund, as each org said last: one bulk query per org in five minutes, whatever the number of requests and processes. */
export class PermittedUsers {
  readonly #database: Database
  readonly #crms: ReadonlyMap<string, Crm>
  readonly #copies = new Map<string, Copy>()
  readonly #refreshing = new Map<string, Promise<void>>()
  readonly #failedAt = new Map<string, number>()

  constructor(database: Database, crms: ReadonlyMap<string, Crm>) {
    this.#database = database
    this.#crms = crms
  }

  /**
   * @throws RefundError `not_permitted`; `permission_unverifiable` when the org has not answered for 15 minutes
   */
  async check(orgId: string, userId: string, right: keyof PermittedUserIds = 'refunds'): Promise<void> {
    let copy = await this.#copy(orgId)
    if (copy.ageSeconds === null || copy.ageSeconds > TRUSTED_SECONDS) {
      await this.refresh(orgId)
      copy = await this.#copy(orgId)
    }
    if (copy.ageSeconds === null || copy.ageSeconds > TRUSTED_SECONDS) throw new RefundError('permission_unverifiable')
    if (!copy.users[right].has(userId)) throw new RefundError(REFUSALS[right])
  }

  /** Orgs whose list has grown old; one process asks, the others find the row renewed. */
  async refreshStale(): Promise<void> {
    const rows = await this.#database.query<{ org_id: string }>(
      `SELECT org_id FROM orgs WHERE org_id = ANY($1)
         AND coalesce(permissions_at < relay_now() - make_interval(secs => $2), true)`,
      [[...this.#crms.keys()], FRESH_SECONDS],
    )
    for (const { org_id } of rows) await this.refresh(org_id)
  }

  /** Asks the org, once for all callers, and not again within a minute of no answer; that leaves the last list in place, growing older. */
  refresh(orgId: string): Promise<void> {
    const underWay = this.#refreshing.get(orgId)
    if (underWay) return underWay
    if (performance.now() - (this.#failedAt.get(orgId) ?? -Infinity) < ASK_AGAIN_MS) return Promise.resolve()
    const refresh = this.#ask(orgId).finally(() => this.#refreshing.delete(orgId))
    this.#refreshing.set(orgId, refresh)
    return refresh
  }

  async #ask(orgId: string): Promise<void> {
    try {
      const users = await trace('read_org', { orgId }, () => this.#crms.get(orgId)!.permittedUsers())
      await this.#database.query(
        `UPDATE orgs SET permitted_users = $2, credit_users = $3, settling_users = $4, permissions_at = relay_now()
         WHERE org_id = $1`,
        [orgId, [...users.refunds], [...users.credits], [...users.settlements]],
      )
      this.#copies.delete(orgId)
      this.#failedAt.delete(orgId)
    } catch (error) {
      // The list's age decides; an org that cannot be asked must not stop those who were permitted a minute ago.
      if (!(error instanceof CrmError)) throw error
      this.#failedAt.set(orgId, performance.now())
    }
  }

  async #copy(orgId: string): Promise<Copy> {
    const known = this.#copies.get(orgId)
    if (known && performance.now() - known.takenAt < COPY_MS) return known
    const [row] = await this.#database.query<OrgRow>(
      `SELECT permitted_users AS refunds, credit_users AS credits, settling_users AS settlements,
         extract(epoch FROM relay_now() - permissions_at)::float AS age FROM orgs WHERE org_id = $1`,
      [orgId],
    )
    const copy = {
      users: { refunds: new Set(row?.refunds), credits: new Set(row?.credits), settlements: new Set(row?.settlements) },
      ageSeconds: row?.age ?? null,
      takenAt: performance.now(),
    }
    this.#copies.set(orgId, copy)
    return copy
  }
}
