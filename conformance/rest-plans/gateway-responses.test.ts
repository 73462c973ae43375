// Customised gateway responses: which one, its status, headers and body. REST 6.7, 7.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { describe, expect, test } from 'vitest'
import { invocationUri } from '../fixture/functions.ts'
import type { Call } from '../fixture/plan-call.ts'
import { mockMethod, stageOf } from './stage.ts'

const failing = mockMethod('ok', '{}')

function answer(gatewayResponses: readonly apigateway.GatewayResponse[], call: Call = {}, method = failing) {
  return stageOf({ method, gatewayResponses, path: '/pets/{id}', variables: { color: 'red' } })({
    path: '/pets/7',
    ...call,
  })
}

describe('which one', () => {
  const own = { responseType: 'API_CONFIGURATION_ERROR', statusCode: '510' } as const
  const server = { responseType: 'DEFAULT_5XX', statusCode: '555' } as const
  const client = { responseType: 'DEFAULT_4XX', statusCode: '444' } as const

  test.each([
    ['nothing customised', [], 500],
    ['its own type', [server, own], 510],
    ['the default of its class', [server, client], 555],
    ['the default of the other class only', [client], 500],
    ['a default without a status', [{ responseType: 'DEFAULT_5XX' }], 500],
  ] as const)('%s', async (_case, responses, status) => {
    expect((await answer(responses)).status).toBe(status)
  })

  test('an unmatched route has the default of its class too, without a method to speak of', async () => {
    const template = { 'application/json': '$context.error.responseType|$context.resourcePath|$context.httpMethod' }
    const responses = [{ ...client, responseTemplates: template }]
    const reply = await answer(responses, { path: '/nowhere' })
    expect([reply.status, reply.text]).toEqual([444, 'MISSING_AUTHENTICATION_TOKEN||GET'])
  })

  test('a Lambda integration with another verb than POST stays 500 when its type is customised without a status', async () => {
    const uri = invocationUri('arn:aws:lambda:us-east-1:000000000000:function:f')
    const method = { methodIntegration: { type: 'AWS_PROXY' as const, httpMethod: 'GET', uri } }
    const reply = await answer([{ responseType: 'INTEGRATION_FAILURE' }], {}, method)
    expect([reply.status, reply.text]).toEqual([500, '{"message":"Internal server error"}'])
  })
})

test('headers come from literals, the request, the context and stage variables; a missing one is left out', async () => {
  const reply = await answer(
    [
      {
        responseType: 'DEFAULT_5XX',
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.Path': 'method.request.path.id',
          'gatewayresponse.header.Query': 'method.request.querystring.q',
          'gatewayresponse.header.Own': 'method.request.header.X-Own',
          'gatewayresponse.header.Request': 'context.requestId',
          'gatewayresponse.header.Color': 'stageVariables.color',
          'gatewayresponse.header.None': 'method.request.header.none',
          'gatewayresponse.header.x-amzn-ErrorType': "'Mine'",
          'gatewayresponse.querystring.a': "'no effect'",
        },
      },
    ],
    { query: 'q=a%0d%0ab', headers: ['X-Own', 'own'] },
  )
  expect(reply.headers).toEqual([
    'Content-Type',
    'application/json',
    'Access-Control-Allow-Origin',
    '*',
    'Path',
    '7',
    'Query',
    'a  b',
    'Own',
    'own',
    'Request',
    '11111111-2222-4333-8444-555555555555',
    'Color',
    'red',
    'x-amzn-ErrorType',
    'Mine',
    'x-amzn-RequestId',
    '11111111-2222-4333-8444-555555555555',
    'x-amz-apigw-id',
    'KtF82HGdliAFjxw=',
  ])
  expect(reply.text).toBe('{"message":"Internal server error"}')
})

test('a status that is no final one is none', async () => {
  expect((await answer([{ responseType: 'DEFAULT_5XX', statusCode: '100' }])).status).toBe(500)
})

test('headers that frame the answer are not for a response to set', async () => {
  const framing = ['Content-Length', 'Transfer-Encoding', 'Connection', 'Trailer', 'Upgrade', 'Keep-Alive']
  const reply = await answer([
    {
      responseType: 'DEFAULT_5XX',
      responseParameters: {
        ...Object.fromEntries(framing.map((name) => [`gatewayresponse.header.${name}`, "'chunked'"])),
        'gatewayresponse.header.WWW-Authenticate': "'Basic'",
      },
    },
  ])
  expect(framing.filter((name) => reply.headers.includes(name))).toEqual([])
  expect(reply.header('www-authenticate')).toBe('Basic')
})

test('a template under no media type is sent as one that HTTP can carry', async () => {
  const reply = await answer([{ responseType: 'DEFAULT_5XX', responseTemplates: { 'text/html\r\nX-A: 1': 'sorry' } }])
  expect([reply.header('content-type'), reply.text]).toEqual(['text/html  X-A: 1', 'sorry'])
})

describe('templates', () => {
  const body = async (template: string, call: Call = {}) =>
    (await answer([{ responseType: 'DEFAULT_5XX', responseTemplates: { 'application/json': template } }], call)).text

  test.each([
    ['{"message":$context.error.messageString}', '{"message":"Internal server error"}'],
    ['$context.error.message.', 'Internal server error.'],
    ['${context.stage}/$stageVariables.color/$stageVariables.none', 'prod/red/'],
    ['$method.request.path.id $method.request.querystring.q $method.request.header.X-Own', '7 a b own'],
    ['$context.none$context.requestTimeEpoch', '1795158785000'],
    ['$context.identity.userArn', ''],
    ['#if(true)$input.body#end $5 $$', '#if(true)$input.body#end $5 $$'],
  ])('%s', async (template, expected) => {
    expect(await body(template, { query: 'q=a+b', headers: ['X-Own', 'own'] })).toBe(expected)
  })

  const responseTemplates = { 'text/html': '<p>', 'application/json': '{}', 'text/css': 'x' }
  test.each([
    [responseTemplates, 'Text/CSS;q=1, text/html', 'text/css', 'x'],
    [responseTemplates, 'image/png', 'application/json', '{}'],
    [responseTemplates, undefined, 'application/json', '{}'],
    [{ 'text/html': '<p>', 'text/css': 'x' }, 'image/png', 'text/html', '<p>'],
  ])('%j for Accept: %s', async (templates, accept, contentType, text) => {
    const headers = accept === undefined ? [] : ['Accept', accept]
    const reply = await answer([{ responseType: 'DEFAULT_5XX', responseTemplates: templates }], { headers })
    expect([reply.header('content-type'), reply.text]).toEqual([contentType, text])
  })
})
