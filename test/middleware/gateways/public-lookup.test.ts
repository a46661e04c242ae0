import { promisify } from 'node:util'
import { isPrivateAddress, publicLookup } from '../../../middleware/gateways/public-lookup.ts'

describe("where a gateway's name may lead", () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '0.0.0.0'],
    ...['100.64.0.1', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '100.128.0.1', '2600::1', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false)
    },
  )

  it('lets the configuration name this machine', async () => {
    const found = await promisify(publicLookup)('localhost', { all: true })
    expect(JSON.stringify(found)).toMatch(/127\.0\.0\.1|::1/)
  })

  it('passes on that a name does not exist', async () => {
    await expect(promisify(publicLookup)('no-such-host.invalid', {})).rejects.toThrow(/no-such-host/)
  })
})
