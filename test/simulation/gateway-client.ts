import { RefundError } from '../../middleware/errors.ts'
import type {
  Attempt,
  AttemptBody,
  Gateway,
  GatewayAnswer,
  GatewayEvent,
  LookUp,
  PaymentFacts,
  RefundFacts,
  RefundInstruction,
  RefundQuery,
  VoidInstruction,
  WebhookDelivery,
} from '../../middleware/gateways/gateway.ts'
import { Money } from '../../middleware/money/money.ts'
import { bodySchema } from './gateway-body.ts'
import type { GatewayLedger, LedgerAnswer, LedgerPayment, LedgerRefund } from './gateway-ledger.ts'
import { outOf } from './gateway-ledger.ts'
import { decimalOf, minorOf } from './gateway-profiles.ts'
import type { Instance } from './instance.ts'
import { sendOverNetwork } from './network.ts'
import { readDelivery } from './webhooks.ts'
import type { World } from './world.ts'

/** The gateway as one instance of the middleware reaches it: an adapter, with the network in between. */
export function openGateway(world: World, ledger: GatewayLedger, instance: Instance): Gateway {
  const { profile } = ledger
  const whole = ({ refundId }: VoidInstruction): AttemptBody => ({ stamp: refundId })
  const gateway: Gateway = {
    name: profile.name,
    label: `The gateway with ${profile.name}`,
    capabilities: profile.capabilities,
    prepareRefund({ refundId, amount, alreadyRefunded }: RefundInstruction): AttemptBody {
      const minor = minorOf(amount.toDecimal(), amount.currency)
      if (Number.isNaN(minor)) throw new RefundError('amount_not_representable', { field: 'amount' })
      const body = { amount: minor, currency: amount.currency, stamp: refundId }
      if (!profile.confirmsTotal) return body
      return { ...body, total: minor + minorOf(alreadyRefunded.toDecimal(), amount.currency) }
    },
    prepareVoid: whole,
    ...(profile.capabilities.undoes && { prepareUndo: whole }),
    submit: (attempt) => submit(world, ledger, instance, attempt),
    checkAccess: () => Promise.resolve({ kind: 'granted', proven: 'this gateway is simulated' }),
    readWebhook: (delivery: WebhookDelivery): readonly GatewayEvent[] => readDelivery(ledger, delivery),
  }
  if (!profile.canBeAsked) return gateway
  return {
    ...gateway,
    lookUpPayment: (reference: string) =>
      ask(world, ledger, instance, `payment ${reference}`, () => paymentFacts(world, ledger, reference)),
    lookUpRefund: (query: RefundQuery) =>
      ask(world, ledger, instance, `refund ${world.alias(query.refundId)}`, () => refundFacts(ledger, query)),
    ...(profile.keepsEvents && {
      async eventsSince(instant: string): Promise<readonly GatewayEvent[] | null> {
        const listed = await ask(world, ledger, instance, 'events', () => ({
          kind: 'found' as const,
          facts: world.webhooks.eventsSince(ledger, instant),
        }))
        return listed.kind === 'found' ? listed.facts : null
      },
    }),
  }
}

async function submit(
  world: World,
  ledger: GatewayLedger,
  instance: Instance,
  attempt: Attempt,
): Promise<GatewayAnswer> {
  const { name } = ledger.profile
  const asked = bodySchema.parse(attempt.body)
  const what = `${attempt.operation} ${asked.amount ?? 'whole'} for ${world.alias(asked.stamp)}`
  const isReached = await world.scheduler.step(
    instance,
    `sends ${what} to ${name}`,
    () => !world.draw('connection_refused'),
  )
  if (!isReached) return { kind: 'not_taken', detail: 'connection refused' }
  const answer = await sendOverNetwork(world, ledger, instance, attempt, what)
  return answer === 'no answer'
    ? { kind: 'unknown', detail: 'no whole answer' }
    : readAnswer(world, answer, asked.amount)
}

