import { outOf } from './gateway-ledger.ts'
import { decimalOf, minorOf } from './gateway-profiles.ts'
import type { StoredRefund } from './oracle.ts'
import type { World } from './world.ts'

interface Books {
  readonly paymentId: string
  readonly gateway: string
  readonly reference: string
  readonly currency: string
  readonly refunded: string
  readonly underWay: string
  readonly held: string
  readonly chargedBack: string
  readonly voided: boolean
  readonly version: number
}

/** I5: the sums of a payment are the sums of its refunds, counted anew; what the bank holds is what the gateway says. */
export async function judgeBooks(world: World, refunds: readonly StoredRefund[]): Promise<void> {
  const books = await world.server.query<Books>(
    `SELECT payment_id AS "paymentId", gateway, gateway_reference AS reference, currency, refunded, under_way AS "underWay", held,
       charged_back AS "chargedBack", voided, version FROM payments ORDER BY payment_id`,
  )
  for (const payment of books) {
    const own = refunds.filter(({ paymentId }) => paymentId === payment.paymentId)
    const sum = (counts: (refund: StoredRefund) => boolean) =>
      own.filter(counts).reduce((total, { amount }) => total + minorOf(amount, payment.currency), 0)
    const underWay = ['requested', 'submitting', 'pending', 'unknown']
    const counted = {
      refunded: sum(({ kind, state }) => kind === 'refund' && state === 'succeeded'),
      underWay: sum(({ state }) => underWay.includes(state)),
      held: sum(({ state, held }) => state === 'failed' && held),
    }
    for (const name of ['refunded', 'underWay', 'held'] as const) {
      if (minorOf(payment[name], payment.currency) !== counted[name]) {
        world.violate('I5', `${payment.reference}: ${name} is ${payment[name]}, counted ${counted[name]} minor units`)
      }
    }
    const voided = own.some(({ kind, state }) => kind !== 'refund' && state === 'succeeded')
    if (payment.voided !== voided) world.violate('I5', `${payment.reference}: voided is ${payment.voided}`)
    judgeDisputes(world, payment)
  }
}

function judgeDisputes(world: World, payment: Books): void {
  const real = world.ledgers.get(payment.gateway)?.payments.get(payment.reference)
  if (!real) return world.violate('I5', `${payment.reference} is no payment of ${payment.gateway}`)
  const { disputed } = outOf(real)
  if (minorOf(payment.chargedBack, payment.currency) !== disputed) {
    world.violate(
      'I5',
      `${payment.reference}: ${payment.chargedBack} charged back, the bank holds ${disputed} minor units`,
    )
  }
  if (payment.version === 0) return
  const record = world.crm.records.get(`payment ${payment.paymentId}`)
  const shown = record?.type === 'payment' ? record.chargedBack : null
  if (shown !== decimalOf(disputed, payment.currency)) {
    world.violate(
      'I3',
      `the org shows ${shown} charged back of ${payment.reference}, the bank holds ${disputed} minor units`,
    )
  }
}
