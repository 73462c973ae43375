// Tokens that are remembered by their last characters: never taken for one another.
import { expect, test } from 'vitest'
import type { VerifiedToken } from './issuers.ts'
import { KnownTokens } from './known-tokens.ts'

const verified = (subject: string): VerifiedToken => ({ claims: { sub: subject } }) as unknown as VerifiedToken
const tail = 's'.repeat(64)

test('a token with the end of another is not that one, and does not hide it', () => {
  const tokens = new KnownTokens()
  tokens.set(`a.b.${tail}`, verified('ada'))
  for (const other of [`a.c.${tail}`, `xa.b.${tail}`, tail, '']) expect(tokens.get(other)).toBe(undefined)
  expect(tokens.get(`a.b.${tail}`)?.claims['sub']).toBe('ada')
})

test('as many are remembered as there are bytes for, or half of them', () => {
  const tokens = new KnownTokens()
  const token = (index: number): string => `${'x'.repeat(10_000)}.${index}.${String(index).padStart(32, '0')}`
  for (let index = 0; index < 1_000; index++) tokens.set(token(index), verified(String(index)))
  const known = Array.from({ length: 1_000 }, (_, index) => tokens.get(token(index))).filter(Boolean)
  expect(known.length).toBeGreaterThan(400)
  expect(known.length).toBeLessThan(900)
  expect(tokens.get(token(999))?.claims['sub']).toBe('999')
})

test('a token that keeps coming is remembered, however many others come, and one that is not is forgotten', () => {
  const tokens = new KnownTokens()
  const token = (index: number): string => `a.b.${String(index).padStart(32, '0')}`
  for (const index of [0, 1]) tokens.set(token(index), verified(String(index)))
  for (let index = 2; index < 30_000; index++) {
    tokens.set(token(index), verified(String(index)))
    if (index % 1_000 === 0) expect(tokens.get(token(0))?.claims['sub']).toBe('0')
  }
  expect(tokens.get(token(1))).toBe(undefined)
  tokens.delete(token(0))
  expect(tokens.get(token(0))).toBe(undefined)
})
