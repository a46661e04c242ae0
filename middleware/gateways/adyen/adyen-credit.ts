import getJsonResponse from '@adyen/api-library/lib/src/helpers/getJsonResponse.js'
import service from '@adyen/api-library/lib/src/service.js'
import resource from '@adyen/api-library/lib/src/services/resource.js'
import { z } from 'zod'
import { RefundError } from '../../errors.ts'
import type { Attempt, AttemptBody, CreditInstruction, GatewayAnswer } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { Seal } from '../seal.ts'
import { certainlyOrUnknown, notTaken } from './adyen-answer.ts'
import { isCardNumberIn } from './adyen-card-number.ts'
import { openSdk } from './adyen-client.ts'
import { toAdyenAmount } from './adyen-currency.ts'
import { concealAccount, readIban } from './adyen-iban.ts'
import type { AdyenSettings } from './adyen-settings.ts'

const commonShape = {
  merchantAccount: z.string(),
  amount: z.strictObject({ value: z.int().positive(), currency: z.string() }),
  reference: z.string(),
}
const bankBodySchema = z.strictObject({
  ...commonShape,
  bankAccount: z.strictObject({ iban: z.string(), ownerName: z.string() }),
  selectedBrand: z.literal('bankTransfer_IBAN'),
})
const storedBodySchema = z.strictObject({
  ...commonShape,
  selectedRecurringDetailReference: z.string(),
  shopperReference: z.string(),
  shopperInteraction: z.literal('ContAuth'),
  recurring: z.strictObject({ contract: z.literal('RECURRING') }),
})
/** Strict: there is no third form, and none with a card in it. */
type CreditBody = z.output<typeof bankBodySchema> | z.output<typeof storedBodySchema>

/** As it is stored: nobody reads the account in the store. */
const sealedBodySchema = bankBodySchema.omit({ bankAccount: true }).extend({ sealedBankAccount: z.string() })

const answerSchema = z.object({
  pspReference: z.string().regex(/^[\w-]{1,80}$/),
  // "Authorised" comes when another acquirer took it; Adyen's page spells it with z. Neither says that it paid.
  resultCode: z.enum(['Received', 'Authorised', 'Authorized', 'Refused']),
  refusalReason: z.string().nullish(),
})

/** `/refundWithData` is in no version of the SDK, so its own plumbing carries it. */
class RefundWithDataApi extends service.default {
  constructor(client: ReturnType<typeof openSdk>) {
    super(client)
  }

  post(body: CreditBody, idempotencyKey: string): Promise<unknown> {
    const base = this.createBaseUrl('https://pal-test.adyen.com/pal/servlet/Payment/v68')
    const endpoint = new resource.default(this, `${base}/refundWithData`)
    return getJsonResponse.default<CreditBody, unknown>(endpoint, body, { idempotencyKey })
  }
}

/**
 * Money without a payment, to a bank account or to what the shopper stored at Adyen: the Classic `/refundWithData`. Its
 * third form, raw card data, is not spoken here.
 */
export class AdyenCredit {
  readonly #account: string
  readonly #api: RefundWithDataApi
  readonly #seal: Seal | null

  constructor(classicBaseUrl: string, settings: AdyenSettings) {
    this.#account = settings.account
    this.#api = new RefundWithDataApi(openSdk(classicBaseUrl, settings))
    this.#seal = settings.sealingKey === undefined ? null : new Seal(settings.sealingKey)
  }

  /** @throws RefundError `amount_not_representable`, `card_number_in_text`, `invalid_field` */
  prepare({ refundId, amount, target }: CreditInstruction): AttemptBody {
    const common = { merchantAccount: this.#account, amount: toAdyenAmount(amount), reference: refundId }
    if (target.kind === 'bank_account') {
      const bankAccount = { iban: ibanOf(target.iban), ownerName: given('ownerName', target.ownerName) }
      return {
        ...common,
        sealedBankAccount: this.#sealed().close(JSON.stringify(bankAccount)),
        selectedBrand: 'bankTransfer_IBAN',
      } satisfies z.output<typeof sealedBodySchema>
    }
    return {
      ...common,
      selectedRecurringDetailReference: given('token', target.token),
      shopperReference: given('shopperReference', target.shopperReference ?? ''),
      shopperInteraction: 'ContAuth',
      recurring: { contract: 'RECURRING' },
    } satisfies CreditBody
  }

  #sealed(): Seal {
    // The capabilities name bank accounts only where there is a key, and nobody asks for what they do not name.
    if (this.#seal === null) throw new Error('sealingKey of the Adyen account is missing')
    return this.#seal
  }

  #opened(body: AttemptBody): CreditBody {
    const sealed = sealedBodySchema.safeParse(body)
    if (!sealed.success) return storedBodySchema.parse(body)
    const { sealedBankAccount, ...rest } = sealed.data
    return bankBodySchema.parse({ ...rest, bankAccount: JSON.parse(this.#sealed().open(sealedBankAccount)) })
  }

  /** @throws when the stored body is not as it was prepared; then nothing was sent */
  submit({ key, body }: Attempt): Promise<GatewayAnswer> {
    if ('card' in body) throw new RefundError('card_number_in_text', { field: 'card' })
    const asked = this.#opened(body)
    const conceal = (text: string) => ('bankAccount' in asked ? concealAccount(text, asked.bankAccount) : text)
    return certainlyOrUnknown(async () => {
      const parsed = answerSchema.safeParse(await this.#api.post(asked, key))
      if (!parsed.success) return notTaken(parsed.error)
      const { pspReference, resultCode, refusalReason } = parsed.data
      if (resultCode !== 'Refused') return { kind: 'pending', gatewayReference: pspReference }
      return {
        kind: 'rejected',
        code: 'gateway_refused',
        gatewayMessage: gatewayMessage(conceal(refusalReason || 'Refused')),
      }
    }, conceal)
  }
}

/** What it holds is never repeated in an error. */
function ibanOf(text: string): string {
  const iban = readIban(text)
  if (iban !== null) return iban
  if (isCardNumberIn(text)) throw new RefundError('card_number_in_text', { field: 'target.iban' })
  throw new RefundError('invalid_field', { field: 'target.iban', rule: 'must be an IBAN whose check digits are right' })
}

function given(name: string, text: string): string {
  const field = `target.${name}`
  if (isCardNumberIn(text)) throw new RefundError('card_number_in_text', { field })
  if (text.trim() === '') throw new RefundError('invalid_field', { field, rule: 'must be there for Adyen' })
  return text.trim()
}
