// Patterns of JSON schemas, held against JavaScript's own: what one finds, the other finds.
import { compileRegex, RegexFault } from '@sluice/java-regex'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { javaPatternOf } from './ecma-pattern.ts'

const finds = (pattern: string, text: string): boolean => compileRegex(javaPatternOf(pattern)).find(text)

test.each([
  ['^[a-z]+$', 'abc\n', false],
  ['^.$', '\u0085', true],
  ['^.$', '\u2028', false],
  ['^\\s$', '\u00a0', true],
  ['^\\S$', '\ufeff', false],
  ['^[\\S]$', 'é', true],
  ['^[^\\S]$', ' ', true],
  ['^[a-z[\\]]+$', 'a[b]', true],
  ['^[a&&b]+$', 'a&b', true],
  ['^[\\w-.]+$', 'a-.', true],
  ['^[]$', '', false],
  ['^[^]$', '\n', true],
  ['^{a}$', '{a}', true],
  ['^a{,2}$', 'a{,2}', true],
  ['^\\p{L}$', 'p{L}', true],
  ['^\\A\\Q$', 'AQ', true],
  ['^\\v\\0\\x41\\u0042\\cA$', '\v\0AB\u0001', true],
  ['^[\\b]\\/\\-$', '\b/-', true],
  ['^(a)(?<second>b)\\2\\k<second>\\1$', 'abbba', true],
  ['^\\1(a)$', 'a', true],
  ['^\\101$', 'A', true],
  ['^(?=a)(?!b)(?<=^)a$', 'a', true],
  ['^\\c!$', '\\c!', true],
  ['^😀{2}$', '😀😀', true],
])('%j finds in %j: %j', (pattern, text, found) => {
  expect(finds(pattern, text)).toBe(found)
})

test.each(['(', 'a++', '[b-a]', '(?i)a', '(?i:a)', '\\', 'a{2,1}'])('%j is no pattern', (pattern) => {
  expect(() => javaPatternOf(pattern)).toThrow(RegexFault)
})

const marks = String.raw`a b 0 _ - ] } { {1 {1,2} . ^ $ | (?: (?= (?! ( ) [ [^ , && # * + ?`
const escapes = String.raw`\d \D \w \W \s \S \. \] \[ \- \n \v \x61 \u0062 \q \h \z \Z \R \E \0 \12 \8 \cJ \c \x6 \^ \\ \k \p`
const pieces = [...marks.split(' '), ...escapes.split(' '), ' ', 'é', '\u2028']
const subjects = 'ab0-][{},&_.\\1qz \n\r\v\u00a0\u2028\u0085é'.split('')

test('random patterns find what they find in JavaScript', () => {
  const patterns = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))
  const texts = fc.array(fc.constantFrom(...subjects), { maxLength: 6 }).map((parts) => parts.join(''))
  let compared = 0
  fc.assert(
    fc.property(patterns, fc.array(texts, { minLength: 3, maxLength: 3 }), (pattern, texts) => {
      const expected = compiled(pattern)
      if (expected === undefined) return
      compared++
      for (const text of texts)
        expect([pattern, text, finds(pattern, text)]).toEqual([pattern, text, expected.test(text)])
    }),
    { numRuns: 5_000 },
  )
  expect(compared).toBeGreaterThan(500)
})

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern)
  } catch {
    return undefined
  }
}
