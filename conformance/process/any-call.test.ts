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
  readonly required?: readonly string[]
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
/** Names of things that exist, by the member or label that names them in lower case without its joints. */
let existing: ReadonlyMap<string, string> = new Map()

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
  const { RouteId, IntegrationId } = await addRoute(http, httpId, 'GET /a', proxyTo('http://127.0.0.1:8080'))
  await createNodeFunction(lambda, 'any', 'exports.handler = async () => 1')
  existing = new Map(
    Object.entries({
      restapiid: restId,
      resourceid: resourceId,
      parentid: resourceId,
      deploymentid: deploymentId,
      httpmethod: 'GET',
      statuscode: '200',
      stagename: 'prod',
      modelname: 'Empty',
      apiid: httpId,
      routeid: RouteId,
      integrationid: IntegrationId,
      functionname: 'any',
      target: `integrations/${IntegrationId}`,
    }),
  )
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

/** Mostly what is called by this name, sometimes some other name, sometimes anything. */
function textFor(name: string): fc.Arbitrary<string> {
  const key = name.replace(/[^A-Za-z]/g, '').toLowerCase()
  const other = fc.nat(100).map((index) => [...existing.values()][index % existing.size] ?? '')
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constant(0).chain(() => (existing.has(key) ? fc.constant(existing.get(key) ?? '') : other)),
    },
    { weight: 1, arbitrary: other },
    { weight: 1, arbitrary: oddText },
  )
}

const anyJson = fc.jsonValue({ maxDepth: 2 })

/** Values of a shape: mostly of its type, sometimes anything. */
function valueOf(model: Model, { shape: shapeName, name = '' }: Place, depth: number): fc.Arbitrary<unknown> {
  const shape = model.shapes[shapeName] ?? { type: 'string' }
  return fc.oneof({ weight: 30, arbitrary: typed(model, { shape, name }, depth) }, { weight: 1, arbitrary: anyJson })
}

/** A value's shape, and the member that holds it. */
interface Place {
  readonly shape: string
  readonly name?: string
}

function typed(model: Model, { shape, name }: { shape: Shape; name: string }, depth: number): fc.Arbitrary<unknown> {
  if (depth > 4) return fc.constant(null)
  const inner = (member: Member | undefined): fc.Arbitrary<unknown> =>
    valueOf(model, { shape: member?.shape ?? '' }, depth + 1)
  switch (shape.type) {
    case 'structure':
      return fc.record(membersOf(model, shape, depth), { requiredKeys: requiredOf(shape) })
    case 'list':
      return fc.array(inner(shape.member), { maxLength: 2 })
    case 'map':
      return fc.dictionary(textFor(''), inner(shape.value), { maxKeys: 2 })
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'long':
    case 'double':
    case 'timestamp':
      return fc.constantFrom(-1, 0, 1, 50, 29_000, 1e12, 0.5)
    default:
      return shape.enum === undefined ? textFor(name) : fc.constantFrom(...shape.enum)
  }
}

function membersOf(model: Model, shape: Shape, depth: number): Record<string, fc.Arbitrary<unknown>> {
  const entries = Object.entries(shape.members ?? {}).map(([name, member]): [string, fc.Arbitrary<unknown>] => [
    member.locationName ?? name,
    valueOf(model, { shape: member.shape, name }, depth + 1),
  ])
  return Object.fromEntries(entries)
}

function requiredOf({ required = [], members = {} }: Shape): string[] {
  return required.map((name) => members[name]?.locationName ?? name)
}

/** One call: method, path with query, body. */
function callTo(
  model: Model,
  { http, input }: Operation,
): fc.Arbitrary<{ method: string; path: string; body: string }> {
  const shape = model.shapes[input?.shape ?? ''] ?? { type: 'structure' }
  const members = Object.entries(shape.members ?? {})
  const queries = members.filter(([, { location }]) => location === 'querystring')
  const inBody = Object.fromEntries(members.filter(([, { location }]) => location === undefined))
  const body: Shape = {
    ...shape,
    members: inBody,
    required: (shape.required ?? []).filter((name) => Object.hasOwn(inBody, name)),
  }
  const labels = http.requestUri.match(/\{[^}]+\}/g) ?? []
  return fc
    .record({
      labels: fc.tuple(...labels.map(textFor)),
      query: fc.tuple(...queries.map(([name]) => fc.option(textFor(name)))),
      body: typed(model, { shape: body, name: '' }, 0),
    })
    .map(({ labels: values, query, body }) => {
      const labelled = values[Symbol.iterator]()
      const path = http.requestUri.replace(/\{[^}]+\}/g, () => encoded(labelled.next().value ?? ''))
      const pairs = query.flatMap((value, index) => {
        const query = queries[index]
        return value === null || query === undefined ? [] : [`${query[1].locationName ?? query[0]}=${encoded(value)}`]
      })
      return {
        method: http.method,
        path: `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`,
        body: JSON.stringify(body),
      }
    })
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

const files = ['apigateway-2015-07-09.json', 'apigatewayv2-2018-11-29.json', 'lambda-2015-03-31.json']

test.for(files)('%s: no call of any operation ends in a failure of ours', { timeout: 60_000 }, async (file) => {
  const model = readModel(file)
  // What exists shall stay, and a function would really run.
  const operations = Object.values(model.operations).filter(
    ({ name }) => !/^(?:Delete(?:RestApi|Resource|Method|Stage|Api|Route|Integration|Function)|Invoke.*)$/.test(name),
  )
  const anyCall = fc
    .constantFrom(...operations)
    .chain((operation) => callTo(model, operation).map((call) => ({ ...call, name: operation.name })))
  await fc.assert(
    fc.asyncProperty(anyCall, async ({ name, method, path, body }) => {
      const logged = sluice.stderr()
      const hasBody = method !== 'GET' && method !== 'DELETE'
      const call = { method, headers: { 'content-type': 'application/json' }, ...(hasBody ? { body } : {}) }
      const reply = await send(new URL(path, sluice.url), '127.0.0.1', call)
      if (reply.status !== 501) expect(reply.status, `${name}: ${reply.text}`).toBeLessThan(500)
      expect(sluice.stderr().slice(logged.length), `${name} logged a failure`).toBe('')
    }),
    { numRuns: 600 },
  )
})
