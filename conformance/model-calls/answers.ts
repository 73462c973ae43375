// Whether an answer has the form that its operation's model gives it: what clients with types of their own can read.
import { modelOf, type ModelName } from '../../gateway/src/services/models.ts'

type ModelledService = ReturnType<typeof modelOf>
type Operation = ModelledService['operations'] extends ReadonlyMap<string, infer O> ? O : never
type StructureType = Operation['input']
type Type = StructureType['members'][number]['type']

/** The first member of a JSON answer that is not as the model says: its path and its value. `undefined` when all are. */
export function misfit(service: ModelName, operationName: string, text: string): string | undefined {
  const output = modelOf(service).operations.get(operationName)?.output
  // Raw payloads have no form; event streams are not JSON.
  if (output === undefined || text === '' || output.payload !== undefined) return undefined
  return misfitOfMembers(output.body, JSON.parse(text), '')
}

function misfitOfMembers(members: StructureType['members'], value: unknown, path: string): string | undefined {
  if (!isObject(value)) return told(path, value)
  const types = new Map(members.map(({ wire, type }) => [wire, type]))
  for (const [name, inner] of Object.entries(value)) {
    const type = types.get(name)
    if (type === undefined) return `${path}.${name} is not in the model`
    const found = misfitOf(type, inner, `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function misfitOf(type: Type, value: unknown, path: string): string | undefined {
  switch (type.kind) {
    case 'structure':
      return misfitOfMembers(type.members, value, path)
    case 'list':
      if (!Array.isArray(value)) return told(path, value)
      return first(value.entries(), ([index, each]) => misfitOf(type.element, each, `${path}.${index}`))
    case 'map':
      if (!isObject(value)) return told(path, value)
      return first(Object.entries(value), ([key, each]) => misfitOf(type.value, each, `${path}.${key}`))
    case 'string': {
      const words = type.constraints.enum
      const fits = typeof value === 'string' && (words === undefined || words.includes(value))
      return fits ? undefined : told(path, value)
    }
    default:
      return scalars[type.kind](value) ? undefined : told(path, value)
  }
}

type Scalar = Exclude<Type['kind'], 'structure' | 'list' | 'map' | 'string'>

const scalars: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isSafeInteger,
  long: Number.isSafeInteger,
  float: Number.isFinite,
  double: Number.isFinite,
  timestamp: (value) => typeof value === 'string' || Number.isFinite(value),
  blob: (value) => typeof value === 'string',
  document: () => true,
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function told(path: string, value: unknown): string {
  return `${path} is ${JSON.stringify(value)?.slice(0, 200)}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
