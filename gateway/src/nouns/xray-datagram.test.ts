// The X-Ray daemon's datagrams and addresses.
import { expect, test } from 'vitest'
import { parseDaemonAddress, readDatagram, writeDatagram } from './xray-datagram.ts'

test('a datagram gives back its document', () => {
  expect(writeDatagram('{"id":"a"}').toString()).toBe('{"format":"json","version":1}\n{"id":"a"}')
  expect(readDatagram(writeDatagram('{"id":"a"}'))).toBe('{"id":"a"}')
  expect(readDatagram(Buffer.from('{"format": "json", "version": 1}\n{}'))).toBe('{}')
})

test.each([
  '',
  '{}',
  '{}\n{}',
  '{"format":"json","version":2}\n{}',
  '{"format":"xml","version":1}\n{}',
  'null\n{}',
  '\n{}',
])('%j is none', (text) => {
  expect(readDatagram(Buffer.from(text))).toBeUndefined()
})

test.each([
  ['127.0.0.1:2000', { host: '127.0.0.1', port: 2000 }],
  ['tcp:a:1 udp:b:2', { host: 'b', port: 2 }],
  ['udp:b:2 tcp:a:1', { host: 'b', port: 2 }],
  ['[::1]:2000', { host: '::1', port: 2000 }],
  ['xray.internal', undefined],
  ['127.0.0.1:0', undefined],
  ['127.0.0.1:65536', undefined],
  ['tcp:a:1', undefined],
])('%j is %j', (text, address) => {
  expect(parseDaemonAddress(text)).toEqual(address)
})
