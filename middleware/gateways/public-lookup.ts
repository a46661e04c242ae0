import { lookup } from 'node:dns'
import { BlockList, isIPv6 } from 'node:net'
import type { LookupFunction } from 'node:net'

const NOT_PUBLIC = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6')
}

/** Whether an address is of this machine, a private network or a link. */
export function isPrivateAddress(address: string): boolean {
  return NOT_PUBLIC.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * Resolves the host of a gateway. A configured name must not lead into the private network: whoever can change its
 * DNS record could make the middleware talk to anything there. An address, or localhost, that the configuration names
 * itself is allowed.
 */
export const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const found = error ? [] : addresses
    const first = found[0]
    if (error || !first) return done(error ?? new Error(`${host} has no address`), '')
    if (host !== 'localhost' && found.some(({ address }) => isPrivateAddress(address))) {
      return done(new Error(`${host} leads to a private address, which only the configuration may name`), '')
    }
    if (options.all) done(null, found)
    else done(null, first.address, first.family)
  })
}
