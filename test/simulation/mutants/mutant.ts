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

/** Changes the text of a function where it stands in the simulator's database. */
export function patched(signature: string, from: string, to: string): string {
  return `DO $patch$ DECLARE was text := pg_get_functiondef('${signature}'::regprocedure); BEGIN
    IF position($a$${from}$a$ IN was) = 0 THEN RAISE 'the function has changed: ${signature}'; END IF;
    EXECUTE replace(was, $a$${from}$a$, $b$${to}$b$); END $patch$`
}

/** @param transitions "from to" */
export function allowing(...transitions: readonly string[]): string {
  const first = `'requested submitting'`
  return patched('may_become(text, text)', first, [first, ...transitions.map((each) => `'${each}'`)].join(', '))
}
