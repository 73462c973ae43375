// Request validators: required parameters, bodies against models. Recorded: REST 24; REST 2.2, 2.3.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { describe, expect, test } from 'vitest'
import type { Call } from '../fixture/plan-call.ts'
import { mockMethod, stageOf } from './stage.ts'

const both = { id: 'v1', validateRequestBody: true, validateRequestParameters: true }

function stage(method: apigateway.Method, models: Readonly<Record<string, object>> = {}, validator = both) {
  return stageOf({
    validator,
    models: Object.entries(models).map(([name, schema]) => ({ name, schema: JSON.stringify(schema) })),
    method: { ...mockMethod('passed'), requestValidatorId: 'v1', ...method },
    gatewayResponses: [
      {
        responseType: 'BAD_REQUEST_BODY',
        responseTemplates: { 'application/json': '$context.error.validationErrorString' },
      },
    ],
  })
}

describe('parameters', () => {
  const requestParameters = {
    'method.request.querystring.qs1': true,
    'method.request.header.x-header-param': true,
    'method.request.path.issuer': true,
    'method.request.header.optional': false,
  }

  test('names what is missing: headers, path, query', async () => {
    const reply = await stage({ requestParameters })()
    expect([reply.status, reply.text, reply.header('x-amzn-errortype')]).toEqual([
      400,
      '{"message": "Missing required request parameters: [x-header-param, issuer, qs1]"}',
      'BadRequestException',
    ])
  })

  test.each([
    ['present', ['x-header-param', '1'], 'qs1=1', undefined],
    ['blank', ['x-header-param', ' '], 'qs1=', '[x-header-param, qs1]'],
    ['in another case', ['X-Header-Param', '1'], 'qs1=1', '[x-header-param]'],
    ['of one hop', ['TE', '1'], 'qs1=1', '[x-header-param]'],
  ])('%s', async (_case, headers, query, missing) => {
    const { 'method.request.path.issuer': _, ...others } = requestParameters
    const reply = await stage({ requestParameters: others })({ headers, query })
    expect(reply.text).toBe(
      missing === undefined ? 'passed' : `{"message": "Missing required request parameters: ${missing}"}`,
    )
  })

  test('without a validator nothing is checked', async () => {
    const { text } = await stage({ requestParameters }, {}, { ...both, id: 'other' })()
    expect(text).toBe('passed')
  })
})

const pet = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  required: ['type', 'price'],
  properties: {
    type: { type: 'string', enum: ['dog', 'cat', 'fish'] },
    price: { type: 'number', minimum: 0, maximum: 500 },
    name: { type: 'string', minLength: 2, pattern: '^[A-Z]', format: 'email' },
    tags: { type: 'array', uniqueItems: true, items: { type: 'string' }, maxItems: 3 },
    nothing: {
      oneOf: [{ type: 'null' }, { $ref: 'https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Owner' }],
    },
  },
}
const owner = { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, friend: { $ref: '#' } } }
const models = {
  Pet: pet,
  Owner: owner,
  List: { type: 'array' },
  Closed: { additionalProperties: false, nullable: true },
}

