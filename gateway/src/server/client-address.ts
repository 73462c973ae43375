// Where a request comes from, and what it asked for: what the peer shows, or, behind proxies that the operator trusts, what they say. Security A.2, M.2.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { headerValues, type HeaderList } from '../nouns/headers.ts'
import { standardPorts } from './addresses.ts'
import type { Front, Head } from './incoming.ts'

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
  const isProxy = proxyTest(trusted)
  return (peer, headers) => {
    let address = plainAddress(peer)
    if (!isProxy(address)) return address
    // Each proxy adds the address that it was called from at the right: from there, the first that is no trusted proxy is the client.
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

/**
 * The front behind trusted proxies: it sees the clients, and the scheme, port and host that they called, instead of the
 * proxies. Without trusted proxies it is the front itself.
 */
export function behindProxies(front: Front, trusted: readonly TrustedRange[]): Front {
  if (trusted.length === 0) return front
  const address = clientAddress(trusted)
  const isProxy = proxyTest(trusted)
  return (head) => {
    const remoteAddress = address(head.remoteAddress, head.headers)
    if (!isProxy(plainAddress(head.remoteAddress))) return front({ ...head, remoteAddress })
    return front({ ...head, ...calledAt(head), headers: calledHost(head.headers), remoteAddress })
  }
}

function proxyTest(trusted: readonly TrustedRange[]): (address: string) => boolean {
  const proxies = new BlockList()
  for (const { address, prefix } of trusted) proxies.addSubnet(address, prefix, familyOf(address))
  return (address) => isIP(address) !== 0 && proxies.check(address, familyOf(address))
}

/** The last entry was written by the proxy that called us. */
function calledAt({ headers, scheme, port }: Head): Pick<Head, 'scheme' | 'port'> {
  const called = forwarded(headers, 'x-forwarded-proto').at(-1)?.toLowerCase()
  if (called !== 'http' && called !== 'https') return { scheme, port }
  const calledPort = Number(forwarded(headers, 'x-forwarded-port').at(-1))
  return { scheme: called, port: isPort(calledPort) ? calledPort : standardPorts[called] }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}

/** A proxy that calls us by another name says which name it was called by: the first entry is the client's, which signatures are about. */
function calledHost(headers: HeaderList): HeaderList {
  const [host] = forwarded(headers, 'x-forwarded-host')
  if (host === undefined || host === '') return headers
  return headers.map((part, index) => (index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'host' ? host : part))
}

function forwarded(headers: HeaderList, name: string): readonly string[] {
  return headerValues(headers, name)
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
}

/** An IPv4 address that came over an IPv6 socket, as itself. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
