// Ranges of IP addresses, as `IpAddress` conditions write them: IPv4 and IPv6, with or without a prefix length.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * Compiles ranges (`203.0.113.0/24`, `2001:db8::/32`, a single address) to a test of addresses. A range that is none
 * holds no address; the answer is undefined for a subject that is no address. An IPv4 address that is written as an
 * IPv6 one (`::ffff:203.0.113.5`) is the IPv4 address.
 */
export function compileIpRanges(ranges: readonly string[]): (address: string) => boolean | undefined {
  // Two lists, because in a common one Node takes IPv4 addresses for parts of `::/0`.
  const [four, six] = [new BlockList(), new BlockList()]
  for (const range of ranges) addRange(four, six, range)
  return (subject) => {
    const address = unmap(subject)
    if (isIPv4(address)) return four.check(address, 'ipv4')
    return isIPv6(address) ? six.check(address, 'ipv6') : undefined
  }
}

function addRange(four: BlockList, six: BlockList, range: string): void {
  const slash = range.indexOf('/')
  const written = slash < 0 ? range : range.slice(0, slash)
  const address = unmap(written)
  const bits = isIPv4(address) ? 32 : 128
  if (bits === 128 && !isIPv6(address)) return
  const prefix = slash < 0 ? '' : range.slice(slash + 1)
  if (slash >= 0 && !/^\d{1,3}$/.test(prefix)) return
  const mappedBits = address === written ? 0 : 96
  const length = slash < 0 ? bits : Number(prefix) - mappedBits
  if (length < 0 || length > bits) return
  if (bits === 32) four.addSubnet(address, length, 'ipv4')
  else six.addSubnet(address, length, 'ipv6')
}

/** Turns `::ffff:203.0.113.5` and `::ffff:cb00:7105` into `203.0.113.5`, and drops an IPv6 zone. */
function unmap(address: string): string {
  const [plain = ''] = address.split('%', 1)
  const dotted = /^(?:::|0:0:0:0:0:)ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)
  if (dotted?.[1] !== undefined) return dotted[1]
  const hex = /^(?:::|0:0:0:0:0:)ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(plain)
  if (hex === null) return plain
  const [high, low] = [Number.parseInt(hex[1] ?? '', 16), Number.parseInt(hex[2] ?? '', 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
