// The XML reader and writer.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unreadable } from '../fault.ts'
import { escapeXml, parseXml } from './xml.ts'

test('elements, text, CDATA, entities, comments and prefixes are read; attributes are dropped', () => {
  const source =
    '<?xml version="1.0"?>\n<!-- a > b --><n:a xmlns:n="urn:x" b="1>2" c=\'"\'><b/>1 &lt; 2<c d="/">&#x41;&#66;&amp;&unknown;</c>' +
    '<![CDATA[<raw>&amp;]]></n:a>\n'
  expect(parseXml(source, 9)).toEqual({
    name: 'a',
    text: '1 < 2<raw>&amp;',
    children: [
      { name: 'b', text: '', children: [] },
      { name: 'c', text: 'AB&&unknown;', children: [] },
    ],
  })
})

test.each([
  '',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<a b="></a>',
  '<a',
  'text',
])('%s is refused', (source) => {
  expect(() => parseXml(source, 9)).toThrow(Unreadable)
})

test('elements within each other are counted', () => {
  expect(() => parseXml('<a>'.repeat(10), 9)).toThrow('nested too deeply')
})

test('text survives, except for characters XML cannot hold', () => {
  expect(escapeXml('a\u0000b\ud800')).toBe('a\ufffdb\ufffd')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const kept = text.replaceAll(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '\ufffd') // oxlint-disable-line no-control-regex -- the characters XML cannot hold
      expect(parseXml(`<a>${escapeXml(text)}</a>`, 2).text).toBe(kept)
    }),
  )
})
