import type { LocalWorld } from '../emulators/local-world.ts'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { card, debit } from '../emulators/sample-payments.ts'
import type { SamplePayment } from '../emulators/sample-payments.ts'

/** A payment of EUR 100.00 that an org knows, and the body that asks for a refund of it. */
export interface KnownPayment {
  readonly recordId: string
  readonly reference: string
  readonly gateway: SamplePayment['gateway']
  readonly body: Readonly<Record<string, string | boolean>>
}

const CAPTURED = '100.00'
const CHARGED_ON = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)

const CARD = card(100, 'EUR', 'Visa', CHARGED_ON)
const DEBIT = debit(100, 'EUR', 'sepa_core', 'SEPA', CHARGED_ON)

const ADYEN: SamplePayment = {
  hint: '',
  gateway: 'adyen',
  atGateway: { amount: { value: 10_000, currency: 'EUR' } },
  inOrg: CARD,
}
const CLASSIC: SamplePayment = {
  ...ADYEN,
  account: ACCOUNTS.adyenClassic,
  atGateway: { amount: { value: 10_000, currency: 'EUR' }, account: ACCOUNTS.adyenClassic },
}
const BRAINTREE: SamplePayment = { hint: '', gateway: 'braintree', atGateway: { amount: CAPTURED }, inOrg: CARD }
const GOCARDLESS: SamplePayment = {
  hint: '',
  gateway: 'gocardless',
  atGateway: { amount: 10_000, currency: 'EUR', chargeDate: CHARGED_ON },
  inOrg: DEBIT,
}

/** One payment in ten each; cards at Adyen are the most. */
export const PAYMENT_MIX: readonly SamplePayment[] = [
  ...Array<SamplePayment>(4).fill(ADYEN),
  ...Array<SamplePayment>(2).fill(CLASSIC),
  ...Array<SamplePayment>(2).fill(GOCARDLESS),
  ...Array<SamplePayment>(2).fill(BRAINTREE),
]

/** A new payment, at its gateway and in the org. */
export async function newPayment(world: Pick<LocalWorld, 'addPayment'>, like: SamplePayment): Promise<KnownPayment> {
  const { recordId, reference } = await world.addPayment(like)
  return {
    recordId,
    reference,
    gateway: like.gateway,
    body: {
      paymentId: recordId,
      gateway: like.gateway,
      gatewayAccount: like.account ?? ACCOUNTS[like.gateway],
      gatewayReference: reference,
      capturedAmount: CAPTURED,
      currency: 'EUR',
      ...(like.gateway === 'gocardless' && {
        route: 'direct_debit',
        scheme: 'sepa_core',
        collectedOn: CHARGED_ON,
        acknowledged: true,
      }),
    },
  }
}
