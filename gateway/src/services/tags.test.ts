// Tags: their limits, their merging, and the one that chooses an id.
import { expect, test } from 'vitest'
import type { Call } from './call.ts'
import { mergedTags, newId, withoutTags } from './tags.ts'

test('new tags go over old ones, and none is undefined', () => {
  expect(mergedTags({ a: '1', b: '2' }, { b: '3' })).toEqual({ a: '1', b: '3' })
  expect(mergedTags(undefined, {})).toBe(undefined)
  expect(withoutTags({ a: '1' }, ['a', 'b'])).toBe(undefined)
})

test.each([
  [{ '': 'x' }, 'Tag key must be between 1 and 128 characters'],
  [{ ['k'.repeat(129)]: 'x' }, 'Tag key must be between 1 and 128 characters'],
  [{ k: 'v'.repeat(257) }, 'Tag value exceeds the maximum length of 256 characters'],
  [{ 'aws:k': 'v' }, 'Tag keys starting with aws: are reserved for system use'],
  [
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])),
    'The number of tags exceeds the limit of 50',
  ],
])('refuses %j', (tags, message) => {
  expect(() => mergedTags(undefined, tags)).toThrow(message)
})

test('what a stack marks is kept', () => {
  const tags = { 'aws:cloudformation:stack-name': 's' }
  expect(mergedTags(undefined, tags)).toEqual(tags)
})

test('an id is random unless the place lets a tag choose it', () => {
  const call = (customIds: boolean) => ({ customIds, ids: { short: (n: number) => 'r'.repeat(n) } }) as unknown as Call
  expect(newId(call(true), { _custom_id_: 'mine' }, 6)).toBe('mine')
  expect(newId(call(false), { _custom_id_: 'mine' }, 6)).toBe('rrrrrr')
  expect(newId(call(true), {}, 6)).toBe('rrrrrr')
  expect(() => newId(call(true), { _custom_id_: 'a/b' }, 6)).toThrow('Invalid _custom_id_')
})
