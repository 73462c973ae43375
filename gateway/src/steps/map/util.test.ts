// `$util`'s conversions against their inverses.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeForm } from '../../nouns/query.ts'
import { escapeJavaScript, urlEncode } from './util.ts'

const text = fc.string({ unit: 'binary' })

test('urlEncode is undone by form decoding, and leaves only what a form may hold', () => {
  fc.assert(
    fc.property(text, (value) => {
      const encoded = urlEncode(value)
      expect(encoded).toMatch(/^[A-Za-z0-9.*_+%-]*$/)
      expect(decodeForm(encoded)).toBe(value)
    }),
  )
})

test('urlEncode takes half a character as the replacement character', () => {
  expect(urlEncode('\uD800')).toBe('%EF%BF%BD')
})

test('escapeJavaScript without its escaped apostrophes is the inside of a JSON string', () => {
  fc.assert(
    fc.property(text, (value) => {
      const escaped = escapeJavaScript(value).replaceAll(String.raw`\'`, "'")
      expect(JSON.parse(`"${escaped}"`)).toBe(value)
    }),
  )
})
