// Signing keys: HMACs as Node makes them, whatever the length of text and key, and never one key for another.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringToSign } from './canonical.ts'
import { sameSignature, SigningKey, signingKey } from './signing-key.ts'

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

test('a request is signed as the text that it stands for', () => {
  const hex = fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), minLength: 64, maxLength: 64 })
  const scope = '20250115/us-east-1/execute-api/aws4_request'
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), hex, (bytes, hashed) => {
      const key = new SigningKey(bytes, scope)
      for (const timestamp of ['20250115T120000Z', '20250115T120001Z', '20250115T120000Z']) {
        expect(key.signRequest(timestamp, hashed)).toBe(key.sign(stringToSign(timestamp, scope, hashed)))
      }
    }),
  )
})

test('signatures are the same only when all of their characters are', () => {
  const one = 'a3'.repeat(32)
  expect(sameSignature(one, one)).toBe(true)
  const others = ['', one.slice(1), `${one}a`, `b${one.slice(1)}`, `${one.slice(0, 63)}\u00e9`, one.toUpperCase()]
  for (const other of [...others, one.replaceAll('a', '\u0161'), `${one.slice(0, 63)}\0`]) {
    expect(sameSignature(one, one)).toBe(true)
    expect(sameSignature(one, other)).toBe(false)
  }
})
