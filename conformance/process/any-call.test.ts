// Calls made up from AWS's own models, half right and half wrong, about things that exist: never a failure of ours.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

interface Member {
  readonly shape: string
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  readonly locationName?: string
}

interface Shape {
  readonly type: string
  readonly members?: Readonly<Record<string, Member>>
  readonly payload?: string
  readonly enum?: readonly string[]
  readonly member?: Member
  readonly value?: Member
}

interface Operation {
  readonly name: string
  readonly http: { readonly method: string; readonly requestUri: string }
  readonly input?: { readonly shape: string }
}

interface Model {
  readonly operations: Readonly<Record<string, Operation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const folder = join(import.meta.dirname, '..', '..', 'models')
const readModel = (file: string): Model => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Model

let sluice: RunningSluice
/** Names of things that exist, from which calls pick. */
let existing: string[]

beforeAll(async () => {
  sluice = await startSluice(['dev', '--log-level', 'error'])
  const { rest, http, lambda } = clientsOf(sluice.url)
  const restId = await createRestApi(rest, 'any')
  const { resourceId } = await putMethod(rest, restId, '/a', {
    integration: { type: 'MOCK' },
    responses: [{ statusCode: '200' }],
  })
  const deploymentId = await deploy(rest, restId, 'prod')
  const httpId = await createHttpApi(http, 'any')
  const { RouteId, IntegrationId } = await addRoute(http, httpId, 'GET /a', proxyTo('http://127.0.0.1:9'))
  await createNodeFunction(lambda, 'any', 'exports.handler = async () => 1')
  existing = [restId, resourceId, deploymentId, httpId, RouteId, IntegrationId, 'prod', '$default', 'GET', '200', 'any']
})

afterAll(async () => {
  expect(await sluice.stop()).toEqual({ code: 0, signal: null })
})

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '/',
    '__proto__',
    'constructor',
    '*',
    '${x}',
    '$request.body',
    '/name',
    '/variables/a',
    '{a}',
    '{a+}',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constant('x'.repeat(3000)),
)
const anyText = fc.oneof(
  fc.nat(10).map((index) => existing[index] ?? ''),
  oddText,
)
const anyJson = fc.jsonValue({ maxDepth: 2 })

/** Values of a shape: mostly of its type, sometimes anything. */
function valueOf(model: Model, name: string, depth = 0): fc.Arbitrary<unknown> {
  const shape = model.shapes[name] ?? { type: 'string' }
  return fc.oneof({ weight: 9, arbitrary: typed(model, shape, depth) }, { weight: 1, arbitrary: anyJson })
}

function typed(model: Model, shape: Shape, depth: number): fc.Arbitrary<unknown> {
  if (depth > 4) return fc.constant(null)
  const inner = (member: Member | undefined): fc.Arbitrary<unknown> => valueOf(model, member?.shape ?? '', depth + 1)
  switch (shape.type) {
    case 'structure':
      return fc.record(membersOf(model, shape, depth), { requiredKeys: [] })
    case 'list':
      return fc.array(inner(shape.member), { maxLength: 2 })
    case 'map':
      return fc.dictionary(anyText, inner(shape.value), { maxKeys: 2 })
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'long':
    case 'double':
    case 'timestamp':
      return fc.constantFrom(-1, 0, 1, 50, 29_000, 1e12, 0.5)
    default:
      return shape.enum === undefined ? anyText : fc.constantFrom(...shape.enum)
  }
}

function membersOf(model: Model, shape: Shape, depth: number): Record<string, fc.Arbitrary<unknown>> {
  const entries = Object.entries(shape.members ?? {}).map(([name, member]): [string, fc.Arbitrary<unknown>] => [
    member.locationName ?? name,
    valueOf(model, member.shape, depth + 1),
  ])
  return Object.fromEntries(entries)
}

/** One call: method, path with query, body. */
function callTo(
  model: Model,
  { http, input }: Operation,
): fc.Arbitrary<{ method: string; path: string; body: string }> {
  const shape = model.shapes[input?.shape ?? ''] ?? { type: 'structure' }
  const queries = Object.values(shape.members ?? {}).filter(({ location }) => location === 'querystring')
  const labels = http.requestUri.match(/\{[^}]+\}/g) ?? []
  const body = {
    ...shape,
    members: Object.fromEntries(
      Object.entries(shape.members ?? {}).filter(([, { location }]) => location === undefined),
    ),
  }
  return fc
    .record({
      labels: fc.tuple(
        ...labels.map(() =>
          fc.oneof({ weight: 4, arbitrary: fc.nat(10).map((index) => existing[index] ?? '') }, oddText),
        ),
      ),
      query: fc.tuple(...queries.map(() => fc.option(anyText))),
      body: typed(model, body, 0),
    })
    .map(({ labels: values, query, body }) => {
      let index = 0
      const path = http.requestUri.replace(/\{[^}]+\}/g, () =>
        encodeURIComponent((values[index++] ?? '').toWellFormed()),
      )
      const pairs = query.map((value, at) =>
        value === null ? '' : `${queries[at]?.locationName ?? 'q'}=${encodeURIComponent(value.toWellFormed())}`,
      )
      return {
        method: http.method,
        path: `${path}${path.includes('?') ? '&' : '?'}${pairs.filter(Boolean).join('&')}`,
        body: JSON.stringify(body),
      }
    })
}

test.for([
  ['apigateway', 'apigateway-2015-07-09.json'],
  ['apigatewayv2', 'apigatewayv2-2018-11-29.json'],
  ['lambda', 'lambda-2015-03-31.json'],
] as const)(
  '%s: no call of any operation ends in a failure of ours',
  async ([, file]) => {
    const model = readModel(file)
    // What exists shall stay, and a function would really run.
    const operations = Object.values(model.operations).filter(
      ({ name }) => !/^(?:Delete(?:RestApi|Api|Function)|Invoke.*)$/.test(name),
    )
    const anyCall = fc
      .constantFrom(...operations)
      .chain((operation) => callTo(model, operation).map((call) => ({ ...call, name: operation.name })))
    await fc.assert(
      fc.asyncProperty(anyCall, async ({ name, method, path, body }) => {
        const hasBody = method !== 'GET' && method !== 'DELETE'
        const call = { method, headers: { 'content-type': 'application/json' }, ...(hasBody ? { body } : {}) }
        const reply = await send(new URL(path, sluice.url), '127.0.0.1', call)
        if (reply.status !== 501) expect(reply.status, `${name}: ${reply.text}`).toBeLessThan(500)
        expect(sluice.stderr()).toBe('')
      }),
      { numRuns: 600 },
    )
  },
  60_000,
)
