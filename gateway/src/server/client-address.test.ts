// Where requests come from, with and without trusted proxies.
import { describe, expect, test } from 'vitest'
import { behindProxies, clientAddress, parseRange, type TrustedRange } from './client-address.ts'
import { fixed, type Head } from './incoming.ts'

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

describe('what a proxy was called', () => {
  /** The head that a front behind proxies sees of a request to `inner:3000`. */
  function seen(peer: string, ...headers: readonly string[]): Partial<Head> | undefined {
    let head: Head | undefined
    const front = behindProxies((given) => {
      head = given
      return fixed({ status: 204, headers: [], body: '' })
    }, ranges('10.0.0.0/8'))
    const remoteAddress = peer
    const request = { method: 'GET', target: '/', httpVersion: '1.1', scheme: 'http', port: 3000 } as const
    void front({ ...request, remoteAddress, headers: ['Host', 'inner:3000', ...headers] })
    return head && { scheme: head.scheme, port: head.port, headers: head.headers.slice(0, 2) }
  }
  const inner = ['Host', 'inner:3000']

  test.each([
    ['the scheme, with its port', ['X-Forwarded-Proto', 'https'], { scheme: 'https', port: 443, headers: inner }],
    [
      'the scheme, and another port',
      ['X-Forwarded-Proto', 'HTTPS', 'X-Forwarded-Port', '8443'],
      { scheme: 'https', port: 8443, headers: inner },
    ],
    [
      'what the nearest proxy says, not what stands left of it',
      ['X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Port', '443, 99999'],
      { scheme: 'http', port: 80, headers: inner },
    ],
    ['no scheme, where it is none', ['X-Forwarded-Proto', 'ws'], { scheme: 'http', port: 3000, headers: inner }],
    [
      'the host',
      ['X-Forwarded-Host', 'api.example.com, edge'],
      { scheme: 'http', port: 3000, headers: ['Host', 'api.example.com'] },
    ],
    ['nothing', [], { scheme: 'http', port: 3000, headers: inner }],
  ])('%s', (_, headers, expected) => {
    expect(seen('10.1.2.3', ...headers)).toEqual(expected)
  })

  test('is not believed of others', () => {
    const headers = ['X-Forwarded-Proto', 'https', 'X-Forwarded-Port', '443', 'X-Forwarded-Host', 'api.example.com']
    expect(seen('203.0.113.9', ...headers)).toEqual({ scheme: 'http', port: 3000, headers: inner })
  })
})

test('ranges are CIDR or single addresses', () => {
  expect(parseRange('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefix: 8 })
  expect(parseRange('::1')).toEqual({ address: '::1', prefix: 128 })
  for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'a', '10.0.0.0/x', '10.0.0.0/8/9', '']) {
    expect(parseRange(wrong)).toBeUndefined()
  }
})
