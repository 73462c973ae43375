// Calls made from AWS's models as the gateway compiles them: right in most places, wrong in one, on the wire of each protocol.
import fc from 'fast-check'
import { modelOf, type ModelName } from '../../gateway/src/services/models.ts'
import { oddPatch, textOf, type Known } from './texts.ts'

type ModelledService = ReturnType<typeof modelOf>
type Operation = ModelledService['operations'] extends ReadonlyMap<string, infer O> ? O : never
type StructureType = Operation['input']
type Member = StructureType['members'][number]
type Type = Member['type']

/** One request. */
export interface WireCall {
  /** What it is for; empty where that is not known. */
  readonly operation: string
  readonly method: string
  /** With the query string. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Calls of the operations of a service that are to be sent; `undefined` when it has none of them. */
export function callsOf(
  name: ModelName,
  known: Known,
  isSent: (operation: string) => boolean,
): fc.Arbitrary<WireCall> | undefined {
  const service = modelOf(name)
  const operations = [...service.operations.values()].filter((operation) => isSent(operation.name))
  if (operations.length === 0) return undefined
  return fc
    .constantFrom(...operations)
    .chain((operation) => callOf({ name, service, known, operationName: operation.name }, operation))
}

interface Source {
  readonly name: ModelName
  readonly service: ModelledService
  readonly known: Known
  readonly operationName: string
}

function callOf(source: Source, operation: Operation): fc.Arbitrary<WireCall> {
  const { name, service } = source
  const [protocol] = service.protocols
  const signed = { authorization: authorizationOf(name), host: 'localhost' }
  const base = { operation: operation.name, method: 'POST', target: '/' }
  if (protocol === 'query') {
    const start = `Action=${operation.name}&Version=${service.apiVersion}`
    const headers = { ...signed, 'content-type': 'application/x-www-form-urlencoded' }
    return bodyOf(source, operation.input.members).map((body) => ({
      ...base,
      headers,
      body: [start, ...formOf(body, '')].join('&'),
    }))
  }
  if (protocol !== 'rest-json') {
    const { targetPrefix, jsonVersion } = service.conventions
    const headers = {
      ...signed,
      'x-amz-target': `${targetPrefix}.${operation.name}`,
      'content-type': `application/x-amz-json-${jsonVersion}`,
    }
    return textBody(bodyOf(source, operation.input.members)).map((body) => ({ ...base, headers, body }))
  }
  return restCall(source, operation, signed)
}

function restCall(
  source: Source,
  operation: Operation,
  signed: Readonly<Record<string, string>>,
): fc.Arbitrary<WireCall> {
  const { input } = operation
  const labels = operation.path.match(/\{[^}]+\}/g) ?? []
  const inQuery = input.located.filter(({ location }) => location === 'querystring')
  const body =
    input.payload === undefined
      ? textBody(bodyOf(source, input.body))
      : fc.oneof(textOf(source.known, 'document'), textBody(bodyOf(source, input.body)))
  return fc
    .record({
      labels: fc.tuple(...labels.map((label) => textOf(source.known, label.replace(/[{}+]/g, '')))),
      query: fc.tuple(...inQuery.map((member) => fc.option(queryText(source, member), { freq: 3 }))),
      contentType: fc.oneof(
        { weight: 12, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/xml', '', 'application/json; charset=x') },
      ),
      body,
    })
    .map(({ labels: values, query, contentType, body }) => {
      const filled = values[Symbol.iterator]()
      const path = operation.path.replace(/\{[^}]+\}/g, () => encoded(filled.next().value ?? ''))
      const pairs = [
        ...operation.literalQuery.map(([name, value]) => `${name}=${value}`),
        ...query.flatMap((value, index) => (value === null ? [] : [`${inQuery[index]?.wire}=${encoded(value)}`])),
      ]
      return {
        // Without a label it is another operation's path, or nobody's.
        operation: values.includes('') ? '' : operation.name,
        method: operation.method,
        target: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
        headers: { ...signed, 'content-type': contentType },
        body: operation.method === 'GET' || operation.method === 'DELETE' ? '' : body,
      }
    })
}

function queryText({ known }: Source, { wire, type }: Member): fc.Arbitrary<string> {
  const right = rightText(known, { wire, type })
  const odd = fc.constantFrom('-1', '0', 'abc', '1e3', '99999999999', '', 'garbage', 'WyJfX3Byb3RvX18iXQ', '%00', '[')
  return fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: odd })
}

