import { z } from 'zod'
import { unreadable } from './salesforce-refusal.ts'
import type { SalesforceSession } from './salesforce-session.ts'

/** The standard field that exists in orgs with several currencies only. */
export const RECORD_CURRENCY = 'CurrencyIsoCode'

const DAY_MS = 24 * 60 * 60 * 1000

const describeSchema = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().default(true) })).nullish(),
    }),
  ),
})

interface Description {
  readonly currencies: Promise<ReadonlySet<string>>
  /** As performance.now() counts. */
  readonly until: number
}

/** Which currencies each object's records can carry, as its description says it once a day. */
export class RecordCurrencies {
  readonly #session: SalesforceSession
  readonly #descriptions = new Map<string, Description>()

  constructor(session: SalesforceSession) {
    this.#session = session
  }

  /**
   * @param object API name
   * @returns codes that CurrencyIsoCode takes; none in an org with one currency
   * @throws CrmError
   */
  of(object: string): Promise<ReadonlySet<string>> {
    const known = this.#descriptions.get(object)
    if (known && performance.now() < known.until) return known.currencies
    const asked = { currencies: this.#describe(object), until: performance.now() + DAY_MS }
    this.#descriptions.set(object, asked)
    asked.currencies.catch(() => {
      if (this.#descriptions.get(object) === asked) this.#descriptions.delete(object)
    })
    return asked.currencies
  }

  async #describe(object: string): Promise<ReadonlySet<string>> {
    const path = `${this.#session.root}/sobjects/${object}/describe`
    const parsed = describeSchema.safeParse(await this.#session.send({ method: 'GET', path }))
    if (!parsed.success) throw unreadable()
    const field = parsed.data.fields.find(({ name }) => name === RECORD_CURRENCY)
    return new Set((field?.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value))
  }
}
