// CBOR: the RFC's own examples, damaged input, and round trips.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Unreadable } from '../fault.ts'
import { decodeCbor, encodeCbor, EpochSeconds } from './cbor-codec.ts'

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

describe('decoding', () => {
  test.each([
    ['00', 0],
    ['1864', 100],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['c249010000000000000000', 2 ** 64],
    ['c349010000000000000000', -(2 ** 64)],
    ['f93c00', 1],
    ['f93e00', 1.5],
    ['f97bff', 65_504],
    ['f90001', 5.960_464_477_539_063e-8],
    ['f9c400', -4],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['f97e00', Number.NaN],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', null],
    ['c11a514b67b0', new EpochSeconds(1_363_896_240)],
    ['c1fb41d452d9ec200000', new EpochSeconds(1_363_896_240.5)],
    ['d74401020304', new Uint8Array([1, 2, 3, 4])],
    ['4401020304', new Uint8Array([1, 2, 3, 4])],
    ['62c3bc', 'ü'],
    ['83010203', [1, 2, 3]],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['5f42010243030405ff', new Uint8Array([1, 2, 3, 4, 5])],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ])('%s', (hex, value) => {
    expect(decodeCbor(fromHex(hex), 9)).toEqual(value)
  })

  test.each([
    ['nothing', ''],
    ['a text cut short', '6361'],
    ['a length that lies', '9bffffffffffffffff'],
    ['a byte string that lies', '5affffffff00'],
    ['a break alone', 'ff'],
    ['a break in a counted list', '81ff'],
    ['a break for a value', 'bf6161ff'],
    ['a key that is no text', 'a10102'],
    ['text that is not UTF-8', '61ff'],
    ['more than one value', '0000'],
    ['a reserved length', '1c'],
    ['an unknown simple value', 'e0'],
    ['chunks of another kind', '5f6161ff'],
  ])('%s is refused', (_what, hex) => {
    expect(() => decodeCbor(fromHex(hex), 9)).toThrow(Unreadable)
  })

  test('collections and tags within each other are counted', () => {
    expect(decodeCbor(fromHex('8181818100'), 4)).toEqual([[[[0]]]])
    expect(() => decodeCbor(fromHex('8181818100'), 3)).toThrow('nested too deeply')
    expect(() => decodeCbor(new Uint8Array(1_000_000).fill(0xc6), 64)).toThrow('nested too deeply')
  })

  test('a key may be __proto__', () => {
    const map = decodeCbor(encodeCbor(JSON.parse('{"__proto__":{"a":1}}')), 9) as object
    expect(Object.keys(map)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(map)).toBeNull()
  })
})

test('what is encoded is decoded again', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.maxSafeInteger(),
        fc.double(),
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.uint8Array(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(value, (given) => {
      expect(decodeCbor(encodeCbor(given), 9)).toEqual(given)
    }),
  )
})

test('no bytes throw anything but Unreadable', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        decodeCbor(bytes, 9)
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable)
      }
    }),
    { numRuns: 2000 },
  )
})
