// REST APIs in front of an HTTP server: HTTP_PROXY passes on, HTTP maps request and response.
import { expect } from 'vitest'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { describeGateway } from '../fixture/test.ts'
import { refusingUrl, type Seen } from '../fixture/upstream.ts'

describeGateway('REST API with an HTTP server', (test) => {
  test('HTTP_PROXY passes method, path, query, headers and body on', async ({ rest, gateway, upstream }) => {
    const id = await createRestApi(rest, 'proxy')
    await putMethod(rest, id, '/{proxy+}', {
      httpMethod: 'ANY',
      method: { requestParameters: { 'method.request.path.proxy': true } },
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'ANY',
        uri: `${upstream.url}/{proxy}`,
        requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
      },
    })
    await deploy(rest, id, 'prod')
    const reply = await gateway.call(id, '/prod/a/b?x=1&x=2', {
      method: 'PUT',
      headers: { 'Content-Type': 'text/plain', 'X-Color': 'red' },
      body: 'hello',
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-upstream')).toBe('echo')
    const seen = JSON.parse(reply.text) as Seen
    expect(seen).toMatchObject({ method: 'PUT', url: '/a/b?x=1&x=2', body: 'hello' })
    expect(seen.headers).toMatchObject({
      'x-color': 'red',
      'content-type': 'text/plain',
      host: new URL(upstream.url).host,
    })
  })

  test('HTTP maps parameters and templates both ways and chooses the response by status', async ({
    rest,
    gateway,
    upstream,
  }) => {
    const id = await createRestApi(rest, 'mapped')
    await putMethod(rest, id, '/orders/{code}', {
      httpMethod: 'POST',
      method: {
        requestParameters: { 'method.request.path.code': true, 'method.request.querystring.who': false },
      },
      integration: {
        type: 'HTTP',
        integrationHttpMethod: 'POST',
        uri: `${upstream.url}/status/{code}`,
        requestParameters: {
          'integration.request.path.code': 'method.request.path.code',
          'integration.request.header.X-Who': 'method.request.querystring.who',
        },
        requestTemplates: { 'application/json': `{"wrapped": $input.json('$.item')}` },
      },
      responses: [
        { statusCode: '201', responseParameters: { 'method.response.header.X-Upstream': false } },
        { statusCode: '400' },
      ],
      integrationResponses: [
        {
          statusCode: '201',
          responseParameters: { 'method.response.header.X-Upstream': 'integration.response.header.X-Upstream' },
          responseTemplates: {
            'application/json': `{"sent": $input.path('$.body'), "who": "$input.path('$.headers.x-who')"}`,
          },
        },
        {
          statusCode: '400',
          selectionPattern: '4\\d\\d',
          responseTemplates: { 'application/json': '{"refused":true}' },
        },
      ],
    })
    await deploy(rest, id, 'prod')
    const call = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"item":{"n":1}}' }
    const good = await gateway.call(id, '/prod/orders/200?who=me', call)
    expect(good.status).toBe(201)
    expect(good.headers.get('x-upstream')).toBe('echo')
    expect(JSON.parse(good.text)).toEqual({ sent: { wrapped: { n: 1 } }, who: 'me' })
    const bad = await gateway.call(id, '/prod/orders/404', call)
    expect([bad.status, bad.text]).toEqual([400, '{"refused":true}'])
  })

  test('answers 504 for a server that cuts the connection, refuses it, or takes too long', async ({
    rest,
    gateway,
    upstream,
  }) => {
    const id = await createRestApi(rest, 'failing')
    const proxy = (uri: string, timeoutInMillis?: number) => ({
      integration: { type: 'HTTP_PROXY' as const, integrationHttpMethod: 'GET', uri, timeoutInMillis },
    })
    await putMethod(rest, id, '/broken', proxy(`${upstream.url}/broken`))
    await putMethod(rest, id, '/refused', proxy(await refusingUrl()))
    await putMethod(rest, id, '/slow', proxy(`${upstream.url}/slow/400`, 60))
    await deploy(rest, id, 'prod')
    const networkError = '{"message": "Network error communicating with endpoint"}'
    const outcomes = []
    for (const path of ['/prod/broken', '/prod/refused', '/prod/slow']) {
      const { status, text } = await gateway.call(id, path)
      outcomes.push([status, text])
    }
    expect(outcomes).toEqual([
      [504, networkError],
      [504, networkError],
      [504, '{"message": "Endpoint request timed out"}'],
    ])
  })

  test('a stage variable names the server', async ({ rest, gateway, upstream }) => {
    const id = await createRestApi(rest, 'variable')
    await putMethod(rest, id, '/', {
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: 'http://${stageVariables.backend}/from-stage',
      },
    })
    await deploy(rest, id, 'prod', { backend: new URL(upstream.url).host })
    const reply = await gateway.call(id, '/prod')
    expect((JSON.parse(reply.text) as Seen).url).toBe('/from-stage')
  })
})
