import type { Queryable } from '../database/database.ts'
import type { Gateway, LookUp, PaymentFacts } from '../gateways/gateway.ts'
import { trace } from '../trace.ts'

/** A payment as its gateway shows it, and from when: of two looks the later one is believed, in whatever order they end. */
export interface PaymentLook extends PaymentFacts {
  /** Before the gateway was asked, by the database's clock: those of two processes may differ by minutes. */
  readonly lookedAt: Date
}

/** Null where the gateway cannot be asked. */
export async function lookUpPayment(
  database: Queryable,
  gateway: Gateway,
  reference: string,
): Promise<LookUp<PaymentLook> | null> {
  if (!gateway.lookUpPayment) return null
  const [clock] = await database.query<{ lookedAt: Date }>('SELECT relay_now() AS "lookedAt"')
  const { lookedAt } = clock!
  const looked = await trace('look_up', { gateway: gateway.name }, () => gateway.lookUpPayment!(reference))
  return looked.kind === 'found' ? { kind: 'found', facts: { ...looked.facts, lookedAt } } : looked
}
