/** Names that gateways give to raw card data. Source: Adyen, /refundWithData; Braintree, Transaction: Credit. */
const CARD_FIELDS =
  /^(encrypted)?(card|credit_?card|card_?number|cvc|cvv|security_?code|expiry_?(month|year|date)|pan)$/i

/** Whether a body that was refused names card data, two levels deep; none of its values is looked at. */
export function holdsCardData(body: unknown, depth = 2): boolean {
  if (typeof body !== 'object' || body === null || depth < 0) return false
  return Object.entries(body).some(
    ([name, value]) =>
      CARD_FIELDS.test(name) || (name === 'kind' && value === 'card') || holdsCardData(value, depth - 1),
  )
}
