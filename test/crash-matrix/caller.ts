import type { LocalWorld } from '../emulators/local-world.ts'
import { AVA_AGENT } from '../emulators/org/local-people.ts'

export interface CallerAnswer {
  readonly status: number
  readonly isReplay: boolean
  readonly body: {
    readonly refund?: { readonly id: string; readonly state: string; readonly stage: string }
    readonly code?: string
  }
}

/** POST /v1/refunds as the org does it. @returns null when no answer came */
export async function askForRefund(
  world: LocalWorld,
  url: string,
  key: string,
  body: object,
): Promise<CallerAnswer | null> {
  const token = await world.org.tokenFor(AVA_AGENT)
  try {
    const response = await fetch(`${url}/v1/refunds`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
    return {
      status: response.status,
      isReplay: response.headers.get('idempotent-replay') === 'true',
      body: (await response.json()) as CallerAnswer['body'],
    }
  } catch {
    return null
  }
}
