// The patch mechanism: pointer escapes, order, and the recorded refusals of each dialect (recorded REST 1.6).
import { expect, test } from 'vitest'
import type { Op } from '@sluice/aws-protocol/apigateway'
import {
  flag,
  integerOr,
  listValues,
  listingOps,
  listingPaths,
  mapEntries,
  numberOr,
  patched,
  setting,
  text,
} from './patch.ts'
import type { PatchRule } from './patch.ts'

interface Thing {
  readonly name?: string | undefined
  readonly on?: boolean | undefined
  readonly map?: Readonly<Record<string, string>> | undefined
  readonly list?: readonly string[] | undefined
}

const rules: readonly PatchRule<Thing>[] = [
  { path: '/name', replace: setting('name', text) },
  { path: '/on', replace: setting('on', flag) },
  mapEntries('/map/{key}', 'map', { read: (value) => value ?? '', absent: 'gone' }),
  listValues('/list', 'list'),
]

const apply = (thing: Thing, op: Op | undefined, path?: string, value?: string) =>
  patched(thing, [{ op, path, value }], rules, listingOps)

test('undoes ~1 and ~0 in the names of map entries', () => {
  expect(apply({}, 'add', '/map/application~1json', 'x').map).toEqual({ 'application/json': 'x' })
  expect(apply({}, 'add', '/map/a~01b', 'x').map).toEqual({ 'a~1b': 'x' })
})

test('keeps __proto__ as a name like any other', () => {
  const { map } = apply({}, 'add', '/map/__proto__', 'x')
  expect(Object.entries(map ?? {})).toEqual([['__proto__', 'x']])
  expect(() => apply({ map: {} }, 'remove', '/map/__proto__')).toThrow('gone')
})

test('a map or list whose last entry goes disappears', () => {
  expect(apply({ map: { a: 'x' } }, 'remove', '/map/a', 'ignored')).toEqual({})
  expect(apply({ list: ['a'] }, 'remove', '/list', 'a')).toEqual({})
})

test('anything but true is false, and an empty text takes the member away', () => {
  expect(apply({}, 'replace', '/on', 'whatever')).toEqual({ on: false })
  expect(apply({}, 'replace', '/on', 'TRUE')).toEqual({ on: true })
  expect(apply({ name: 'x' }, 'replace', '/name', '')).toEqual({})
})

test.each(['', '1.5', '1e3', 'x', '2147483648', '9'.repeat(400)])('%.12s is no whole number of 32 bits', (value) => {
  expect(() => integerOr('no')(value)).toThrow('no')
})

test('numbers are finite, and whole ones may be negative', () => {
  expect(integerOr('no')('-1')).toBe(-1)
  expect(integerOr('no')('2147483647')).toBe(2_147_483_647)
  expect(numberOr('no')('0.5')).toBe(0.5)
  expect(() => numberOr('no')('9'.repeat(400))).toThrow('no')
})

test('later operations see the effect of earlier ones', () => {
  const operations = [
    { op: 'add', path: '/list', value: 'a' },
    { op: 'add', path: '/list', value: 'b' },
    { op: 'remove', path: '/list', value: 'a' },
  ] as const
  expect(patched({}, operations, rules, listingOps)).toEqual({ list: ['b'] })
})

test.each([
  ['replace', '/map', 'Invalid patch path /map'],
  ['replace', '/map/application/json', 'Invalid patch path /map/application/json'],
  ['add', '/name', 'Invalid patch operation specified. Must be one of: [replace]'],
  ['replace', undefined, 'Invalid patch path null'],
] as const)('refuses %s %s by naming the path or its ops', (op, path, message) => {
  expect(() => apply({}, op, path, 'x')).toThrow(message)
})

test('refuses by listing the paths of the op, with two blanks after "path"', () => {
  const listed = (op: Op) => () => patched({}, [{ op, path: '/x' }], rules.slice(0, 2), listingPaths)
  expect(listed('replace')).toThrow("Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/name, /on]")
  expect(listed('add')).toThrow("Invalid patch path  '/x' specified for op 'add'. Please choose supported operations")
})

test('a request has a thousand operations at most', () => {
  const operations = Array.from({ length: 1_000 }, (_, index) => ({
    op: 'add' as const,
    path: `/map/${index}`,
    value: 'x',
  }))
  expect(Object.keys(patched({}, operations, rules, listingOps).map ?? {})).toHaveLength(1_000)
  const more = [...operations, ...operations.slice(0, 1)]
  expect(() => patched({}, more, rules, listingOps)).toThrow(
    'Too many patch operations: at most 1000 are allowed in a request',
  )
})
