import type { Crm } from '../../../middleware/crm/crm.ts'
import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import type { Product } from '../product.ts'
import type { World } from '../world.ts'

/** One planted bug: a change at the simulator's own seams, never in the product. */
export interface Mutant {
  readonly name: string
  /** What is wrong, in one line. */
  readonly bug: string
  /** What else had to be switched off, because it covers for this one: the two stand for each other. */
  readonly otherHalf?: string
  /** Changes the simulator's database. */
  readonly sql?: string
  /** Changes statements on their way; null leaves one as it is. One that never matches is an error. */
  readonly rewrite?: (text: string, parameters: readonly unknown[], world: World) => Statement | null
  readonly gateway?: (gateway: Gateway, world: World) => Gateway
  readonly crm?: (crm: Crm, world: World) => Crm
  readonly product?: (product: Product, world: World) => Partial<Product>
  readonly world?: (world: World) => void
}

export interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** A rewrite by text alone. */
export function replaced(pattern: RegExp, by: string): NonNullable<Mutant['rewrite']> {
  return (text, parameters) => {
    const changed = text.replace(pattern, by)
    return changed === text ? null : { text: changed, parameters }
  }
}

/** A change of a refund, or of several, that is stored whoever has the lease, and whatever state it is in. */
export function unfenced(text: string): string {
  return text.replace(
    /AND (?:lease_number = (\$2\b|given\.g1\b)|state = (\$3\b|given\.g2\b))(?:::\w+)?/g,
    (_, lease, state) => (lease ? `AND (${lease}::int IS NOT NULL)` : `AND (${state}::text IS NOT NULL)`),
  )
}
