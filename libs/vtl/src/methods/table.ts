// Tables of Java methods: overloads by parameter types, chosen as Velocity chooses them.
import type { Meter } from '../budget.ts'
import { MethodFault } from '../faults.ts'
import { numberType } from '../numbers.ts'
import type { RegexEngine } from '../regex.ts'
import { isJavaInt, isJavaNumber, isMap, toNumber, type JavaMap, type Value } from '../values.ts'

/** The parts of a render that its methods may use. */
export interface Call {
  readonly meter: Meter
  readonly regex: RegexEngine
}

/** Parameter types, a letter each: string, text or null, int, long, double, boolean, collection, map, object. A last `*` takes any further objects. */
interface Kinds {
  s: string
  t: string | null | undefined
  i: number
  l: number | bigint
  d: number
  b: boolean
  c: Value[]
  m: JavaMap
  o: Value
}
type Kind = keyof Kinds

/** `'si'` → `[string, number]` */
type Arguments<Parameters extends string> = Parameters extends '*'
  ? Value[]
  : Parameters extends `${infer First extends Kind}${infer Rest}`
    ? [Kinds[First], ...Arguments<Rest>]
    : []

interface Method<Self> {
  readonly parameters: string
  readonly run: (self: Self, args: readonly Value[], call: Call) => Value
}
export type Overloads<Self> = readonly Method<Self>[] | undefined
export type MethodTable<Self> = Map<string, Method<Self>[]>

/** Adds a method to a table. Its parameter types are letters, and `run` gets arguments of exactly these types. */
export type Define<Self> = <Parameters extends string>(
  name: string,
  parameters: Parameters,
  run: (self: Self, args: Arguments<Parameters>, call: Call) => Value,
) => void

/** A table of methods, filled by `fill`. More specific overloads come first. */
export function methodTable<Self>(fill: (define: Define<Self>) => void): MethodTable<Self> {
  const table: MethodTable<Self> = new Map()
  fill((name, parameters, run) => {
    const overloads = table.get(name) ?? []
    overloads.push({ parameters, run: run as Method<Self>['run'] })
    table.set(name, overloads)
  })
  return table
}

/** Runs the first overload that takes the arguments; null when there is none. */
export function invoke<Self>(overloads: Overloads<Self>, self: Self, args: readonly Value[], call: Call): Value {
  if (overloads === undefined) return null
  for (const { parameters, run } of overloads) {
    if (!acceptsAll(parameters, args)) continue
    // Java passes null for any object; every method here that wants more than an object throws on it.
    for (let index = 0; index < args.length; index++) {
      if (isNull(args[index]) && !takesNull(parameters[index])) throw new MethodFault('NullPointerException')
    }
    return run(self, parameters.includes('d') ? args.map(asDouble) : args, call)
  }
  // Velocity 1.7 considers a method without parameters applicable to any arguments, and Java then refuses the call.
  if (overloads.some(({ parameters }) => parameters === '')) {
    throw new MethodFault('IllegalArgumentException: wrong number of arguments')
  }
  return null
}

function acceptsAll(parameters: string, args: readonly Value[]): boolean {
  const isOpen = parameters.endsWith('*')
  if (isOpen ? args.length < parameters.length - 1 : args.length !== parameters.length) return false
  for (let index = 0; index < args.length; index++) {
    if (!accepts(parameters[index], args[index])) return false
  }
  return true
}

function takesNull(kind: string | undefined): boolean {
  return kind === 'o' || kind === 't' || kind === '*' || kind === undefined
}

function isPrimitive(kind: string | undefined): boolean {
  return kind === 'i' || kind === 'l' || kind === 'd' || kind === 'b'
}

/** The argument for a parameter of type double: any number is widened. */
function asDouble(value: Value): Value {
  return isJavaNumber(value) ? toNumber(value) : value
}

function isNull(value: Value): boolean {
  return value === null || value === undefined
}

function accepts(kind: string | undefined, value: Value): boolean {
  if (isNull(value)) return !isPrimitive(kind)
  switch (kind) {
    case 's':
    case 't':
      return typeof value === 'string'
    case 'i':
      return isJavaInt(value)
    case 'l':
      return isJavaNumber(value) && /^(?:Integer|Long)$/.test(numberType(value))
    case 'd':
      return isJavaNumber(value) && numberType(value) !== 'BigInteger'
    case 'b':
      return typeof value === 'boolean'
    case 'c':
      return Array.isArray(value)
    case 'm':
      return isMap(value)
    default:
      return true
  }
}
