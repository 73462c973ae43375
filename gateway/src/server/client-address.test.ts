// Where requests come from, with and without trusted proxies.
import { expect, test } from 'vitest'
import { clientAddress, parseRange, type TrustedRange } from './client-address.ts'

const ranges = (...texts: readonly string[]): TrustedRange[] =>
  texts.map((text) => parseRange(text)).filter((range) => range !== undefined)

test('without trusted proxies the peer counts, whatever a header says', () => {
  expect(clientAddress([])('203.0.113.9', ['X-Forwarded-For', '10.0.0.1'])).toBe('203.0.113.9')
  expect(clientAddress([])('::ffff:203.0.113.9', [])).toBe('203.0.113.9')
})

test.each([
  ['an untrusted peer cannot spoof', '203.0.113.9', '1.1.1.1', '203.0.113.9'],
  ['a trusted peer names the client', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
  [
    'what stands left of the first untrusted hop is hearsay',
    '10.1.2.3',
    '1.1.1.1, 198.51.100.7, 10.9.9.9',
    '198.51.100.7',
  ],
  ['a chain of trusted proxies alone gives the first of them', '10.1.2.3', '10.4.4.4, 10.5.5.5', '10.4.4.4'],
  ['what is no address is not believed', '10.1.2.3', 'unknown, 10.5.5.5', '10.5.5.5'],
  ['without the header the proxy counts', '10.1.2.3', undefined, '10.1.2.3'],
  ['IPv6 is read too', '::1', '2001:db8::7', '2001:db8::7'],
])('%s', (_, peer, header, expected) => {
  const address = clientAddress(ranges('10.0.0.0/8', '::1'))
  expect(address(peer, header === undefined ? [] : ['x-forwarded-for', header])).toBe(expected)
})

test('ranges are CIDR or single addresses', () => {
  expect(parseRange('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefix: 8 })
  expect(parseRange('::1')).toEqual({ address: '::1', prefix: 128 })
  for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'a', '10.0.0.0/x', '10.0.0.0/8/9', '']) {
    expect(parseRange(wrong)).toBeUndefined()
  }
})
