// HTTP APIs: routes of every kind in front of an HTTP server, auto-deployment, stages, deletion.
import {
  CreateDeploymentCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteRouteCommand,
  GetApiCommand,
  GetStageCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2'
import { expect } from 'vitest'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { describeGateway } from '../fixture/test.ts'
import { refusingUrl, type Seen } from '../fixture/upstream.ts'

const notFound = [404, '{"message":"Not Found"}']

describeGateway('HTTP API', (test) => {
  test('chooses between literal, parameter, greedy, ANY and $default routes', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'routes')
    await addRoute(http, id, 'GET /pets/dog', proxyTo(`${upstream.url}/literal`))
    await addRoute(http, id, 'GET /pets/{petId}', proxyTo(`${upstream.url}/parameter/{petId}`))
    await addRoute(http, id, 'ANY /pets/{petId}', proxyTo(`${upstream.url}/any/{petId}`))
    await addRoute(http, id, 'GET /files/{path+}', proxyTo(`${upstream.url}/greedy/{path}`))
    await addRoute(http, id, '$default', proxyTo(upstream.url))
    const target = async (method: string, path: string): Promise<string> => {
      const { text } = await gateway.call(id, path, { method })
      const seen = JSON.parse(text) as Seen
      return `${seen.method} ${seen.url}`
    }
    expect(await target('GET', '/pets/dog')).toBe('GET /literal')
    expect(await target('GET', '/pets/7')).toBe('GET /parameter/7')
    expect(await target('DELETE', '/pets/7')).toBe('DELETE /any/7')
    expect(await target('GET', '/files/a/b.txt?v=1')).toBe('GET /greedy/a/b.txt?v=1')
    expect(await target('GET', '/anything/else')).toBe('GET /anything/else')
  })

  test('passes method, query, headers and body on, and the answer back', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'proxy')
    await addRoute(http, id, 'POST /orders', proxyTo(`${upstream.url}/status/418`))
    const reply = await gateway.call(id, '/orders?a=1&a=2', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', 'X-Color': 'red' },
      body: 'hello',
    })
    expect(reply.status).toBe(418)
    expect(reply.headers.get('x-upstream')).toBe('echo')
    expect(reply.headers.get('apigw-requestid')).toMatch(/^\S+$/)
    const seen = JSON.parse(reply.text) as Seen
    expect(seen).toMatchObject({ method: 'POST', url: '/status/418?a=1&a=2', body: 'hello' })
    expect(seen.headers).toMatchObject({
      'x-color': 'red',
      'content-type': 'text/plain',
      host: new URL(upstream.url).host,
    })
  })

  test('deploys a change by itself where the stage says so', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'automatic')
    expect((await gateway.call(id, '/')).status).toBe(404)
    await addRoute(http, id, 'GET /other', proxyTo(upstream.url))
    const { RouteId, IntegrationId } = await addRoute(http, id, 'GET /', proxyTo(`${upstream.url}/one`))
    expect((JSON.parse((await gateway.call(id, '/')).text) as Seen).url).toBe('/one')
    const IntegrationUri = `${upstream.url}/two`
    await http.send(new UpdateIntegrationCommand({ ApiId: id, IntegrationId, IntegrationUri }))
    expect((JSON.parse((await gateway.call(id, '/')).text) as Seen).url).toBe('/two')
    await http.send(new DeleteRouteCommand({ ApiId: id, RouteId }))
    const gone = await gateway.call(id, '/')
    expect([gone.status, gone.text]).toEqual(notFound)
  })

  test('deploys nothing by itself to a stage that waits for a deployment', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'manual', { stageName: 'automatic' })
    await http.send(new CreateStageCommand({ ApiId: id, StageName: 'manual' }))
    await addRoute(http, id, 'GET /pets', proxyTo(`${upstream.url}/pets`))
    expect((await gateway.call(id, '/automatic/pets')).status).toBe(200)
    expect((await gateway.call(id, '/manual/pets')).status).toBe(404)
    const { DeploymentId } = await http.send(new CreateDeploymentCommand({ ApiId: id, StageName: 'manual' }))
    expect((await gateway.call(id, '/manual/pets')).status).toBe(200)
    expect((await http.send(new GetStageCommand({ ApiId: id, StageName: 'manual' }))).DeploymentId).toBe(DeploymentId)
  })

  test('a stage variable names the server', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'variable', { variables: { backend: new URL(upstream.url).host } })
    await addRoute(http, id, 'GET /', proxyTo('http://${stageVariables.backend}/from-stage'))
    expect((JSON.parse((await gateway.call(id, '/')).text) as Seen).url).toBe('/from-stage')
  })

  test('answers 503 for a server that cuts the connection, refuses it, or takes too long', async ({
    http,
    gateway,
    upstream,
  }) => {
    const id = await createHttpApi(http, 'failing')
    await addRoute(http, id, 'GET /broken', proxyTo(`${upstream.url}/broken`))
    await addRoute(http, id, 'GET /refused', proxyTo(await refusingUrl()))
    await addRoute(http, id, 'GET /slow', { ...proxyTo(`${upstream.url}/slow/400`), TimeoutInMillis: 60 })
    for (const path of ['/broken', '/refused', '/slow']) {
      const { status, text } = await gateway.call(id, path)
      expect([path, status, text]).toEqual([path, 503, '{"message":"Service Unavailable"}'])
    }
  })

  test('is gone after its deletion', async ({ http, gateway, upstream }) => {
    const id = await createHttpApi(http, 'deleted')
    await addRoute(http, id, '$default', proxyTo(upstream.url))
    expect((await gateway.call(id, '/x')).status).toBe(200)
    await http.send(new DeleteApiCommand({ ApiId: id }))
    const gone = await gateway.call(id, '/x')
    expect([gone.status, gone.text]).toEqual([403, '{"message":"Forbidden"}'])
    await expect(http.send(new GetApiCommand({ ApiId: id }))).rejects.toMatchObject({ name: 'NotFoundException' })
  })
})
