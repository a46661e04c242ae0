import { parseAmount } from './amount.ts'
import type { Response, Status } from './ledger.ts'

/** The amount that is always declined for this. */
export const EXPIRED_CARD = '2004.00'

/** What the customer's bank says, by the amount. Source: the refund specs of Braintree's own SDK, and "Testing". */
export function decide(amount: string): { status: Status; processor: Response } {
  const declines: Readonly<Record<string, { status: Status; processor: Response }>> = {
    '2004': {
      status: 'processor_declined',
      processor: { code: '2004', text: 'Expired Card', type: 'hard_declined', more: '2004 : Expired Card' },
    },
    '2046': {
      status: 'submitted_for_settlement',
      processor: {
        code: '1005',
        text: 'Auth Declined but Settlement Captured',
        type: 'approved',
        more: '2046 : Declined',
      },
    },
    '2057': {
      status: 'processor_declined',
      processor: {
        code: '2057',
        text: 'Issuer or Cardholder has put a restriction on the card',
        type: 'soft_declined',
      },
    },
    '3000': { status: 'failed', processor: { code: '3000', text: 'Processor Network Unavailable - Try Again' } },
  }
  const whole = String(parseAmount(amount) / 10_000n)
  return (
    declines[whole] ?? {
      status: 'submitted_for_settlement',
      processor: { code: '1002', text: 'Processed', type: 'approved' },
    }
  )
}
