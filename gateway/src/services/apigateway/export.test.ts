// Exports against the recorded shapes of recorded REST 18.
import { expect, test } from 'vitest'
import { addMockMethod, createApi, createControlPlane, notFound, refusal } from './testing.ts'

async function deployed() {
  const plane = createControlPlane()
  const api = await createApi(plane, 'pets')
  const { restApiId, rootId } = api
  await addMockMethod(plane, api)
  const { id: resourceId = '' } = await plane.run('CreateResource', {
    restApiId,
    parentId: rootId,
    pathPart: '{petId}',
  })
  const address = { restApiId, resourceId, httpMethod: 'GET' }
  const requestParameters = { 'method.request.path.petId': true }
  await plane.run('PutMethod', { ...address, authorizationType: 'NONE', requestParameters })
  await plane.run('PutIntegration', { ...address, type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'http://x' })
  const response = { ...address, statusCode: '200' }
  await plane.run('PutMethodResponse', { ...response, responseModels: { 'application/json': 'Empty' } })
  await plane.run('CreateDeployment', { restApiId, stageName: 'dev' })
  const get = async (exportType: string, extensions?: string) => {
    const parameters = extensions === undefined ? undefined : { extensions }
    const { body, ...headers } = await plane.run('GetExport', { restApiId, stageName: 'dev', exportType, parameters })
    return { headers, document: JSON.parse(new TextDecoder().decode(body)) as unknown }
  }
  return { ...plane, ...api, get }
}

test('writes Swagger without extensions, under the date where the API has no version', async () => {
  const { get, restApiId } = await deployed()
  const { headers, document } = await get('swagger')
  expect(headers).toEqual({
    contentType: 'application/octet-stream',
    contentDisposition: 'attachment; filename="swagger_2025-06-15T15:06:40Z.json"',
  })
  expect(document).toEqual({
    swagger: '2.0',
    info: { title: 'pets', version: '2025-06-15T15:06:40Z' },
    host: `${restApiId}.execute-api.localhost:4566`,
    basePath: '/dev',
    schemes: ['http'],
    paths: {
      '/': { get: { responses: {} } },
      '/{petId}': {
        get: {
          produces: ['application/json'],
          parameters: [{ name: 'petId', in: 'path', required: true, type: 'string' }],
          responses: { 200: { description: '200 response', schema: { $ref: '#/definitions/Empty' } } },
        },
      },
    },
    definitions: { Empty: expect.objectContaining({ title: 'Empty Schema', type: 'object' }) },
  })
})

test('writes the plain document for Postman, beside other extensions too', async () => {
  const { get } = await deployed()
  expect(await get('swagger', 'postman')).toEqual(await get('swagger'))
  expect(await get('oas30', 'postman,integrations')).toEqual(await get('oas30', 'integrations'))
})

test('writes OpenAPI 3 with integrations, of what was deployed', async () => {
  const { get, run, restApiId, rootId } = await deployed()
  await run('DeleteMethod', { restApiId, resourceId: rootId, httpMethod: 'GET' })
  const { document } = await get('oas30', 'integrations')
  expect(document).toMatchObject({
    openapi: '3.0.1',
    servers: [
      { url: `http://${restApiId}.execute-api.localhost:4566/{basePath}`, variables: { basePath: { default: 'dev' } } },
    ],
    paths: {
      '/': { get: { 'x-amazon-apigateway-integration': { type: 'mock', passthroughBehavior: 'when_no_match' } } },
      '/{petId}': { get: { 'x-amazon-apigateway-integration': { type: 'http_proxy', uri: 'http://x' } } },
    },
  })
})

test('leaves out a cache namespace that is the resource’s own, and writes any other', async () => {
  const { run, get, restApiId, rootId } = await deployed()
  const patchOperations = [{ op: 'replace' as const, path: '/cacheNamespace', value: 'pets' }]
  await run('UpdateIntegration', { restApiId, resourceId: rootId, httpMethod: 'GET', patchOperations })
  await run('CreateDeployment', { restApiId, stageName: 'dev' })
  const { paths } = (await get('swagger', 'integrations')).document as { paths: Record<string, { get: object }> }
  const integrationOf = (path: string) => Object.entries(paths[path]?.get ?? {}).at(-1)
  expect(integrationOf('/')).toEqual([
    'x-amazon-apigateway-integration',
    expect.objectContaining({ cacheNamespace: 'pets' }),
  ])
  expect(integrationOf('/{petId}')).toEqual([
    'x-amazon-apigateway-integration',
    { type: 'http_proxy', httpMethod: 'GET', uri: 'http://x', passthroughBehavior: 'when_no_match' },
  ])
})

test('is taken back by an import', async () => {
  const { run, get } = await deployed()
  const { document } = await get('oas30', 'apigateway')
  const { id: restApiId = '' } = await run('ImportRestApi', {
    body: new TextEncoder().encode(JSON.stringify(document)),
  })
  const { items = [] } = await run('GetResources', { restApiId, embed: ['methods'] })
  const method = items.find(({ path }) => path === '/{petId}')?.resourceMethods?.['GET']
  expect(method).toMatchObject({
    requestParameters: { 'method.request.path.petId': true },
    methodResponses: { 200: { responseModels: { 'application/json': 'Empty' } } },
    methodIntegration: { type: 'HTTP_PROXY', uri: 'http://x', httpMethod: 'GET' },
  })
})

test('refuses other types, formats, extensions and unknown stages', async () => {
  const { run, restApiId } = await deployed()
  const get = (more: object) => refusal(run('GetExport', { restApiId, stageName: 'dev', exportType: 'oas30', ...more }))
  expect(await get({ exportType: 'raml' })).toMatchObject({ status: 400 })
  expect(await get({ accepts: 'text/html' })).toMatchObject({ status: 400 })
  expect(await get({ parameters: { extensions: 'raml' } })).toMatchObject({ status: 400 })
  expect(await get({ stageName: 'x' })).toEqual(notFound('Invalid stage identifier specified'))
})
