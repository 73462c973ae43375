// AWS with a Lambda function: the event, the invocation type, the choice by error message. Recorded: REST 27, 31; REST 5.4.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { describe, expect, test } from 'vitest'
import { FunctionFault, type FunctionAnswer, type FunctionCall } from '../../gateway/src/ports/functions.ts'
import type { Call } from '../fixture/plan-call.ts'
import { stageOf } from './stage.ts'

const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:pets'
const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}:\${stageVariables.version}/invocations`

interface Functions {
  readonly calls: FunctionCall[]
  readonly invoke: (call: FunctionCall) => Promise<FunctionAnswer>
}

/** A function that echoes its event, or does what it is told. */
function functions(answer: Partial<FunctionAnswer> | FunctionFault = {}): Functions {
  const calls: FunctionCall[] = []
  return {
    calls,
    invoke: async (call) => {
      calls.push(call)
      if (answer instanceof FunctionFault) throw answer
      const payload = Buffer.from(call.type === 'RequestResponse' ? call.payload : '')
      return { status: 200, payload, executedVersion: '1', requestId: 'r', logTail: '', ...answer }
    },
  }
}

function stage(target: Functions, integration: Partial<apigateway.Integration> = {}) {
  return stageOf({
    invoke: target.invoke,
    variables: { version: 'live' },
    method: {
      methodResponses: { '200': {}, '400': {}, '405': {}, '502': {} },
      methodIntegration: {
        type: 'AWS',
        httpMethod: 'POST',
        uri,
        integrationResponses: { '200': { statusCode: '200' } },
        ...integration,
      },
    },
  })
}

const textOf = (call: FunctionCall | undefined): string => Buffer.from(call?.payload ?? '').toString()

test.each([
  ['', '{}'],
  ['"HelloWorld"', '"HelloWorld"'],
  ['[1, 2]', '[1, 2]'],
])('the body %j is the event %s, and the result the answer', async (body, expected) => {
  const target = functions()
  const reply = await stage(target)({ method: 'POST', body })
  expect([reply.status, reply.text, reply.header('content-type')]).toEqual([200, expected, 'application/json'])
  expect(reply.header('x-amzn-trace-id')).toMatch(/^Root=1-/)
  expect(target.calls).toMatchObject([
    {
      functionArn: `${functionArn}:live`,
      type: 'RequestResponse',
      sourceArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/POST/pets',
      principal: 'apigateway.amazonaws.com',
      timeoutMs: 29_000,
    },
  ])
})

test('a template makes the event', async () => {
  const target = functions()
  const template = `{"name": "$input.params('name')", "body": $input.json('$')}`
  const call: Call = { query: 'name=Rex&Signature=1', body: '{"a": 1}' }
  await stage(target, { requestTemplates: { 'application/json': template } })(call)
  expect(textOf(target.calls[0])).toBe('{"name": "Rex", "body": {"a":1}}')
})

test('an event that is no JSON is refused as Lambda refuses it, through the default response', async () => {
  const target = functions()
  const reply = await stage(target)({ method: 'POST', body: '{a' })
  expect(target.calls).toEqual([])
  expect(reply.status).toBe(200)
  expect(JSON.parse(reply.text)).toMatchObject({
    Type: 'User',
    message: expect.stringContaining('Could not parse request body into json: '),
  })
})

describe('X-Amz-Invocation-Type', () => {
  const parameter = 'integration.request.header.X-Amz-Invocation-Type'
  test.each([
    ['Event', 202],
    ['DryRun', 204],
  ])('%s: the status of the default response, without a body', async (type, status) => {
    const target = functions({ status })
    const integration = { requestParameters: { [parameter]: 'method.request.header.InvocationType' } }
    const reply = await stage(target, integration)({ headers: ['InvocationType', type], body: '{}' })
    expect([reply.status, reply.text]).toEqual([200, ''])
    expect(target.calls[0]?.type).toBe(type)
  })

  test('that is none is a 500; a missing one is the default', async () => {
    const target = functions()
    const wrong = await stage(target, { requestParameters: { [parameter]: "'Later'" } })()
    expect(wrong.status).toBe(500)
    await stage(target, { requestParameters: { [parameter]: 'method.request.header.None' } })()
    expect(target.calls.map(({ type }) => type)).toEqual(['RequestResponse'])
  })
})

describe('the choice of the response', () => {
  const integrationResponses = {
    '200': { statusCode: '200' },
    '400': { statusCode: '400', selectionPattern: '200' },
    '405': { statusCode: '405', selectionPattern: '.*four hundred.*' },
    '502': { statusCode: '502', selectionPattern: '.+' },
  }
  const failing = (errorMessage: string) =>
    functions({
      functionError: 'Unhandled',
      payload: Buffer.from(JSON.stringify({ errorMessage, errorType: 'Error', stackTrace: [] })),
    })

  test.each([
    ['four hundred it is', 405],
    ['else', 502],
    ['two\nlines', 200],
    ['200', 400],
  ])('errorMessage %j gives %i, and the error object passes', async (errorMessage, expected) => {
    const reply = await stage(failing(errorMessage), { integrationResponses })()
    expect(reply.status).toBe(expected)
    expect(JSON.parse(reply.text)).toEqual({ errorMessage, errorType: 'Error', stackTrace: [] })
  })

  test('a result that is no failure has no error message: the default, unless a pattern fits nothing at all', async () => {
    const target = functions({ payload: Buffer.from('{"errorMessage":"four hundred"}') })
    expect((await stage(target, { integrationResponses })()).status).toBe(200)
    const any = { ...integrationResponses, '502': { statusCode: '502', selectionPattern: '.*' } }
    expect((await stage(target, { integrationResponses: any })()).status).toBe(502)
  })

  test('a header may come out of an error message that is JSON itself', async () => {
    const target = failing('{"trace":{"id":"t-1"}}')
    const responseParameters = { 'method.response.header.T': 'integration.response.body.errorMessage.trace.id' }
    const reply = await stage(target, { integrationResponses: { '200': { statusCode: '200', responseParameters } } })()
    expect(reply.header('t')).toBe('t-1')
  })
})

describe('what fails', () => {
  test.each([
    ['throttled', 429, 500, '{"message": "Internal server error"}'],
    ['denied', 403, 500, '{"message": "Internal server error"}'],
    ['timeout', 0, 504, '{"message": "Endpoint request timed out"}'],
  ] as const)('a call that is %s', async (reason, status, expected, body) => {
    const target = functions(new FunctionFault(reason, { status, code: 'X', message: reason }))
    const reply = await stage(target)()
    expect([reply.status, reply.text]).toEqual([expected, body])
  })

  test('another verb than POST, a header that may not be mapped', async () => {
    const target = functions()
    expect((await stage(target, { httpMethod: 'GET' })()).status).toBe(500)
    const requestParameters = { 'integration.request.header.TE': "'trailers'" }
    expect((await stage(target, { requestParameters })()).status).toBe(500)
    expect((await stage(target, { type: 'AWS_PROXY', requestParameters })()).status).toBe(500)
    expect(target.calls).toEqual([])
  })
})
