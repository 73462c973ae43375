// Wildcards, against the plainest matcher there is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'

const syntax = { hasVariables: false, hasWildcards: true }
const nothing = (): undefined => undefined

function matches(pattern: string, subject: string): boolean | undefined {
  return compilePattern(pattern, syntax)(subject, nothing)
}

/** Follows the definition, letter by letter, at whatever cost. */
function naive(pattern: string, subject: string): boolean {
  if (pattern === '') return subject === ''
  const rest = pattern.slice(1)
  if (pattern[0] === '*') return naive(rest, subject) || (subject !== '' && naive(pattern, subject.slice(1)))
  return subject !== '' && (pattern[0] === '?' || pattern[0] === subject[0]) && naive(rest, subject.slice(1))
}

test('a wildcard matches what its definition matches', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '$'), maxLength: 10 })
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', '$'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, subject, (pattern, subject) => {
      expect(matches(pattern, subject)).toBe(naive(pattern, subject))
    }),
    { numRuns: 3_000 },
  )
})

test('whatever replaces the stars of a pattern matches it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ':', '/', '*', '?', '\n', 'é', '\u{1f600}') })
  const parts = fc.array(fc.tuple(text, text))
  fc.assert(
    fc.property(parts, (parts) => {
      const literals = parts.map(([literal]) => literal.replace(/[*?]/g, 'x'))
      const subject = parts.map(([, filler], index) => literals[index] + filler).join('')
      expect(matches(`${literals.join('*')}*`, subject)).toBe(true)
    }),
  )
})

test.each([
  ['*', '', true],
  ['*', 'anything:at/all', true],
  ['', '', true],
  ['', 'a', false],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*a', 'ba', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['?', '', false],
  ['*?', 'a', true],
  ['*b?d*', 'abcbbde', true],
  ['[a-z]+', 'abc', false],
  ['a.c', 'abc', false],
])('"%s" and "%s": %s', (pattern, subject, expected) => {
  expect(matches(pattern, subject)).toBe(expected)
})

test('a hostile pattern takes no time to speak of', () => {
  const started = performance.now()
  expect(matches(`${'a*'.repeat(2_000)}b`, 'a'.repeat(4_000))).toBe(false)
  expect(matches(`${'*a?'.repeat(1_000)}b`, 'a'.repeat(4_000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(1_000)
})
