// Signing keys: HMACs as Node makes them, whatever the length of text and key, and never one key for another.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SigningKey, signingKey } from './signing-key.ts'

test('a signature is the HMAC of the text', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 4 }),
      (bytes, texts) => {
        const key = new SigningKey(bytes)
        for (const text of [...texts, ...texts]) {
          expect(key.sign(text)).toBe(createHmac('sha256', bytes).update(text).digest('hex'))
        }
      },
    ),
  )
})

test('a key that is kept is that of its secret, and of its region and service however they are written', () => {
  const scope = { date: '20250115', region: 'us-east-1', service: 's3' }
  const signs = (accessKeyId: string, secretAccessKey: string, where: Partial<typeof scope> = {}): string =>
    signingKey({ accessKeyId, secretAccessKey }, { ...scope, ...where }).sign('text')
  const first = signs('A', 'one')
  expect(signs('A', 'one')).toBe(first)
  const others = [
    signs('A', 'two'),
    signs('A', 'one', { date: '20250116' }),
    signs('A', 'one', { region: 'a/b', service: 'c' }),
    signs('A', 'one', { region: 'a', service: 'b/c' }),
  ]
  expect(new Set([first, ...others]).size).toBe(5)
  expect(signs('B', 'one')).toBe(first)
})
