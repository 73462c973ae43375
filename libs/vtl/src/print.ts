// Prints values as Java does: maps as `{a=1, b=2}`, lists as `[1, 2]`, arrays out of JSON as JSON.
import type { Meter } from './budget.ts'
import { BudgetFault } from './faults.ts'
import { mapEntries } from './maps.ts'
import { numberText } from './numbers.ts'
import { ArrayList, JavaObject, isJavaNumber, type JavaMap, type Value } from './values.ts'

const maxDepth = 100
const maxNames = 1_000
const fewPieces = 512
const maxRunPieces = 4_096

/** The text that a value prints as; null for null, which each caller shows in its own way. */
export function textOf(value: Value, meter: Meter): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (value === null || value === undefined) return null
  if (value instanceof JavaObject) return value.text()
  return new Printer(meter).java(value, 0)
}

/** Compact JSON text of a value; values that JSON does not have are written as strings. */
export function jsonText(value: Value, meter: Meter): string {
  return new Printer(meter).json(value, 0)
}

/**
 * Builds a text from pieces: few are added to a string; very many are collected in runs and joined, which is less work for
 * the garbage collector.
 */
class Pieces {
  private start = ''
  private pieces = 0
  private run: string[] = []
  private readonly runs: string[] = []

  add(piece: string): void {
    if (this.pieces < fewPieces) {
      this.pieces++
      this.start += piece
    } else if (this.run.push(piece) === maxRunPieces) {
      this.runs.push(this.run.join(''))
      this.run = []
    }
  }

  text(): string {
    return this.pieces < fewPieces ? this.start : this.start + this.runs.join('') + this.run.join('')
  }
}

class Printer {
  private readonly meter: Meter
  private readonly names = new Map<string, string>()
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
    const pieces = new Pieces()
    this.writeJson(value, depth, pieces)
    return pieces.text()
  }

  private writeJson(value: Value, depth: number, pieces: Pieces): void {
    this.enter(depth)
    if (typeof value === 'string') pieces.add(this.counted(JSON.stringify(value)))
    else if (Array.isArray(value)) this.writeItems(value, depth + 1, pieces)
    else if (isScalar(value)) pieces.add(this.counted(scalarText(value)))
    else if (value instanceof JavaObject) pieces.add(this.counted(JSON.stringify(value.text())))
    else this.writeMembers(value, depth + 1, pieces)
  }

  private writeItems(items: readonly Value[], depth: number, pieces: Pieces): void {
    let opening = '['
    for (const item of items) {
      pieces.add(opening)
      opening = ','
      this.writeJson(item, depth, pieces)
    }
    pieces.add(opening === '[' ? '[]' : ']')
  }

  private writeMembers(map: JavaMap, depth: number, pieces: Pieces): void {
    let opening = '{'
    const write = (name: string, item: Value): void => {
      pieces.add(opening)
      opening = ','
      pieces.add(this.counted(this.quoted(name)))
      pieces.add(':')
      this.writeJson(item, depth, pieces)
    }
    if (map instanceof Map) {
      for (const [key, item] of map) write(typeof key === 'string' ? key : this.java(key, depth), item)
    } else for (const name of Object.keys(map)) write(name, map[name])
    pieces.add(opening === '{' ? '{}' : '}')
  }

  /** A name in quotes, remembered because the objects of a document repeat the same few names. */
  private quoted(name: string): string {
    let text = this.names.get(name)
    if (text === undefined) {
      text = JSON.stringify(name)
      if (this.names.size < maxNames) this.names.set(name, text)
    }
    return text
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
    if (depth > maxDepth) throw new BudgetFault('depth', `${maxDepth} levels of a value`)
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
