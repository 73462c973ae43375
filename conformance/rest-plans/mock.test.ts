// MOCK: what names a status, and which integration response answers. Recorded: REST 27, 28.
import { describe, expect, test } from 'vitest'
import { mockMethod, stageOf } from './stage.ts'

describe('the statusCode of a request template', () => {
  test.each([
    ['{"statusCode": 200}', 200],
    ['{statusCode: 200}', 200],
    ['{ statusCode: 200 }', 200],
    [`{'statusCode': 200}`, 200],
    ['{"statusCode": 200 , }', 200],
    ['{"statusCode": 200 ,, }', 200],
    [`{statusCode: 200, "value": 'goog'}`, 200],
    ['{"a": {"statusCode": 404}, "statusCode": 200, "b": [1, {"c": null}]}', 200],
    ['\n  {"statusCode": 200}\n', 200],
    ['statusCode: 200', 500],
    [`{"statusCode': 200}`, 500],
    ['{"statusCode": "200"}', 500],
    ['{"statusCode": 200.5}', 500],
    ['{"statusCode": 200', 500],
    ['{"statusCode": 200} x', 500],
    ['{"other": 200}', 500],
    ['{"statusCode": 200abc}', 500],
    ['[200]', 500],
    ['', 500],
    ['['.repeat(200_000), 500],
  ])('%s gives %i', async (template, expected) => {
    const reply = await stageOf({ method: mockMethod('ok', template) })()
    expect(reply.status).toBe(expected)
    if (expected !== 500) return
    expect(reply.text).toBe('{"message": "Internal server error"}')
    expect(reply.lines).toContain(
      'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.',
    )
  })

  test('without a template the body itself names it', async () => {
    const call = stageOf({
      method: {
        methodResponses: { '200': {} },
        methodIntegration: { type: 'MOCK', integrationResponses: { '200': { statusCode: '200' } } },
      },
    })
    expect((await call({ method: 'POST', body: '{"statusCode": 200}' })).status).toBe(200)
    expect((await call({ method: 'OPTIONS' })).status).toBe(500)
  })
})

describe('selection', () => {
  const responses = {
    '200': { statusCode: '200' },
    '400': { statusCode: '400', selectionPattern: String.raw`4\d{2}` },
    '405': { statusCode: '405', selectionPattern: '4.5' },
    '500': { statusCode: '500', selectionPattern: '50' },
    '502': { statusCode: '502', selectionPattern: '502' },
  }
  const selecting = (status: number, others: Readonly<Record<string, object>> = {}) =>
    stageOf({
      method: {
        methodResponses: { '200': {}, '400': {}, '405': {}, '500': {} },
        methodIntegration: {
          type: 'MOCK',
          requestTemplates: { 'application/json': `{"statusCode": ${status}}` },
          integrationResponses: { ...responses, ...others },
        },
      },
    })()

  test.each([
    ['no pattern matches', 299, 200],
    ['a pattern matches', 404, 400],
    ['several match: the lowest status', 405, 400],
    ['a pattern matches only a part', 500, 200],
    ['no such method response', 502, 500],
  ])('%s', async (_case, status, expected) => {
    expect((await selecting(status)).status).toBe(expected)
  })

  test('says why a status has no response', async () => {
    expect((await selecting(502)).lines).toContain(
      'Execution failed due to configuration error: Output mapping refers to an invalid method response: 502',
    )
    const { lines, status, text, headers } = await selecting(299, {
      '200': { statusCode: '200', selectionPattern: '200' },
    })
    expect([status, text]).toEqual([500, '{"message": "Internal server error"}'])
    expect(headers.slice(0, 4)).toEqual([
      'Content-Type',
      'application/json',
      'x-amzn-ErrorType',
      'InternalServerErrorException',
    ])
    expect(lines).toContain(
      'Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 299',
    )
  })

  test('a pattern that is none is a 500, and one that runs away ends', async () => {
    expect((await selecting(299, { '200': { statusCode: '200', selectionPattern: '(' } })).status).toBe(500)
    expect((await selecting(299, { '400': { statusCode: '400', selectionPattern: '(2|9)*(?=x)' } })).status).toBe(200)
  })
})

test('a status that is no final one is a 500: the client would wait for another answer', async () => {
  const { methodIntegration } = mockMethod('')
  const call = stageOf({
    method: {
      methodResponses: { '100': { statusCode: '100' } },
      methodIntegration: { ...methodIntegration, integrationResponses: { '100': { statusCode: '100' } } },
    },
  })
  expect((await call()).status).toBe(500)
})

test('a template under no media type is sent as one that HTTP can carry', async () => {
  const { methodIntegration, ...method } = mockMethod('')
  const responseTemplates = { '世/界': 'hello' }
  const call = stageOf({
    method: {
      ...method,
      methodIntegration: {
        ...methodIntegration,
        integrationResponses: { '200': { statusCode: '200', responseTemplates } },
      },
    },
  })
  expect((await call()).header('content-type')).toBe(Buffer.from('世/界').toString('latin1'))
})

