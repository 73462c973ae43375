// Bodies for the operations of AWS's models, half right by their types and half hostile.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'

interface Shape {
  readonly type: string
  readonly members?: Readonly<
    Record<string, { readonly shape: string; readonly location?: string; readonly locationName?: string }>
  >
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
}

export interface Operation {
  readonly name: string
  readonly http: { readonly method: string; readonly requestUri: string }
  readonly input?: { readonly shape: string }
}

export interface Model {
  readonly operations: Readonly<Record<string, Operation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

/** A file of the folder models/. */
export function readModel(file: string): Model {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'models', file), 'utf8')) as Model
}

/** `existing`: what exists, by the member that names it; asked for when a body is made. */
interface Source {
  readonly model: Model
  readonly existing: () => Readonly<Record<string, string>>
}

/** Bodies of an operation's input shape. */
export function hostileBody(
  model: Model,
  shapeName: string,
  existing: () => Readonly<Record<string, string>>,
): fc.Arbitrary<object> {
  return bodyOf({ model, existing }, model.shapes[shapeName] ?? { type: 'structure' })
}

/** `{"__proto__": …}` as an own member, as JSON.parse makes it. */
const protoKeyed = (value: unknown): unknown =>
  JSON.parse(`{"__proto__": ${JSON.stringify(value)}, "constructor": 1}`) as unknown

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [null],
    [[]],
    '__proto__',
    'a'.repeat(200_000),
    '\0',
    '\ud800',
  ),
  fc.constantFrom(protoKeyed('x'), protoKeyed({ a: null }), protoKeyed([])),
  fc.jsonValue({ maxDepth: 3 }),
)

const patchOperations = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          op: fc.constantFrom('add', 'replace', 'remove', 'copy', 'move', 'test'),
          path: fc.constantFrom(
            '/name',
            '/description',
            '/__proto__',
            '/__proto__/x',
            '/variables/__proto__',
            '/',
            '',
            '//',
            '/~1~0',
            '/*/*/throttling/rateLimit',
            '/requestParameters/__proto__',
            `/${'a/'.repeat(2_000)}`,
          ),
          value: fc.oneof(fc.constantFrom('', '__proto__', 'true', '-1', 'x'.repeat(100_000)), fc.string()),
          from: fc.constantFrom('/name', '/canarySettings/deploymentId', ''),
        },
        { requiredKeys: ['op', 'path'] },
      ),
    },
    { weight: 1, arbitrary: hostile },
  ),
  { maxLength: 3 },
)

/** A value that is right by its type alone, or by its name. */
function plausible(source: Source, { shapeName, name }: Place): fc.Arbitrary<unknown> {
  const shape = source.model.shapes[shapeName] ?? { type: 'string' }
  const existing = source.existing()
  const named = existing[name.charAt(0).toLowerCase() + name.slice(1)]
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum)
  switch (shape.type) {
    case 'structure':
      return bodyOf(source, shape)
    case 'list':
      return fc.constantFrom([], ['a'], ['a', 'a'])
    case 'map':
      return fc.constantFrom({}, { a: 'b' }, protoKeyed('x'), { 'method.request.querystring.__proto__': 'x' })
    case 'boolean':
      return fc.boolean()
    case 'string':
      return named === undefined
        ? fc.constantFrom('a', 'Pet', 'prod', 'NONE', 'MOCK', '200', '{}', '__proto__', ...Object.values(existing))
        : fc.constant(named)
    default:
      return fc.constantFrom(0, 1, 100)
  }
}

interface Place {
  readonly shapeName: string
  readonly name: string
}

/** Half of the bodies have any member, many of them hostile; the others few beside the required, none hostile. */
function bodyOf(source: Source, { members = {}, required = [] }: Shape): fc.Arbitrary<object> {
  const inBody = Object.entries(members).filter(([, { location }]) => location === undefined)
  const bodyWith = (chosen: typeof inBody, hostileWeight: number): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(
      Object.fromEntries(
        chosen.map(([name, { shape: shapeName, locationName }]) => [
          locationName ?? name,
          name === 'patchOperations'
            ? patchOperations
            : fc.oneof(
                { weight: 3, arbitrary: fc.constant(0).chain(() => plausible(source, { shapeName, name })) },
                { weight: hostileWeight, arbitrary: hostile },
              ),
        ]),
      ),
      hostileWeight === 0 ? {} : { requiredKeys: [] },
    )
  const isRequired = ([name]: (typeof inBody)[number]): boolean => required.includes(name)
  const optional = inBody.filter((member) => !isRequired(member))
  const few = fc
    .subarray(optional, { maxLength: Math.min(3, optional.length) })
    .chain((chosen) => bodyWith([...inBody.filter(isRequired), ...chosen], 0))
  return fc.oneof(bodyWith(inBody, 2), few)
}
