// The addresses that are handed out, by listener and by public URL.
import { expect, test } from 'vitest'
import { openAddresses, type Reached } from './addresses.ts'

test.each<[Reached, string]>([
  [{ scheme: 'http', port: 4566 }, 'http://a.execute-api.localhost:4566'],
  [{ scheme: 'http', port: 80 }, 'http://a.execute-api.localhost'],
  [{ scheme: 'https', port: 8443 }, 'https://a.execute-api.localhost:8443'],
  [{ scheme: 'https', port: 443 }, 'https://a.execute-api.localhost'],
])('served at %j: %s', (reached, address) => {
  const { addresses, serveAt } = openAddresses('localhost', undefined)
  serveAt(reached)
  expect(addresses.apiEndpoint('a')).toBe(address)
})

test.each([
  ['https://example.com', 'https://a.execute-api.example.com'],
  ['https://example.com:8443/', 'https://a.execute-api.example.com:8443'],
  ['http://example.com', 'http://a.execute-api.example.com'],
])('a public URL of %s stands wherever Sluice listens', (publicUrl, address) => {
  const { addresses, serveAt } = openAddresses('example.com', publicUrl)
  serveAt({ scheme: 'http', port: 4566 })
  expect(addresses.apiEndpoint('a')).toBe(address)
})
