import type { ApiAction } from './api-call.ts'
import { refundWithData } from './credit-action.ts'
import {
  checkoutCancel,
  checkoutRefund,
  checkoutReversal,
  classicCancel,
  classicCancelOrRefund,
  classicRefund,
  classicTechnicalCancel,
} from './modification-actions.ts'

/** The ways of paying that this account offers: a read. */
const paymentMethods: ApiAction = () => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ paymentMethods: [{ name: 'Cards', type: 'scheme' }] }),
})

const CHECKOUT_ACTIONS: Readonly<Record<string, ApiAction>> = {
  refunds: checkoutRefund,
  cancels: checkoutCancel,
  reversals: checkoutReversal,
}

const CLASSIC_ACTIONS: Readonly<Record<string, ApiAction>> = {
  refund: classicRefund,
  cancel: classicCancel,
  cancelOrRefund: classicCancelOrRefund,
  technicalCancel: classicTechnicalCancel,
  refundWithData,
}

/** What an address of either API does; null when there is none. */
export function routeOf(path: string): { action: ApiAction; pathReference: string } | null {
  const checkout = /^\/v72\/payments\/([^/]+)\/(refunds|cancels|reversals)$/.exec(path)
  if (checkout) return { action: CHECKOUT_ACTIONS[checkout[2]!]!, pathReference: decodeURIComponent(checkout[1]!) }
  if (path === '/v72/paymentMethods') return { action: paymentMethods, pathReference: '' }
  const classic = /^\/pal\/servlet\/Payment\/v68\/(\w+)$/.exec(path)?.[1] ?? ''
  return Object.hasOwn(CLASSIC_ACTIONS, classic) ? { action: CLASSIC_ACTIONS[classic]!, pathReference: '' } : null
}
