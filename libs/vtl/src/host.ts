// Objects of the host in templates: tables of properties and methods, and a `self` for each render.
import { JavaObject, type Value } from './values.ts'

/** Reads one property of a host object. */
export type HostProperty<Self> = (self: Self) => Value
/** Runs one method of a host object. It may throw `MethodFault`. */
export type HostMethod<Self> = (self: Self, args: readonly Value[]) => Value

/** The properties and methods of all host objects of one kind. Written once; each render makes a `new HostObject(type, self)`. */
export interface HostType<Self> {
  readonly properties?: ReadonlyMap<string, HostProperty<Self>>
  readonly methods?: ReadonlyMap<string, HostMethod<Self>>
  /** Properties that are not in the table: `$host.name`, `$host["name"]`. */
  readonly get?: (self: Self, name: string) => Value
  /** `#set($host.name = …)`. Without it, setting has no effect. */
  readonly set?: (self: Self, name: string, value: Value) => void
  /** The text that the object prints as; null prints like an undefined reference. Default: the empty string. */
  readonly text?: (self: Self) => string | null
  /** The items that `#foreach` visits. */
  readonly values?: (self: Self) => Iterable<Value>
}

/** An object of the host, as a template sees it. */
export class HostObject<Self = never> extends JavaObject {
  private readonly type: HostType<Self>
  private readonly self: Self

  constructor(type: HostType<Self>, self: Self) {
    super()
    this.type = type
    this.self = self
  }

  override property(name: string): Value {
    const property = this.type.properties?.get(name)
    if (property !== undefined) return property(this.self)
    return this.type.get?.(this.self, name)
  }

  override call(name: string, args: readonly Value[]): Value {
    const method = this.type.methods?.get(name)
    if (method !== undefined) return method(this.self, args)
    const key = args[0]
    return name === 'get' && args.length === 1 && typeof key === 'string' ? this.property(key) : null
  }

  override assign(name: string, value: Value): void {
    this.type.set?.(this.self, name, value)
  }

  override text(): string | null {
    return this.type.text === undefined ? '' : this.type.text(this.self)
  }

  override values(): Iterable<Value> | null {
    return this.type.values?.(this.self) ?? null
  }
}
