// Java's Iterator and Map.Entry for templates.
import { MethodFault } from './faults.ts'
import { mapPut } from './maps.ts'
import { JavaObject, type JavaMap, type Value } from './values.ts'

/** `$list.iterator()` */
export class JavaIterator extends JavaObject {
  private readonly items: readonly Value[]
  private next = 0

  constructor(items: readonly Value[]) {
    super()
    this.items = items
  }

  override property(): Value {
    return null
  }

  override call(name: string, args: readonly Value[]): Value {
    if (args.length > 0) return null
    if (name === 'hasNext') return this.next < this.items.length
    if (name !== 'next') return null
    if (this.next >= this.items.length) throw new MethodFault('NoSuchElementException')
    return this.items[this.next++]
  }

  override text(): string {
    return 'java.util.Iterator'
  }

  override values(): Iterable<Value> {
    const rest = this.items.slice(this.next)
    this.next = this.items.length
    return rest
  }
}

/** One entry of `$map.entrySet()`. */
export class MapEntry extends JavaObject {
  private readonly map: JavaMap
  private readonly key: Value
  private value: Value
  private readonly print: (value: Value) => string

  constructor(map: JavaMap, entry: readonly [Value, Value], print: (value: Value) => string) {
    super()
    this.map = map
    this.key = entry[0]
    this.value = entry[1]
    this.print = print
  }

  override property(name: string): Value {
    if (name === 'key') return this.key
    return name === 'value' ? this.value : null
  }

  override call(name: string, args: readonly Value[]): Value {
    if (name === 'getKey' && args.length === 0) return this.key
    if (name === 'getValue' && args.length === 0) return this.value
    if (name === 'toString' && args.length === 0) return this.text()
    if (name !== 'setValue' || args.length !== 1) return null
    const before = this.value
    this.assign('value', args[0])
    return before
  }

  override assign(name: string, value: Value): void {
    if (name !== 'value') return
    this.value = value
    mapPut(this.map, this.key, value)
  }

  override text(): string {
    return `${this.print(this.key)}=${this.print(this.value)}`
  }
}
