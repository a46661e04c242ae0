import { openApi } from '../../../middleware/http/openapi.ts'

describe('the API description', () => {
  const description = openApi() as {
    openapi: string
    paths: Record<string, Record<string, { responses: object; security?: object[] }>>
  }

  it('names every route, and who may call it', () => {
    const routes = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { security }]) => `${method} ${path}${security ? '' : ' (signed by the gateway)'}`,
      ),
    )
    expect(routes.sort()).toEqual([
      'get /v1/credits/{id}',
      'get /v1/payments/{paymentId}',
      'get /v1/refunds/{id}',
      'post /v1/credits',
      'post /v1/payments/{paymentId}/undo-preview',
      'post /v1/refunds',
      'post /v1/refunds/{id}/withdraw',
      'post /v1/settlements',
      'post /webhooks/{gateway}/{account} (signed by the gateway)',
    ])
  })

  it('refuses what it does not know, and has no field for a card', () => {
    const text = JSON.stringify(description)
    expect(text).toContain('"additionalProperties":false')
    expect(text).not.toMatch(/"(card|cardNumber|cvc|cvv|pan|expiryMonth)":/i)
  })

  it('tells every status with its codes', () => {
    const { responses } = description.paths['/v1/refunds']!.post!
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['201', '202', '400', '401', '403', '409', '413', '422', '503']),
    )
    expect(JSON.stringify(responses)).toContain('amount_exceeds_refundable')
  })
})