function rightText(known: Known, { wire, type }: Pick<Member, 'wire' | 'type'>): fc.Arbitrary<string> {
  if (type.kind === 'integer') return fc.constantFrom('1', '25', '500')
  if (type.kind === 'boolean') return fc.constantFrom('true', 'false')
  const words = type.kind === 'string' ? type.constraints.enum : undefined
  return words === undefined ? textOf(known, wire) : fc.constantFrom(...words)
}

/** A body as JSON text; one in a dozen is none. */
function textBody(body: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const malformed = fc.constantFrom('{"broken": ', '[]', 'null', '"text"', '7', '\u0000', '{"a": NaN}', `{"a":${deep}}`)
  return fc.oneof(
    { weight: 12, arbitrary: body.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: malformed },
  )
}

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

/** All that is required and some of the rest; in half of the bodies one member is wrong. */
function bodyOf(source: Source, members: readonly Member[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const right = structureOf(source, members, 0)
  if (members.length === 0) return right
  const wrong = fc
    .tuple(right, fc.constantFrom(...members), wrongValue)
    .map(([body, { wire }, value]) =>
      value === absent
        ? Object.fromEntries(Object.entries(body).filter(([name]) => name !== wire))
        : { ...body, [wire]: value },
    )
  return fc.oneof(right, wrong)
}

const absent = Symbol('absent')

/** An own member `__proto__`, as JSON.parse makes it. */
const prototyped = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": 1}}') as unknown
const nested = JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as unknown
const huge = 'x'.repeat(1_000_000)

const wrongValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(absent) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      [],
      {},
      [null],
      [[]],
      '\0',
      '\ud800',
      '__proto__',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(prototyped, [prototyped], nested, huge, [huge], { [huge]: 'a' }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

function structureOf(
  source: Source,
  members: readonly Member[],
  depth: number,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const required = members.filter((member) => member.required)
  const rest = members.filter((member) => !member.required)
  return fc.subarray(rest, { maxLength: Math.min(4, rest.length) }).chain((chosen) => {
    const entries = [...required, ...chosen].map((member) => [member.wire, valueOf(source, member, depth)] as const)
    return fc.record(Object.fromEntries(entries))
  })
}

function valueOf(source: Source, { name, type }: Member, depth: number): fc.Arbitrary<unknown> {
  if (name === 'patchOperations') return oddPatch(source.known, source.operationName)
  return typed(source, { name, type }, depth)
}

function typed(source: Source, place: { name: string; type: Type }, depth: number): fc.Arbitrary<unknown> {
  const { name, type } = place
  if (depth > 4) return fc.constant(null)
  switch (type.kind) {
    case 'structure':
      return structureOf(source, type.members, depth + 1)
    case 'list':
      return fc.array(typed(source, { name, type: type.element }, depth + 1), { maxLength: 2 })
    case 'map':
      return fc.dictionary(textOf(source.known, `${name}.key`), typed(source, { name, type: type.value }, depth + 1), {
        maxKeys: 2,
      })
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'timestamp':
      return fc.constantFrom(0, 1, 50, 300, 29_000, -1, 0.5, 1e12)
    case 'document':
      return fc.jsonValue({ maxDepth: 2 })
    default: {
      const words = type.constraints.enum
      if (words === undefined) return textOf(source.known, name)
      return fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...words) },
        { weight: 1, arbitrary: fc.constant('WRONG') },
      )
    }
  }
}

/** `Tags.member.1.Key=a`: the query protocol's form of a value, in whatever shape it is. */
function formOf(value: unknown, path: string): readonly string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each, index) => formOf(each, `${path}.member.${index + 1}`))
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, each]) => formOf(each, path === '' ? name : `${path}.${name}`))
  }
  return [`${encoded(path)}=${encoded(typeof value === 'string' ? value : JSON.stringify(value))}`]
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function authorizationOf(name: ModelName): string {
  const service = { apigatewayv2: 'apigateway', cloudwatch: 'monitoring', apigatewaymanagementapi: 'execute-api' }
  const signingName = Object.hasOwn(service, name) ? service[name as keyof typeof service] : name
  const credential = `Credential=test/20260101/us-east-1/${signingName}/aws4_request`
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=00`
}
