// REST APIs in front of Lambda functions: the proxy event and answer, and what happens when a function misbehaves.
import { UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { expect } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod, type MethodPlan } from '../fixture/rest-api.ts'
import { describeGateway } from '../fixture/test.ts'
import { zipOf } from '../fixture/zip.ts'

function proxyTo(functionArn: string, httpMethod = 'ANY'): MethodPlan {
  return {
    httpMethod,
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(functionArn) },
  }
}

const echo = `exports.handler = async (event) => ({
  statusCode: 201,
  headers: { 'X-One': '1' },
  multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
  body: JSON.stringify(event),
})`

describeGateway('REST API with AWS_PROXY', (test) => {
  test('gives the function the event of payload format 1.0 and sends its answer', async ({ rest, lambda, gateway }) => {
    const arn = await createNodeFunction(lambda, 'rest-echo', echo)
    const id = await createRestApi(rest, 'lambda')
    await putMethod(rest, id, '/pets/{petId}', proxyTo(arn))
    await deploy(rest, id, 'prod', { color: 'red' })
    const reply = await gateway.call(id, '/prod/pets/a%20b?x=1&x=2', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', 'X-Color': 'red' },
      body: 'hello',
    })
    expect(reply.status).toBe(201)
    expect(reply.headers.get('x-one')).toBe('1')
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const event = JSON.parse(reply.text) as APIGatewayProxyEvent
    expect(event).toMatchObject({
      resource: '/pets/{petId}',
      path: '/pets/a%20b',
      httpMethod: 'POST',
      pathParameters: { petId: 'a%20b' },
      queryStringParameters: { x: '2' },
      multiValueQueryStringParameters: { x: ['1', '2'] },
      stageVariables: { color: 'red' },
      body: 'hello',
      isBase64Encoded: false,
      requestContext: { apiId: id, stage: 'prod', resourcePath: '/pets/{petId}', httpMethod: 'POST' },
    })
    expect(new Headers(event.headers as Record<string, string>).get('x-color')).toBe('red')
  })

  test('answers 502 when the function throws or returns something else than an answer', async ({
    rest,
    lambda,
    gateway,
  }) => {
    const id = await createRestApi(rest, 'bad functions')
    const throwing = await createNodeFunction(
      lambda,
      'rest-throws',
      `exports.handler = async () => { throw new Error('no') }`,
    )
    const garbage = await createNodeFunction(
      lambda,
      'rest-garbage',
      `exports.handler = async () => ({ hello: 'world' })`,
    )
    const crashing = await createNodeFunction(lambda, 'rest-crashes', `exports.handler = () => process.exit(3)`)
    await putMethod(rest, id, '/throws', proxyTo(throwing))
    await putMethod(rest, id, '/garbage', proxyTo(garbage))
    await putMethod(rest, id, '/crashes', proxyTo(crashing))
    await deploy(rest, id, 'prod')
    for (const path of ['/prod/throws', '/prod/garbage', '/prod/crashes']) {
      const reply = await gateway.call(id, path)
      expect([path, reply.status, reply.text]).toEqual([path, 502, '{"message": "Internal server error"}'])
    }
  })

  test('serves new code at the call after UpdateFunctionCode', async ({ rest, lambda, gateway }) => {
    const source = (word: string): string => `exports.handler = async () => ({ statusCode: 200, body: '${word}' })`
    const id = await createRestApi(rest, 'new code')
    await putMethod(rest, id, '/', proxyTo(await createNodeFunction(lambda, 'rest-versions', source('one'))))
    await deploy(rest, id, 'prod')
    expect((await gateway.call(id, '/prod')).text).toBe('one')
    const ZipFile = zipOf({ 'index.js': source('two') })
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'rest-versions', ZipFile }))
    expect((await gateway.call(id, '/prod')).text).toBe('two')
  })
})
