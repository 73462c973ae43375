// AWS with other services than Lambda: what goes out, and what comes back. Recorded: REST 33.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import type { Call } from '../fixture/plan-call.ts'
import { stageOf } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => backend.answer({ headers: ['Content-Type', 'application/json'], body: '{}' }))
afterAll(() => backend.close())

function stage(integration: Partial<apigateway.Integration>, response: apigateway.IntegrationResponse = {}) {
  return stageOf({
    path: '/{proxy+}',
    variables: { queue: 'orders' },
    awsEndpoints: { DYNAMODB: backend.url, S3: backend.url, SQS: backend.url, SSM: backend.url },
    method: {
      methodResponses: { '200': {}, '404': {} },
      methodIntegration: {
        type: 'AWS',
        httpMethod: 'POST',
        integrationResponses: { '200': { statusCode: '200', ...response } },
        ...integration,
      },
    },
  })
}

function headersSeen(): Record<string, string> {
  const { headers } = backend.seen()
  const pairs: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2) {
    pairs[(headers[index] ?? '').toLowerCase()] = headers[index + 1] ?? ''
  }
  return pairs
}

const call: Call = {
  method: 'POST',
  path: '/a/b',
  headers: ['Content-Type', 'application/json', 'Accept', 'text/html'],
}

test('a DynamoDB action: target header, JSON type, signature, and the service’s JSON back', async () => {
  const reply = await stage({
    uri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
    requestTemplates: { 'application/json': '{"TableName": "pets", "Item": {"id": {"S": "$input.path(\'$.id\')"}}}' },
  })({ ...call, body: '{"id": "7"}' })
  expect([reply.status, reply.text, reply.header('content-type')]).toEqual([200, '{}', 'application/json'])
  expect(reply.header('x-amzn-trace-id')).toMatch(/^Root=1-/)
  const { method, url, body } = backend.seen()
  expect([method, url, body.toString()]).toEqual(['POST', '/', '{"TableName": "pets", "Item": {"id": {"S": "7"}}}'])
  expect(headersSeen()).toMatchObject({
    'x-amz-target': 'DynamoDB_20120810.PutItem',
    'content-type': 'application/x-amz-json-1.0',
    accept: 'application/json',
    'user-agent': 'AmazonAPIGateway_a1b2c3d4e5',
    'x-amz-date': '20261120T071305Z',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261120\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=/,
    ),
  })
})

test('an SQS path with a form body; a stage variable in the URI', async () => {
  await stage({
    uri: 'arn:aws:apigateway:eu-west-1:sqs:path/123456789012/${stageVariables.queue}',
    requestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
    requestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$input.body' },
  })(call)
  const { url, body } = backend.seen()
  expect([url, body.toString()]).toEqual(['/123456789012/orders', 'Action=SendMessage&MessageBody={}'])
  expect(headersSeen()['content-type']).toBe('application/x-www-form-urlencoded')
})

test('an S3 path from a greedy path variable, with the client’s verb; a header back by mapping', async () => {
  backend.answer({ headers: ['ETag', '"e"', 'Content-Type', 'application/xml'], body: '<Error/>' })
  const reply = await stage(
    {
      httpMethod: 'ANY',
      uri: 'arn:aws:apigateway:eu-west-1:s3:path/bucket/{key}',
      requestParameters: { 'integration.request.path.key': 'method.request.path.proxy' },
    },
    { responseParameters: { 'method.response.header.ETag': 'integration.response.header.ETag' } },
  )({ ...call, method: 'GET' })
  expect([reply.status, reply.text, reply.header('etag')]).toEqual([200, '<Error/>', '"e"'])
  const { method, url, body } = backend.seen()
  expect([method, url, body.length]).toEqual(['GET', '/bucket/a/b', 0])
  expect(headersSeen()).not.toHaveProperty('content-type')
})

test('an action of another service goes into the query, with mapped parameters', async () => {
  await stage({
    uri: 'arn:aws:apigateway:eu-west-1:ssm:action/GetParameter&WithDecryption=true',
    requestParameters: { 'integration.request.querystring.Name': "'a/b'" },
  })(call)
  expect(backend.seen().url).toBe('/?Action=GetParameter&WithDecryption=true&Name=a%2Fb')
})

test('the status of the service chooses the response', async () => {
  backend.answer({ status: 404, body: 'none' })
  const integrationResponses = { '200': { statusCode: '200' }, '404': { statusCode: '404', selectionPattern: '4..' } }
  const uri = 'arn:aws:apigateway:eu-west-1:s3:path/b/k'
  expect((await stage({ uri, integrationResponses })(call)).status).toBe(404)
})

describe('what fails is a 500', () => {
  test.each([
    ['a URI of no service', { uri: 'arn:aws:apigateway:eu-west-1:sqs' }],
    [
      'a header that is the signature’s',
      {
        uri: 'arn:aws:apigateway:eu-west-1:s3:path/b/k',
        requestParameters: { 'integration.request.header.Authorization': "'x'" },
      },
    ],
  ])('%s', async (_case, integration) => {
    const reply = await stage(integration)(call)
    expect([reply.status, reply.text]).toEqual([500, '{"message": "Internal server error"}'])
  })
})
