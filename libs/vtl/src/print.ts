// Prints values as Java does: maps as `{a=1, b=2}`, lists as `[1, 2]`, arrays out of JSON as JSON.
import type { Meter } from './budget.ts'
import { BudgetFault } from './faults.ts'
import { mapEntries } from './maps.ts'
import { numberText } from './numbers.ts'
import { ArrayList, JavaObject, isJavaNumber, type JavaMap, type Value } from './values.ts'

const MAX_DEPTH = 100

/** The text a value prints as; null for null, which each caller shows in its own way. */
export function textOf(value: Value, meter: Meter): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (value === null || value === undefined) return null
  if (value instanceof JavaObject) return value.text()
  return new Printer(meter).java(value, 0)
}

/** Compact JSON text of a value; what JSON cannot say is written as a string. */
export function jsonText(value: Value, meter: Meter): string {
  return new Printer(meter).json(value, 0)
}

class Printer {
  private readonly meter: Meter
  private written = 0

  constructor(meter: Meter) {
    this.meter = meter
  }

  java(value: Value, depth: number): string {
    if (Array.isArray(value)) return value instanceof ArrayList ? this.javaList(value, depth) : this.json(value, depth)
    if (isScalar(value)) return this.counted(scalarText(value))
    if (value instanceof JavaObject) return this.counted(value.text() ?? 'null')
    return this.javaMap(value, depth)
  }

  json(value: Value, depth: number): string {
    this.enter(depth)
    if (Array.isArray(value)) return `[${value.map((item) => this.json(item, depth + 1)).join(',')}]`
    if (isScalar(value)) return this.counted(typeof value === 'string' ? JSON.stringify(value) : scalarText(value))
    if (value instanceof JavaObject) return this.counted(JSON.stringify(value.text()))
    const members = mapEntries(value).map(([key, item]) => {
      const name = JSON.stringify(typeof key === 'string' ? key : this.java(key, depth + 1))
      return `${this.counted(name)}:${this.json(item, depth + 1)}`
    })
    return `{${members.join(',')}}`
  }

  private javaList(list: readonly Value[], depth: number): string {
    this.enter(depth)
    return `[${list.map((item) => (item === list ? '(this Collection)' : this.java(item, depth + 1))).join(', ')}]`
  }

  private javaMap(map: JavaMap, depth: number): string {
    this.enter(depth)
    const entries = mapEntries(map).map(
      ([key, item]) => `${this.java(key, depth + 1)}=${item === map ? '(this Map)' : this.java(item, depth + 1)}`,
    )
    return `{${entries.join(', ')}}`
  }

  private enter(depth: number): void {
    this.meter.spend(2)
    if (depth > MAX_DEPTH) throw new BudgetFault('depth', `${MAX_DEPTH} levels of a value`)
  }

  private counted(text: string): string {
    this.written += text.length
    this.meter.spend(1)
    if (this.written > this.meter.outputChars) this.meter.spendText(this.written)
    return text
  }
}

type Scalar = Exclude<Value, JavaObject | JavaMap | Value[]>

function isScalar(value: Value): value is Scalar {
  return value === null || value === undefined || typeof value !== 'object' || isJavaNumber(value)
}

function scalarText(value: Scalar): string {
  if (typeof value === 'string') return value
  return isJavaNumber(value) ? numberText(value) : String(value ?? 'null')
}
