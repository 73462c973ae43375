// Java's methods on lists.
import type { Meter } from '../budget.ts'
import { javaEquals } from '../equality.ts'
import { MethodFault } from '../faults.ts'
import { JavaIterator } from '../iterator.ts'
import { listOf, type Value } from '../values.ts'
import { defineObjectMethods } from './object.ts'
import { methodTable, type Define, type MethodTable } from './table.ts'

/** The result of a Java method that returns nothing. */
const nothing = ''

export const listMethods: MethodTable<Value[]> = methodTable((define) => {
  defineObjectMethods(define)
  defineListReading(define)
  defineListChanging(define)
  defineReading(define)
  defineRemoving(define)
})

/** Methods of what `keySet`, `values` and `entrySet` give. */
export const collectionMethods: MethodTable<Value[]> = methodTable((define) => {
  defineObjectMethods(define)
  defineReading(define)
  defineRemoving(define)
  define('add', 'o', refuseAdding)
  define('addAll', 'c', (_collection, [items]) => items.length > 0 && refuseAdding())
})

function refuseAdding(): never {
  throw new MethodFault('UnsupportedOperationException')
}

function defineReading(define: Define<Value[]>): void {
  define('size', '', (list) => list.length)
  define('isEmpty', '', (list) => list.length === 0)
  define('contains', 'o', (list, [item], { meter }) => indexOf(list, item, meter) !== -1)
  define('containsAll', 'c', (list, [items], { meter }) => items.every((item) => indexOf(list, item, meter) !== -1))
  define('iterator', '', (list) => new JavaIterator(list))
  define('toArray', '', (list, _args, { meter }) => copy(list, meter))
}

function defineListReading(define: Define<Value[]>): void {
  define('get', 'i', (list, [index]) => list[checked(index, list.length)])
  define('indexOf', 'o', (list, [item], { meter }) => indexOf(list, item, meter))
  define('lastIndexOf', 'o', (list, [item], { meter }) => lastIndexOf(list, item, meter))
  define('listIterator', '', (list) => new JavaIterator(list))
  define('clone', '', (list, _args, { meter }) => copy(list, meter))
  define('subList', 'ii', (list, [from, to], { meter }) => {
    if (from < 0 || to > list.length || from > to) throw new MethodFault(`IndexOutOfBoundsException: ${from}..${to}`)
    return copy(list.slice(from, to), meter)
  })
}

function defineListChanging(define: Define<Value[]>): void {
  define('add', 'o', (list, [item], { meter }) => {
    meter.spend(1)
    list.push(item)
    return true
  })
  define('add', 'io', (list, [index, item], { meter }) => {
    meter.spendChars(list.length)
    list.splice(checked(index, list.length + 1), 0, item)
    return nothing
  })
  define('addAll', 'c', (list, [items], { meter }) => addAll(list, list.length, items, meter))
  define('addAll', 'ic', (list, [index, items], { meter }) =>
    addAll(list, checked(index, list.length + 1), items, meter),
  )
  define('set', 'io', (list, [index, item]) => {
    const before = list[checked(index, list.length)]
    list[index] = item
    return before
  })
  define('remove', 'i', (list, [index], { meter }) => {
    meter.spendChars(list.length)
    return list.splice(checked(index, list.length), 1)[0]
  })
}

function defineRemoving(define: Define<Value[]>): void {
  define('remove', 'o', (list, [item], { meter }) => {
    const index = indexOf(list, item, meter)
    if (index !== -1) list.splice(index, 1)
    return index !== -1
  })
  define('removeAll', 'c', (list, [items], { meter }) => keep(list, (item) => indexOf(items, item, meter) === -1))
  define('retainAll', 'c', (list, [items], { meter }) => keep(list, (item) => indexOf(items, item, meter) !== -1))
  define('clear', '', (list) => {
    list.length = 0
    return nothing
  })
}

function checked(index: number, length: number): number {
  if (index >= 0 && index < length) return index
  throw new MethodFault(`IndexOutOfBoundsException: Index ${index} out of bounds for length ${length}`)
}

function indexOf(list: readonly Value[], wanted: Value, meter: Meter): number {
  return list.findIndex((item) => javaEquals(item, wanted, meter))
}

function lastIndexOf(list: readonly Value[], wanted: Value, meter: Meter): number {
  return list.findLastIndex((item) => javaEquals(item, wanted, meter))
}

function copy(list: readonly Value[], meter: Meter): Value[] {
  meter.spend(list.length)
  return listOf(list)
}

function addAll(list: Value[], at: number, items: readonly Value[], meter: Meter): boolean {
  meter.spend(list.length - at + items.length)
  const added = [...items]
  const tail = list.splice(at)
  for (const item of added) list.push(item)
  for (const item of tail) list.push(item)
  return added.length > 0
}

function keep(list: Value[], isKept: (item: Value) => boolean): boolean {
  const kept = list.filter(isKept)
  const isChanged = kept.length !== list.length
  list.length = 0
  for (const item of kept) list.push(item)
  return isChanged
}
