// The exact reader against JSON.parse: the same texts are JSON, with the same values but for what numbers are in Java.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Meter } from './budget.ts'
import { MethodFault } from './faults.ts'
import { parseJson } from './json.ts'
import { jsonText } from './print.ts'
import { Double } from './values.ts'

/** Makes the exact reader read: JSON.parse would keep everything else as it is. */
const exactly = (text: string): string => `[1.5,${text}]`

/** What JSON.parse says; undefined where it throws. */
function plain(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Java's numbers as JavaScript's. */
function loosened(value: unknown): unknown {
  if (value instanceof Double) return value.value
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(loosened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, loosened(member)]))
}

function read(text: string): unknown {
  try {
    return loosened(parseJson(text))
  } catch (error) {
    expect(error).toBeInstanceOf(MethodFault)
    return undefined
  }
}

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(read(exactly(json))).toEqual(plain(exactly(json)))
    }),
  )
})

test('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '\\', '{', ']', '0', '.', 'e', '\n'),
      (json, at, text) => {
        const place = at % (json.length + 1)
        const broken = exactly(json.slice(0, place) + text + json.slice(place + 1))
        expect(read(broken)).toEqual(plain(broken))
      },
    ),
    { numRuns: 1_000 },
  )
})

describe('numbers', () => {
  test.each([
    ['1.0', '1.0'],
    ['1e3', '1000.0'],
    ['-0', '0'],
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['0.00001', '1.0E-5'],
    ['1.5', '1.5'],
  ])('%s prints as %s', (source, printed) => {
    expect(jsonText(parseJson(exactly(source)), new Meter({}))).toBe(`[1.5,${printed}]`)
  })

  test.each(['01', '1.', '.5', '1e', '+1', '-', '0x1', 'NaN', '1 2', ''])('%s is none', (text) => {
    expect(() => parseJson(exactly(text))).toThrow(MethodFault)
  })
})

test('`__proto__` is a name like any other, and the last of equal names counts', () => {
  const value = parseJson(exactly('{"__proto__":{"x":1},"a":1,"a":2}'))
  expect(jsonText(value, new Meter({}))).toBe('[1.5,{"__proto__":{"x":1},"a":2}]')
})

test('a text with very many levels is read all the same', () => {
  const levels = 100_000
  expect(() => parseJson(exactly('['.repeat(levels) + ']'.repeat(levels)))).not.toThrow()
})

test('a long document is written as JSON.stringify writes it', () => {
  const document = Array.from({ length: 20_000 }, (_, index) => ({ id: index, name: `n"${index}`, tags: [true, null] }))
  const meter = new Meter({ steps: Infinity, timeMs: Infinity })
  expect(jsonText(document, meter)).toBe(JSON.stringify(document))
})

test('a number of more than 1,000 characters is none: to print its digits takes their number squared', () => {
  expect(parseJson(`[${'1'.repeat(1_000)}]`)).toEqual([BigInt('1'.repeat(1_000))])
  expect(() => parseJson(`[${'1'.repeat(1_001)}]`)).toThrow(MethodFault)
  expect(() => parseJson(`[1.${'1'.repeat(1_000)}]`)).toThrow(MethodFault)
})