function readAnswer(world: World, answer: Exclude<LedgerAnswer, never> | 'limit', amount?: number): GatewayAnswer {
  if (answer === 'limit') return { kind: 'not_taken', detail: '429', retryAfterMs: 10_000 }
  switch (answer.kind) {
    case 'taken':
      if (amount !== undefined && world.draw('wrong_amount_in_answer')) {
        return { kind: 'unknown', detail: `asked for ${amount}, took ${amount + 1}`, answersForAnother: true }
      }
      return { kind: answer.final ? 'succeeded' : 'pending', gatewayReference: answer.reference }
    case 'refused':
      return { kind: 'rejected', code: answer.code, gatewayMessage: `no: ${answer.code}` }
    case 'wait':
      if (answer.why === 'key in flight') return { kind: 'not_taken', detail: answer.why }
      return {
        kind: 'not_taken',
        detail: answer.why,
        waitingFor: 'insufficient_gateway_funds',
        retryAfterMs: 3_600_000,
      }
  }
}

/** One look: the question arrives, the answer arrives; in between the world goes on. */
async function ask<Facts>(
  world: World,
  ledger: GatewayLedger,
  instance: Instance,
  what: string,
  look: () => LookUp<Facts>,
): Promise<LookUp<Facts>> {
  const { name } = ledger.profile
  const seen = await world.scheduler.step(instance, `asks ${name} for ${what}`, () =>
    world.draw('look_up_unavailable') ? ({ kind: 'unavailable', detail: 'no answer' } as const) : look(),
  )
  return world.scheduler.step(instance, `hears from ${name} of ${what}: ${seen.kind}`, () => seen)
}

function factsOf(refund: LedgerRefund): RefundFacts {
  const { currency, reference } = refund.payment.planned
  return {
    gatewayReference: refund.reference,
    paymentReference: reference,
    refundId: refund.stamp,
    amount: Money.fromDecimal(decimalOf(refund.amount, currency), currency),
    status: refund.status,
    refusal: refund.status === 'failed' ? { code: 'settlement_declined', gatewayMessage: 'declined' } : null,
    occurredAt: new Date(Math.floor(refund.at / 1_000) * 1_000).toISOString(),
  }
}

function refundFacts(ledger: GatewayLedger, query: RefundQuery): LookUp<RefundFacts> {
  const found = ledger.all.find(
    ({ operation, reference, stamp }) =>
      operation === 'refund' &&
      (query.gatewayReference !== null ? reference === query.gatewayReference : stamp === query.refundId),
  )
  return found ? { kind: 'found', facts: factsOf(found) } : { kind: 'absent' }
}

function paymentFacts(world: World, ledger: GatewayLedger, reference: string): LookUp<PaymentFacts> {
  const payment = ledger.payments.get(reference)
  if (!payment) return { kind: 'absent' }
  const { currency, captured } = payment.planned
  const money = (minor: number) => Money.fromDecimal(decimalOf(minor, currency), currency)
  return {
    kind: 'found',
    facts: {
      amount: money(captured),
      status: statusOf(world, payment),
      settlesOn: null,
      chargedOn: '2025-11-01',
      wholeOnly: false,
      refunds: payment.refunds.filter(({ operation }) => operation === 'refund').map(factsOf),
      ...(ledger.profile.namesDisputes && {
        disputes: payment.disputes.map((dispute) => ({
          reference: dispute.reference,
          amount: money(dispute.amount),
          open: dispute.open,
          occurredAt: new Date(Math.floor(dispute.at / 1_000) * 1_000).toISOString(),
        })),
      }),
      obstacle: null,
    },
  }
}

function statusOf(world: World, payment: LedgerPayment): PaymentFacts['status'] {
  if (payment.voided) return 'voided'
  if (outOf(payment).disputed >= payment.planned.captured) return 'charged_back'
  return payment.settlesAt > world.now ? 'not_settled' : 'settled'
}
