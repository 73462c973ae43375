// Where a request comes from: the peer, or, behind proxies that the operator trusts, whom they say it is. S M.2.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { headerValues, type HeaderList } from '../nouns/headers.ts'
import type { Front } from './incoming.ts'

/** The address of the client, from a connection's peer and its request's headers. */
export type ClientAddress = (peer: string, headers: HeaderList) => string

/** `CIDR` or a single address, as `--trusted-proxies` lists them. */
export interface TrustedRange {
  readonly address: string
  readonly prefix: number
}

/** Reads `10.0.0.0/8` or `::1`. Undefined for what is no such range. */
export function parseRange(text: string): TrustedRange | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  const longest = family === 6 ? 128 : 32
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  return family === 0 || more.length > 0 || !(prefix <= longest) ? undefined : { address, prefix }
}

/** Without trusted proxies `X-Forwarded-For` is what anybody may write: the peer counts. */
export function clientAddress(trusted: readonly TrustedRange[]): ClientAddress {
  if (trusted.length === 0) return plainAddress
  const proxies = new BlockList()
  for (const { address, prefix } of trusted) proxies.addSubnet(address, prefix, familyOf(address))
  const isProxy = (address: string): boolean => isIP(address) !== 0 && proxies.check(address, familyOf(address))
  return (peer, headers) => {
    let address = plainAddress(peer)
    if (!isProxy(address)) return address
    // Each proxy adds whom it heard from at the right: the first that is none of ours is the client.
    const hops = headerValues(headers, 'x-forwarded-for').join(',').split(',')
    for (let index = hops.length - 1; index >= 0; index--) {
      const hop = plainAddress((hops[index] ?? '').trim())
      if (isIP(hop) === 0) break
      address = hop
      if (!isProxy(hop)) break
    }
    return address
  }
}

/** The front as it is behind proxies: it sees clients where it would see proxies. Without any, the front itself. */
export function behindProxies(front: Front, trusted: readonly TrustedRange[]): Front {
  if (trusted.length === 0) return front
  const address = clientAddress(trusted)
  return (head) => front({ ...head, remoteAddress: address(head.remoteAddress, head.headers) })
}

/** An IPv4 address that came over an IPv6 socket, as itself. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
