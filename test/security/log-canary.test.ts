import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogCanary } from './log-canary.ts'

describe('what reads along with every log of the test run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'refund-relay-log-canary-'))
  beforeAll(() => {
    writeFileSync(join(directory, 'webhook-password'), 'not(to]be.told\n')
    writeFileSync(
      join(directory, 'key.pem'),
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n',
    )
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it.each([
    ['a secret', 'refused not(to]be.told'],
    ['a line of a key', '{"detail":"MIIEvQIBADANBgkq"}'],
    ['a card number', 'refused 4111 1111-1111.1111'],
    ['a token', 'authorization: Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6.e30.x'],
  ])('finds %s', (_, line) => {
    const canary = new LogCanary(directory)
    canary.write('{"msg":"ready"}')
    expect(() => canary.judge()).not.toThrow()
    canary.write(line)
    expect(() => canary.judge()).toThrow('1 lines of a log tell a secret')
  })
})
