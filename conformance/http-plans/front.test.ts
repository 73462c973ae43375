// What an HTTP API answers before a plan is asked: no stage, too much of a request; each answer has the request's id. HTTP 19.
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { createGateway, type EmbeddedGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'

let gateway: EmbeddedGateway
let named: string
beforeAll(async () => {
  gateway = createGateway()
  const http = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })
  named = await createHttpApi(http, 'named stage', { stageName: 'dev' })
  await addRoute(http, named, 'ANY /pets', proxyTo('http://127.0.0.1:1024/'))
})
afterAll(() => gateway.close())

test.each<[string, string, RequestInit, unknown[]]>([
  ['a path that names no stage', '/pets', {}, [404, '{"message":"Not Found"}']],
  ['a stage without the route', '/dev/none', {}, [404, '{"message":"Not Found"}']],
  ['a long request line', `/dev/pets?${'x'.repeat(10_240)}`, {}, [414, '{"message":"URI Too Long"}']],
  [
    'many header lines',
    '/dev/pets',
    { headers: { a: 'x'.repeat(10_240) } },
    [431, '{"message":"Request Header Fields Too Large"}'],
  ],
  [
    'a request line and headers that are too long together',
    `/dev/pets?${'x'.repeat(6_000)}`,
    { headers: { 'X-Long': 'x'.repeat(6_000) } },
    [431, '{"message":"Request Header Fields Too Large"}'],
  ],
  [
    'a large body',
    '/dev/pets',
    { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) },
    [413, '{"message":"Request Entity Too Large"}'],
  ],
])('%s', async (_, path, init, expected) => {
  const answer = await gateway.invoke(`http://${named}.execute-api.localhost${path}`, init)
  expect([answer.status, await answer.text()]).toEqual(expected)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.headers.get('apigw-requestid')).toMatch(/^[A-Za-z0-9+/_-]{15}=$/)
})
