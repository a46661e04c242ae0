import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { RequestHandler } from 'express'
import { decodeJwt, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { RefundError } from '../errors.ts'
import type { Requester } from '../refunds/refund-request.ts'

export interface TrustedOrg {
  readonly id: string
  /** PEM certificates or public keys; two while the certificate is being changed. */
  readonly requestCertificates: readonly string[]
}

const LONGEST_LIFE_SECONDS = 120
/** Between the org's clock and ours. */
const CLOCK_TOLERANCE_SECONDS = 30

const salesforceId = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}([a-zA-Z0-9]{12}|[a-zA-Z0-9]{15})$`))
    .transform(to18Characters)

const claimsSchema = z.object({ iss: salesforceId('00D'), sub: salesforceId('005'), exp: z.number() })

/**
 * Believes a request that carries a token signed by one of the configured orgs: RS256 only, keys pinned in the configuration and never
 * fetched, two minutes at most. Sets `response.locals.requester`.
 */
export function authenticate(orgs: readonly TrustedOrg[], audience: string): RequestHandler {
  const keys = new Map(orgs.map((org) => [org.id, org.requestCertificates.map((pem) => createPublicKey(pem))]))
  return async (request, response, next) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) throw new RefundError(request.headers.authorization ? 'token_invalid' : 'token_missing')
    const requester = await verify(token, keys, audience)
    response.locals.requester = requester
    next()
  }
}

async function verify(
  token: string,
  keys: ReadonlyMap<string, readonly KeyObject[]>,
  audience: string,
): Promise<Requester> {
  for (const key of keys.get(namedOrg(token)) ?? []) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'iss', 'sub'],
      })
      const claims = claimsSchema.safeParse(payload)
      const life = Number(payload.exp) - Date.now() / 1_000
      if (!claims.success || life > LONGEST_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS) break
      return { orgId: claims.data.iss, userId: claims.data.sub }
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw new RefundError('token_expired', {}, { cause })
      // The other certificate may be the one; what is left is not believed.
      if (cause instanceof errors.JWSSignatureVerificationFailed) continue
      throw new RefundError('token_invalid', {}, { cause })
    }
  }
  throw new RefundError('token_invalid')
}

/** Which org's keys to try. The claim is only believed when one of them verifies the signature over it. */
function namedOrg(token: string): string {
  try {
    const claims = claimsSchema.shape.iss.safeParse(decodeJwt(token).iss)
    return claims.success ? claims.data : ''
  } catch (cause) {
    throw new RefundError('token_invalid', {}, { cause })
  }
}

/**
 * Salesforce ids come in 15 case-sensitive characters, or with three more that make them safe where case is lost.
 * Source: Salesforce, record id checksum; each of the three encodes the capitals of five characters.
 */
export function to18Characters(id: string): string {
  if (id.length === 18) return id
  const suffix = [0, 5, 10].map((start) => {
    const capitals = [...id.slice(start, start + 5)].map((character) => (/[A-Z]/.test(character) ? 1 : 0))
    return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[
      capitals.reduce<number>((bits, capital, place) => bits | (capital << place), 0)
    ]
  })
  return id + suffix.join('')
}
