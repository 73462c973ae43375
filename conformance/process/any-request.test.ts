// Whatever a client sends to an API, the answer is whole, is not our own failure, and nothing is logged as one.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientsOf } from '../fixture/clients.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Upstream } from '../fixture/upstream.ts'
import { exchange } from '../fixture/wire.ts'

let sluice: RunningSluice
let upstream: Upstream
let hosts: readonly string[]

beforeAll(async () => {
  upstream = await startUpstream()
  sluice = await startSluice(['dev', '--log-level', 'error'])
  const { rest, http, lambda } = clientsOf(sluice.url)
  const arn = await createNodeFunction(lambda, 'any', `exports.handler = async () => ({ statusCode: 200, body: 'ok' })`)
  const restId = await createRestApi(rest, 'any')
  await putMethod(rest, restId, '/mock/{name}', {
    httpMethod: 'ANY',
    integration: {
      type: 'MOCK',
      // A media type without a template is refused; passed on, it would be a mock without a status: 500, rightly.
      passthroughBehavior: 'WHEN_NO_TEMPLATES',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
    },
    responses: [{ statusCode: '200' }],
    integrationResponses: [
      {
        statusCode: '200',
        responseTemplates: {
          'application/json': `$input.params() $util.escapeJavaScript($input.params('name')) $util.urlEncode($context.path)`,
        },
      },
    ],
  })
  await putMethod(rest, restId, '/proxy/{proxy+}', {
    httpMethod: 'ANY',
    method: { requestParameters: { 'method.request.path.proxy': true } },
    integration: {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'ANY',
      uri: `${upstream.url}/echo/{proxy}`,
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
    },
  })
  await putMethod(rest, restId, '/lambda/{proxy+}', {
    httpMethod: 'ANY',
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(arn) },
  })
  await deploy(rest, restId, 's')
  const httpId = await createHttpApi(http, 'any', { stageName: 's' })
  await addRoute(http, httpId, 'ANY /mock/{name}', proxyTo(`${upstream.url}/echo/{name}`))
  await addRoute(http, httpId, 'ANY /proxy/{proxy+}', proxyTo(`${upstream.url}/echo/{proxy}`))
  await addRoute(http, httpId, 'ANY /lambda/{proxy+}', invoke(arn, '2.0'))
  hosts = [restId, httpId].map((id) => `${id}.execute-api.localhost`)
})

afterAll(async () => {
  expect(await sluice.stop()).toEqual({ code: 0, signal: null })
  await upstream.close()
})

/** Text as it may stand in a request line: no blanks, no control characters, every other byte. */
const lineText = fc
  .array(
    fc.oneof(
      fc.constantFrom('/', '%', '%2F', '%00', '%E0%A4', '..', '&', '=', ';', '+', '{', '|', '#', '@', '~', '__proto__'),
      fc.string({ minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) =>
    Buffer.from(parts.join(''))
      .toString('latin1')
      .replace(/[\0-\x20\x7f]/g, ''),
  )

const headerName = fc
  .oneof(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'cookie',
      'authorization',
      'content-type',
      'accept',
      'origin',
      'x-forwarded-for',
      'x-amzn-trace-id',
      'forwarded',
      'te',
      'content-encoding',
      'x-api-key',
    ),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  )
  .filter((name) => !['host', 'content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade'].includes(name))

const anyRequest = fc.record({
  host: fc.constantFrom(0, 1),
  verb: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'),
  route: fc.constantFrom('mock', 'proxy', 'lambda', ''),
  path: lineText,
  query: lineText,
  headers: fc.array(fc.tuple(headerName, lineText), { maxLength: 4 }),
  body: fc.string({ maxLength: 20 }),
})

test('any path, query, header and body gets a whole answer that is no failure of ours', async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async ({ host, verb, route, path, query, headers, body }) => {
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      const bytes = Buffer.from(body)
      const head = `${verb} /s/${route}/${path}?${query} HTTP/1.1\r\nHost: ${hosts[host]}\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n${lines}\r\n`
      const answer = await exchange(sluice.port, Buffer.concat([Buffer.from(head, 'latin1'), bytes]))
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
      expect(status, answer.slice(0, 600)).toBeGreaterThanOrEqual(200)
      expect(status, answer.slice(0, 600)).toBeLessThan(500)
      expect(sluice.stderr()).toBe('')
    }),
    { numRuns: 300 },
  )
}, 30_000)
