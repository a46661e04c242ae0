import { z } from 'zod'
import { GatewayCallError, GatewayHttp, jsonObject } from '../gateway-http.ts'
import type { HttpAnswer } from '../gateway-http.ts'
import type { GoCardlessSettings } from './gocardless-settings.ts'

/** A page of lists is the largest that we ask for. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024
const PAGE_SIZE = 250

export type Query = Readonly<Record<string, string>>

const metaSchema = z.object({ cursors: z.object({ after: z.string().nullish() }).nullish() })

/**
 * Calls GoCardless's API for one access token. The vendor's SDK has no base address and no deadline of its own, and
 * returns another refund as if it had been created where keys conflict; it is used in tests, as a judge.
 */
export class GoCardlessClient {
  readonly #http: GatewayHttp
  readonly #headers: Readonly<Record<string, string>>

  constructor({ baseUrl, accessToken, timeoutMs }: Pick<GoCardlessSettings, 'baseUrl' | 'accessToken' | 'timeoutMs'>) {
    this.#http = new GatewayHttp({ baseUrl, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES })
    this.#headers = {
      authorization: `Bearer ${accessToken}`,
      'gocardless-version': '2015-07-06',
      accept: 'application/json',
      'user-agent': 'refund-relay',
    }
  }

  /**
   * The answer, whatever its status.
   * @throws GatewayCallError when no whole answer came
   */
  post(path: string, body: unknown, key: string): Promise<HttpAnswer> {
    return this.#http.call({
      method: 'POST',
      path,
      body: JSON.stringify(body),
      headers: { ...this.#headers, 'content-type': 'application/json', 'idempotency-key': key },
    })
  }

  /**
   * One resource, e.g. `find('refunds', 'RF123', refundSchema)`.
   * @throws GatewayCallError when no readable one came; its answer tells the status
   */
  async find<Schema extends z.ZodType>(name: string, id: string, schema: Schema): Promise<z.output<Schema>> {
    const answer = await this.#get(`/${name}/${encodeURIComponent(id)}`)
    return readResource(answer, name, schema)
  }

  /**
   * All pages, in GoCardless's order: newest first.
   * @throws GatewayCallError when a page is not readable
   */
  async list<Schema extends z.ZodType>(name: string, query: Query, item: Schema): Promise<z.output<Schema>[]> {
    const items: z.output<Schema>[] = []
    for await (const each of this.each(name, query, item)) items.push(each)
    return items
  }

  /** The same, one page in memory at a time. */
  async *each<Schema extends z.ZodType>(name: string, query: Query, item: Schema): AsyncGenerator<z.output<Schema>> {
    const seen = new Set<string>()
    for (let after: string | null | undefined = ''; after != null;) {
      const page = { ...query, limit: String(PAGE_SIZE), ...(after && { after }) }
      const answer = await this.#get(`/${name}?${new URLSearchParams(page).toString()}`)
      yield* readResource(answer, name, z.array(item))
      after = readResource(answer, 'meta', metaSchema).cursors?.after
      if (after == null) break
      // A cursor that leads back would have us read for ever.
      if (seen.has(after)) throw new GatewayCallError(`GoCardless's list of ${name} has no end`, true, answer)
      seen.add(after)
    }
  }

  async #get(path: string): Promise<HttpAnswer> {
    const answer = await this.#http.call({ method: 'GET', path, headers: this.#headers })
    if (answer.status === 200) return answer
    throw new GatewayCallError(`GoCardless answered HTTP ${answer.status} to GET ${path.split('?')[0]}`, true, answer)
  }
}

/** @throws GatewayCallError when the answer does not hold it */
export function readResource<Schema extends z.ZodType>(
  answer: HttpAnswer,
  name: string,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(jsonObject(answer.body)?.[name])
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map((issue) => [name, ...issue.path].join('.')).join(', ')
  throw new GatewayCallError(`GoCardless answered HTTP ${answer.status} without readable ${wrong}`, true, answer)
}