test('an answer of a mock: content type, no body, no trace id even if the client sent one', async () => {
  const { methodIntegration, ...method } = mockMethod('')
  const integrationResponses = { '200': { statusCode: '200' } }
  const call = stageOf({ method: { ...method, methodIntegration: { ...methodIntegration, integrationResponses } } })
  const reply = await call({ headers: ['X-Amzn-Trace-Id', 'Root=1-5759e988-bd862e3fe1be46a994272793'] })
  expect([reply.status, reply.text]).toEqual([200, ''])
  expect(reply.headers).toEqual([
    'Content-Type',
    'application/json',
    'x-amzn-RequestId',
    '11111111-2222-4333-8444-555555555555',
    'x-amz-apigw-id',
    'KtF82HGdliAFjxw=',
  ])
})

test('a preflight of an API whose binary types are */* needs CONVERT_TO_TEXT', async () => {
  const method = mockMethod('ok')
  const binaryMediaTypes = ['*/*']
  const plain = await stageOf({ method, binaryMediaTypes })({ method: 'OPTIONS' })
  expect(plain.status).toBe(500)
  const methodIntegration = { ...method.methodIntegration, contentHandling: 'CONVERT_TO_TEXT' as const }
  const converted = await stageOf({ method: { ...method, methodIntegration }, binaryMediaTypes })({ method: 'OPTIONS' })
  expect([converted.status, converted.text]).toEqual([200, 'ok'])
})

describe('which request template', () => {
  const templates = { 'application/json': '{"statusCode": 200}', 'text/xml': '{"statusCode": 201}' }
  const some = { ...templates, $default: '{"statusCode": 202}' }
  const integrationResponses = Object.fromEntries(
    ['200', '201', '202', '203'].map((status) => [status, { statusCode: status, selectionPattern: status }]),
  )
  test.for([
    ['none', {}, 'text/css', 'WHEN_NO_MATCH', 203],
    ['none', {}, 'text/css', 'WHEN_NO_TEMPLATES', 203],
    ['none', {}, 'text/css', 'NEVER', 415],
    ['some, matching', templates, 'Text/XML; charset=x', 'WHEN_NO_MATCH', 201],
    ['some, matching', templates, 'text/xml', 'WHEN_NO_TEMPLATES', 201],
    ['some, matching', templates, 'text/xml', 'NEVER', 201],
    ['some, no match', templates, 'text/css', 'WHEN_NO_MATCH', 203],
    ['some, no match', templates, 'text/css', 'WHEN_NO_TEMPLATES', 415],
    ['some, no match', templates, 'text/css', 'NEVER', 415],
    ['$default', some, 'text/css', 'NEVER', 202],
    ['no content type', templates, undefined, 'NEVER', 200],
    ['none, no content type', {}, undefined, 'NEVER', 415],
  ] as const)(
    'templates: %s; %j, %s, %s gives %i',
    async ([_case, requestTemplates, type, passthroughBehavior, expected]) => {
      const reply = await stageOf({
        method: {
          methodResponses: integrationResponses,
          methodIntegration: { type: 'MOCK', requestTemplates, passthroughBehavior, integrationResponses },
        },
      })({ method: 'POST', body: '{"statusCode": 203}', headers: type === undefined ? [] : ['content-type', type] })
      expect(reply.status).toBe(expected)
      if (expected !== 415) return
      expect(reply.text).toBe('{"message": "Unsupported Media Type"}')
      expect(reply.header('x-amzn-errortype')).toBe('BadRequestException')
    },
  )
})

describe('which response template', () => {
  const answer = async (responseTemplates: Record<string, string>, accept?: string) => {
    const method = mockMethod('')
    const integrationResponses = { '200': { statusCode: '200', responseTemplates } }
    const reply = await stageOf({
      method: { ...method, methodIntegration: { ...method.methodIntegration, integrationResponses } },
    })({
      headers: accept === undefined ? [] : ['Accept', accept],
    })
    return [reply.header('content-type'), reply.text]
  }
  const both = { 'text/html': '<p>', 'application/json': '{}' }

  test.for([
    ['no Accept', both, undefined, 'application/json', '{}'],
    ['its key', both, 'text/html, application/json', 'text/html', '<p>'],
    ['another', both, 'image/png', 'application/json', '{}'],
    ['the first, without JSON', { 'text/html': '<p>', 'text/css': 'x' }, 'image/png', 'text/html', '<p>'],
    ['none', {}, 'text/html', 'application/json', ''],
    ['empty JSON: the body passes', { 'application/json': '' }, undefined, 'application/json', ''],
  ] as const)('%s', async ([_case, templates, accept, ...expected]) => {
    expect(await answer(templates, accept)).toEqual(expected)
  })
})
