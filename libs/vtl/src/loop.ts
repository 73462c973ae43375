// `$foreach`: the state of a loop, and the variables of the loop itself.
import { JavaObject, type Value } from './values.ts'

export class LoopScope extends JavaObject {
  index = 0
  hasNext = false
  private readonly parent: LoopScope | null
  private readonly own = new Map<string, Value>()

  /** `before` is the value of `$foreach` outside of the loop. */
  constructor(before: Value) {
    super()
    this.parent = before instanceof LoopScope ? before : null
  }

  override property(name: string): Value {
    switch (name) {
      case 'index':
        return this.index
      case 'count':
        return this.index + 1
      case 'hasNext':
        return this.hasNext
      case 'first':
        return this.index === 0
      case 'last':
        return !this.hasNext
      case 'parent':
        return this.parent
      case 'topmost':
        return this.topmost()
      default:
        return this.variable(name)
    }
  }

  override call(name: string, args: readonly Value[]): Value {
    if (name === 'get' && typeof args[0] === 'string') return this.variable(args[0])
    if (name === 'put' && typeof args[0] === 'string') {
      const before = this.own.get(args[0])
      this.own.set(args[0], args[1])
      return before
    }
    if (args.length > 0) return null
    if (name === 'hasNext') return this.hasNext
    const property = /^(?:get|is)(Index|Count|HasNext|First|Last|Parent|Topmost)$/.exec(name)?.[1]
    return property === undefined ? null : this.property(property.charAt(0).toLowerCase() + property.slice(1))
  }

  override assign(name: string, value: Value): void {
    this.own.set(name, value)
  }

  /** It prints as the map of its own variables. */
  override text(): string {
    return `{${[...this.own].map(([name, value]) => `${name}=${typeof value === 'object' ? '…' : value}`).join(', ')}}`
  }

  override values(): Iterable<Value> {
    return this.own.values()
  }

  private variable(name: string): Value {
    return this.own.get(name) ?? this.parent?.variable(name)
  }

  private topmost(): LoopScope {
    return this.parent?.topmost() ?? this
  }
}
