import type { z } from 'zod'
import type { GatewayAnswer } from '../gateway.ts'
import { GatewayCallError } from '../gateway-http.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { readFailure } from './adyen-errors.ts'

/**
 * Asks Adyen, and never throws for anything that the network or Adyen does.
 * @param conceal takes out of Adyen's words what is the customer's
 */
export async function certainlyOrUnknown(
  ask: () => Promise<GatewayAnswer>,
  conceal: (text: string) => string = (text) => text,
): Promise<GatewayAnswer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof GatewayCallError) return readFailure(error, conceal)
    // The answer came and the SDK could not read it.
    return { kind: 'unknown', detail: gatewayMessage('unreadable answer:', conceal((error as Error).message)) }
  }
}

/** A 2xx that does not say that Adyen has what was asked for. */
export function notTaken(error: z.ZodError): GatewayAnswer {
  const wrong = error.issues.map((issue) => issue.path.join('.') || 'body').join(', ')
  return { kind: 'unknown', detail: `Adyen answered 2xx, but not that it received the request: ${wrong}` }
}