describe('bodies', () => {
  const call = (body: string, headers: readonly string[] = []): Call => ({ method: 'POST', body, headers })
  const requestModels = { 'application/json': 'Pet', 'text/list': 'List', 'text/closed': 'Closed' }

  test.each([
    ['{"type":"dog","price":1}', undefined],
    ['{"type":"dog","price":1.0,"name":"Rex","tags":["a","b"],"nothing":null,"other":1}', undefined],
    ['{"type":"dog","price":1,"nothing":{"id":1.0,"friend":{"id":2}}}', undefined],
    ['', '[object has missing required properties (["price","type"])]'],
    ['{"type":"dog"}', '[object has missing required properties (["price"])]'],
    [
      '{"type":"bird","price":1}',
      '[instance value ("bird") not found in enum (possible values: ["dog","cat","fish"])]',
    ],
    ['{"type":"dog","price":501}', '[numeric value is greater than the required maximum (maximum: 500, found: 501)]'],
    [
      '{"type":"dog","price":"1"}',
      '[instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])]',
    ],
    ['[]', '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'],
    ['{"type":"dog","price":1,"tags":[{},{}]}', expect.stringContaining('array must not contain duplicate elements')],
    [
      '{"type":"dog","price":1,"name":"x"}',
      '[string "x" is too short (length: 1, required minimum: 2), ECMA 262 regex "^[A-Z]" does not match input string "x"]',
    ],
    [
      '{"type":"dog","price":1,"nothing":{"id":"x"}}',
      '[instance failed to match exactly one schema (matched 0 out of 2)]',
    ],
    ['{"type":', '[invalid JSON]'],
  ])('%s', async (body, problem) => {
    const reply = await stage({ requestModels }, models)(call(body))
    expect([reply.status, reply.text]).toEqual(problem === undefined ? [200, 'passed'] : [400, problem])
    if (typeof problem !== 'string') return
    expect(reply.lines).toContain(
      `Request body does not match model schema for content type application/json: ${problem}`,
    )
  })

  test('a document that is nested deeper than the stack is refused, and not shown', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const reply = await stage({ requestModels: { 'application/json': 'One' } }, { One: { enum: [1] } })(call(deep))
    expect([reply.status, reply.text]).toEqual([
      400,
      '[instance value ([...]) not found in enum (possible values: [1])]',
    ])
  })

  test.each([
    ['a GET without a body', { method: 'GET' }, 400],
    ['a content type with parameters', call('{}', ['Content-Type', 'Application/JSON; charset=utf-8']), 400],
    ['a content type without a model', call('{}', ['Content-Type', 'text/other']), 415],
    ['a list', call('[]', ['Content-Type', 'text/list']), 200],
    ['nothing where a list is wanted', call('', ['Content-Type', 'text/list']), 400],
    ['a property too many', call('{"__proto__":1}', ['Content-Type', 'text/closed']), 400],
    ['null, whatever `nullable` says', call('null', ['Content-Type', 'text/closed']), 200],
  ])('%s', async (_case, sent, expected) => {
    const method = mockMethod('passed')
    const methodIntegration = {
      ...method.methodIntegration,
      passthroughBehavior: 'NEVER',
      requestTemplates: Object.fromEntries(
        ['application/json', 'text/list', 'text/closed'].map((type) => [type, '{"statusCode":200}']),
      ),
    }
    const reply = await stage({ ...method, methodIntegration, requestModels }, models)(sent)
    expect(reply.status).toBe(expected)
  })

  test('$default is the model of every other type; a model that is missing passes', async () => {
    const byDefault = stage({ requestModels: { $default: 'Pet' } }, models)
    expect((await byDefault(call('{}', ['Content-Type', 'text/other']))).status).toBe(400)
  })

  test('the default answer', async () => {
    const method = { ...mockMethod('passed'), requestValidatorId: 'v1', requestModels: { 'application/json': 'Pet' } }
    const reply = await stageOf({ validator: both, models: [{ name: 'Pet', schema: '{"type":"array"}' }], method })()
    expect([reply.status, reply.text, reply.header('x-amzn-errortype')]).toEqual([
      400,
      '{"message": "Invalid request body"}',
      'BadRequestException',
    ])
  })

  test.each([
    ['no JSON', '{'],
    ['a reference to nothing', '{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/None"}'],
    ['a pattern that is none', '{"properties":{"a":{"pattern":"("}}}'],
  ])('a schema with %s is a 500 that says why in the log', async (_case, schema) => {
    const method = { ...mockMethod('passed'), requestValidatorId: 'v1', requestModels: { 'application/json': 'Bad' } }
    const reply = await stageOf({ validator: both, models: [{ name: 'Bad', schema }], method })()
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
    expect(reply.lines.join('\n')).toContain('Invalid model schema specified: ')
  })
})

describe('a schema that would keep the process busy', () => {
  const recursive = { properties: { a: { anyOf: [{ $ref: '#' }, { $ref: '#' }] }, z: { type: 'null' } } }
  const nested = `${'{"a":'.repeat(40)}{"z":1}${'}'.repeat(40)}`
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const many = JSON.stringify(Array.from({ length: 200_000 }, (_, index) => ({ index })))
  const towers = `${'['.repeat(400)}${many.replace(/\{"index":(\d+)\}/g, '"$1"')}${']'.repeat(400)}`
  test.each([
    ['alternatives that recur', { type: 'object', ...recursive }, nested],
    ['a pattern that runs away', { additionalProperties: { pattern: '^(a|aa)+$' } }, `{"a":"${'a'.repeat(50_000)}b"}`],
    ['a list nested deeper than the stack', { items: { $ref: '#' }, type: ['array'] }, deep],
    ['unique items of unique items', { type: ['array', 'string'], uniqueItems: true, items: { $ref: '#' } }, towers],
    ['unique items that are objects', { type: 'array', uniqueItems: true, maxItems: 1 }, many],
  ])('%s', async (_case, schema, body) => {
    const call = stage({ requestModels: { 'application/json': 'Slow' } }, { Slow: schema })
    const startedMs = performance.now()
    const reply = await call({ method: 'POST', body })
    expect(performance.now() - startedMs).toBeLessThan(4_000)
    expect(reply.status).toBe(400)
  })
})
