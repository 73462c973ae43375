// What a truststore vouches for, where no client could show it over a real connection.
import { describe, expect, test } from 'vitest'
import { issue, parsed, type Issued } from '../fixture/certificates.ts'
import { judge } from '../../gateway/src/server/mutual-tls.ts'

const nowMs = Date.now()
const root = issue({ name: 'Root', isAuthority: true, key: 'RSA' })
const inner = issue({ name: 'Inner', isAuthority: true, issuer: root })

function verdict(chain: readonly Issued[], truststore: readonly Issued[], atMs = nowMs): string {
  const judged = judge(chain.map(parsed), truststore.map(parsed), atMs)
  return judged.isTrusted ? judged.certificate.subjectDN : judged.reason
}

describe('a certificate is trusted', () => {
  const leaf = issue({ name: 'A client', issuer: inner })
  const name = 'CN=A client,O=Sluice,C=US'

  test('by its root, by an authority between, and by itself', () => {
    expect(verdict([leaf, inner], [root])).toBe(name)
    expect(verdict([leaf], [inner])).toBe(name)
    expect(verdict([leaf], [leaf])).toBe(name)
    expect(verdict([leaf, inner, root], [root])).toBe(name)
  })

  test('in its time only', () => {
    const year = 365 * 24 * 3600 * 1000
    expect(verdict([leaf, inner], [root], nowMs + 2 * year)).toBe('The certificate has expired or is not yet valid')
    expect(verdict([leaf, inner], [root], nowMs - year)).toBe('The certificate has expired or is not yet valid')
  })
})

test.each<[string, readonly Issued[], string]>([
  ['no certificate', [], 'no client certificate'],
  ['a gap', [issue({ name: 'x', issuer: inner })], 'Could not find issuer for certificate'],
  ['SHA-1', [issue({ name: 'x', issuer: root, hash: 'sha1' })], 'Client cert using an insecure Signature Algorithm'],
  ['a short key', [issue({ name: 'x', issuer: root, key: 'RSA-1024' })], 'Client cert using an insecure key'],
  ['itself', [issue({ name: 'x' })], 'self signed certificate'],
  ['an authority that is its own', [issue({ name: 'x', isAuthority: true })], 'self signed certificate'],
])('%s is refused', (_, chain, reason) => {
  expect(verdict(chain, [root])).toBe(reason)
})
