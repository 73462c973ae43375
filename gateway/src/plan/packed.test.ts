// Packed lists give back what was put in, from any chunk and in any order.
import { expect, test } from 'vitest'
import { PackedList } from './packed.ts'

test('every value of a long list is found again, in order and in turn', () => {
  const list = new PackedList<{ readonly name: string }>()
  const names = Array.from({ length: 1_000 }, (_, index) => `method ${index}`)
  for (const name of names) list.push({ name })
  expect(names.map((_, index) => list.at(index).name)).toEqual(names)
  expect(names.map((_, index) => list.at(999 - index).name)).toEqual(names.toReversed())
})

test('few values are kept as they are', () => {
  const list = new PackedList<object>()
  const [first, second] = [{}, {}]
  list.push(first)
  list.push(second)
  expect(list.at(0)).toBe(first)
  expect(list.at(1)).toBe(second)
})
