// Custom domain names: from host and path to an API and its stage, by base path mappings and API mappings. REST 13.4, 13.5; HTTP 5.4, 20.
import {
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  DeleteDomainNameCommand,
  GetBasePathMappingsCommand,
  GetDomainNameCommand,
  UpdateBasePathMappingCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import {
  CreateApiMappingCommand,
  DeleteApiMappingCommand,
  GetApiMappingsCommand,
  GetDomainNameCommand as GetV2DomainNameCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDomain, echoingHttpApi, echoingRestApi, eventOf, openPlaces, told, type Places } from './places.ts'

const forbidden = [403, '{"message":"Forbidden"}']

let places: Places
let restApiId: string
let namedId: string
let defaultId: string
const get = (url: string, headers: Record<string, string> = {}) => places.gateway.invoke(`http://${url}`, { headers })
const map = (DomainName: string, ApiMappingKey: string, ApiId: string, Stage: string) =>
  places.http.send(new CreateApiMappingCommand({ DomainName, ApiMappingKey, ApiId, Stage }))

beforeAll(async () => {
  places = await openPlaces()
  restApiId = await echoingRestApi(places, 'rest', ['prod', 'test'])
  namedId = await echoingHttpApi(places, 'named', 'dev')
  defaultId = await echoingHttpApi(places, 'default', '$default')
})
afterAll(() => places.close())

describe('a REST API behind a base path', () => {
  beforeAll(async () => {
    await createDomain(places, 'api.example.com')
    await map('api.example.com', 'v1', restApiId, 'prod')
  })

  test('sees the path without it, and shows the client’s in its event', async () => {
    const { path, pathParameters, requestContext } = await eventOf(get('API.example.com:8080/v1/pets/7?a=b'))
    expect([path, pathParameters]).toEqual(['/v1/pets/7', { proxy: 'pets/7' }])
    expect(requestContext).toMatchObject({
      apiId: restApiId,
      stage: 'prod',
      path: '/v1/pets/7',
      domainName: 'api.example.com',
      domainPrefix: 'api',
    })
  })

  test('has its root resource where the path ends with it', async () => {
    expect((await eventOf(get('api.example.com/v1'))).path).toBe('/v1')
    expect((await eventOf(get('api.example.com/v1/'))).pathParameters).toBe(null)
  })

  test.each(['/', '/v2/pets', '/v1x/pets', '/V1/pets', '/prod/pets'])('is not at %s', async (path) => {
    expect(await told(get(`api.example.com${path}`))).toEqual(forbidden)
  })

  test('leaves the health checks to the service', async () => {
    expect(await told(get('api.example.com/ping'))).toEqual([200, 'Healthy'])
    expect(await told(get('api.example.com/sping'))).toEqual([200, 'Healthy'])
    expect(await told(get(`${restApiId}.execute-api.localhost/ping`))).toEqual([200, 'Healthy'])
    expect((await eventOf(get(`${restApiId}.execute-api.localhost/prod/ping`))).path).toBe('/ping')
  })
})

test('the longest key wins, by whole segments; the empty one takes the rest', async () => {
  const domain = 'levels.example.com'
  await createDomain(places, domain)
  await map(domain, '', namedId, 'dev')
  await map(domain, 'orders/v1/items', restApiId, 'prod')
  await map(domain, 'orders/v2/items', restApiId, 'test')
  await map(domain, 'orders/v2/items/categories', defaultId, '$default')
  const reached = async (path: string) => {
    const { requestContext } = await eventOf(get(`${domain}${path}`))
    return `${requestContext.apiId} ${requestContext.stage}`
  }
  expect(await reached('/orders/v1/items/123')).toBe(`${restApiId} prod`)
  expect(await reached('/orders/v2/items')).toBe(`${restApiId} test`)
  expect(await reached('/orders/v2/items/categories/5')).toBe(`${defaultId} $default`)
  expect(await reached('/orders/v2/itemsx')).toBe(`${namedId} dev`)
  expect(await reached('/customers')).toBe(`${namedId} dev`)
})

test('an HTTP API finds its stage where the key was; format 1.0 shows the client’s path', async () => {
  const domain = 'http.example.com'
  await createDomain(places, domain)
  await map(domain, 'v1', namedId, 'dev')
  await map(domain, 'v2', defaultId, '$default')
  const rawPath = async (path: string) => {
    const event = await eventOf(get(`${domain}${path}`))
    expect(event.requestContext.http?.path).toBe(event.rawPath)
    return event.rawPath
  }
  expect(await rawPath('/v1/foo')).toBe('/dev/foo')
  expect(await rawPath('/v1')).toBe('/dev')
  expect(await rawPath('/v2/foo')).toBe('/foo')
  expect(await rawPath('/v2')).toBe('/')
  expect((await eventOf(get(`${domain}/v1/one/foo`))).path).toBe('/v1/one/foo')
  expect(await told(get(`${domain}/v3`))).toEqual(forbidden)
})

test('a wildcard stands for one label, and an exact name is before it', async () => {
  await createDomain(places, '*.shops.example.com')
  await createDomain(places, 'a.shops.example.com')
  await map('*.shops.example.com', '', namedId, 'dev')
  await map('a.shops.example.com', '', defaultId, '$default')
  const { requestContext } = await eventOf(get('b.shops.example.com/x'))
  expect(requestContext).toMatchObject({ stage: 'dev', domainName: 'b.shops.example.com', domainPrefix: 'b' })
  expect((await eventOf(get('a.shops.example.com/x'))).requestContext.stage).toBe('$default')
  expect((await get('c.b.shops.example.com/x')).status).not.toBe(200)
  expect((await get('shops.example.com/x')).status).not.toBe(200)
})

test('a mapping without a stage takes it from the path', async () => {
  const domainName = 'stages.example.com'
  await createDomain(places, domainName)
  await places.rest.send(new CreateBasePathMappingCommand({ domainName, basePath: 'all', restApiId }))
  const { path, pathParameters, requestContext } = await eventOf(get(`${domainName}/all/test/pets`))
  expect([path, pathParameters, requestContext.stage]).toEqual(['/all/test/pets', { proxy: 'pets' }, 'test'])
  expect(await told(get(`${domainName}/all/none/pets`))).toEqual(forbidden)
  expect(await told(get(`${domainName}/all`))).toEqual(forbidden)
})

test('what one version of the service makes, the other shows', async () => {
  const { rest, http } = places
  const domainName = 'both.example.com'
  const endpointConfiguration = { types: ['REGIONAL' as const] }
  const made = await rest.send(new CreateDomainNameCommand({ domainName, endpointConfiguration, tags: { a: '1' } }))
  const shown = await http.send(new GetV2DomainNameCommand({ DomainName: domainName }))
  expect(shown).toMatchObject({ RoutingMode: 'API_MAPPING_ONLY', Tags: { a: '1' } })
  expect(shown.DomainNameConfigurations?.[0]).toMatchObject({
    ApiGatewayDomainName: made.regionalDomainName,
    EndpointType: 'REGIONAL',
    SecurityPolicy: 'TLS_1_2',
  })
  await rest.send(new CreateBasePathMappingCommand({ domainName, restApiId, stage: 'prod' }))
  const { ApiMappingId = '' } = await map(domainName, 'a/b', defaultId, '$default')
  const { Items = [] } = await http.send(new GetApiMappingsCommand({ DomainName: domainName }))
  expect(Items.map(({ ApiId, ApiMappingKey, Stage }) => [ApiId, ApiMappingKey, Stage])).toEqual([
    [restApiId, '', 'prod'],
    [defaultId, 'a/b', '$default'],
  ])
  const { items = [] } = await rest.send(new GetBasePathMappingsCommand({ domainName }))
  expect(items.map(({ basePath }) => basePath)).toEqual(['(none)', 'a/b'])
  await http.send(new DeleteApiMappingCommand({ DomainName: domainName, ApiMappingId }))
  expect((await rest.send(new GetBasePathMappingsCommand({ domainName }))).items).toHaveLength(1)
  await createDomain(places, 'v2.example.com')
  expect(await rest.send(new GetDomainNameCommand({ domainName: 'v2.example.com' }))).toMatchObject({
    domainName: 'v2.example.com',
    endpointConfiguration: { types: ['REGIONAL'] },
    regionalCertificateArn: expect.stringContaining('certificate/1'),
    routingMode: 'BASE_PATH_MAPPING_ONLY',
  })
})

test('changes act at once, and a deleted name leads nowhere', async () => {
  const domainName = 'moving.example.com'
  await createDomain(places, domainName)
  expect(await told(get(`${domainName}/a`))).toEqual(forbidden)
  await places.rest.send(new CreateBasePathMappingCommand({ domainName, basePath: 'a', restApiId, stage: 'prod' }))
  expect((await eventOf(get(`${domainName}/a`))).requestContext.stage).toBe('prod')
  const patchOperations = [{ op: 'replace' as const, path: '/basePath', value: 'b' }]
  await places.rest.send(new UpdateBasePathMappingCommand({ domainName, basePath: 'a', patchOperations }))
  expect(await told(get(`${domainName}/a`))).toEqual(forbidden)
  expect((await eventOf(get(`${domainName}/b`))).requestContext.stage).toBe('prod')
  await places.rest.send(new DeleteDomainNameCommand({ domainName }))
  // What is no API's is an AWS call.
  expect(await (await get(`${domainName}/b`)).text()).toContain(
    'Missing Authentication Token. This address takes AWS calls',
  )
})

test('a disabled default endpoint is closed, and custom domain names stay open', async () => {
  const domain = 'only.example.com'
  const closedRest = await echoingRestApi(places, 'closed', ['prod'])
  const closedHttp = await echoingHttpApi(places, 'closed', 'dev')
  await createDomain(places, domain)
  await map(domain, 'rest', closedRest, 'prod')
  await map(domain, 'http', closedHttp, 'dev')
  const patchOperations = [{ op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true' }]
  await places.rest.send(new UpdateRestApiCommand({ restApiId: closedRest, patchOperations }))
  expect((await get(`${closedRest}.execute-api.localhost/prod/a`)).status).toBe(200)
  await places.rest.send(new CreateDeploymentCommand({ restApiId: closedRest, stageName: 'prod' }))
  await places.http.send(new UpdateApiCommand({ ApiId: closedHttp, DisableExecuteApiEndpoint: true }))
  expect(await told(get(`${closedRest}.execute-api.localhost/prod/a`))).toEqual(forbidden)
  expect(await told(get(`localhost/_aws/execute-api/${closedRest}/prod/a`))).toEqual(forbidden)
  expect(await told(get(`${closedHttp}.execute-api.localhost/dev/a`))).toEqual([404, '{"message":"Not Found"}'])
  expect((await eventOf(get(`${domain}/rest/a`))).path).toBe('/rest/a')
  expect((await eventOf(get(`${domain}/http/a`))).rawPath).toBe('/dev/a')
})
