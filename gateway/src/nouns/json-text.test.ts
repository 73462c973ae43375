// JSON strings are what JSON.stringify makes of a text, whatever it is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote } from './json-text.ts'

test('a text is quoted as JSON.stringify quotes it', () => {
  for (const text of ['', 'GET', '~', ' ', '"', '\\', '\u007f', '\n', 'a\nb', 'ü', '\u2028', '\ud800', '😀']) {
    expect(quote(text)).toBe(JSON.stringify(text))
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => quote(text) === JSON.stringify(text)))
})
