import { generateKeyPairSync } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import { AVA_AGENT, ORG_ID } from './local-people.ts'
import { AUDIENCE, pem, requestKeys, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

describe('tokens of the Named Credential', () => {
  let org: LocalOrg
  beforeAll(async () => {
    org = await startOrg()
  })
  afterAll(() => org.close())

  it('say org, user and audience for two minutes, signed with the key of the org', async () => {
    const token = await org.tokenFor(AVA_AGENT)
    const { payload, protectedHeader } = await jwtVerify(token, requestKeys.publicKey, { audience: AUDIENCE })
    expect(protectedHeader.alg).toBe('RS256')
    // Formulas give ids in 15 characters.
    expect(payload).toMatchObject({ iss: ORG_ID.slice(0, 15), sub: AVA_AGENT.slice(0, 15) })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(120)
    expect(payload.jti).toBeUndefined()
  })

  it('say something else when a test asks for it', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const token = await org.tokenFor(AVA_AGENT, {
      iss: '00D000000000009',
      exp: null,
      signingKey: pem(other.privateKey),
    })
    await expect(jwtVerify(token, requestKeys.publicKey)).rejects.toBeInstanceOf(errors.JWSSignatureVerificationFailed)
    const { payload } = await jwtVerify(token, other.publicKey)
    expect(payload).toMatchObject({ iss: '00D000000000009', aud: AUDIENCE })
    expect(payload.exp).toBeUndefined()
  })
})
