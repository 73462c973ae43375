// Imports against the facts of recorded REST 17 and the merge rules of REST 14.3.
import { describe, expect, test } from 'vitest'
import { badRequest, createApi, createControlPlane, notFound, refusal, scope } from './testing.ts'
import type { ControlPlane } from './testing.ts'

const bytes = (document: unknown) =>
  new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document))

const mock = { type: 'mock', responses: { default: { statusCode: '200' } } }

const operation = (integration: object) => ({ responses: {}, 'x-amazon-apigateway-integration': integration })

const info = { title: 'pets', version: '1.0' }

const pathsOf = async ({ run }: ControlPlane, restApiId = '') =>
  ((await run('GetResources', { restApiId })).items ?? []).map(({ path }) => path).sort()

const methodAt = async ({ run }: ControlPlane, restApiId: string, path: string, httpMethod: string) => {
  const { items = [] } = await run('GetResources', { restApiId })
  const resourceId = items.find((resource) => resource.path === path)?.id ?? ''
  return { resourceId, method: await run('GetMethod', { restApiId, resourceId, httpMethod }) }
}

const petstore = {
  swagger: '2.0',
  info: { ...info, description: 'all pets' },
  'x-amazon-apigateway-binary-media-types': ['image/png'],
  'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
  'x-amazon-apigateway-gateway-responses': { THROTTLED: { statusCode: 420 } },
  securityDefinitions: {
    auth: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'token',
        authorizerUri:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${AWS::AccountId}:function:f/invocations',
      },
    },
  },
  paths: {
    '/store/pets': {
      get: {
        operationId: 'listPets',
        'x-amazon-apigateway-request-validator': 'all',
        security: [{ auth: [] }],
        parameters: [
          { name: 'page', in: 'query', type: 'string' },
          { name: 'type', in: 'query', type: 'string' },
        ],
        responses: {
          200: {
            schema: { $ref: '#/definitions/Pets' },
            headers: { 'Access-Control-Allow-Origin': { type: 'string' } },
          },
        },
        'x-amazon-apigateway-integration': {
          type: 'http',
          httpMethod: 'GET',
          uri: 'http://example.com/pets',
          requestParameters: {
            'integration.request.querystring.page': 'method.request.querystring.page',
            'integration.request.querystring.type': 'method.request.querystring.type',
          },
          responses: {
            default: {
              statusCode: '200',
              responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
            },
          },
        },
      },
    },
  },
  definitions: {
    Pets: { type: 'array', items: { $ref: '#/definitions/Pet' } },
    Pet: { type: 'object', description: 'one pet', properties: { parent: { $ref: '#/definitions/Pet' } } },
  },
}

describe('ImportRestApi', () => {
  test('makes the API, its resources, models, validators, authorizers and gateway responses', async () => {
    const plane = createControlPlane()
    const { run } = plane
    const api = await run('ImportRestApi', { body: bytes(petstore) })
    const restApiId = api.id ?? ''
    expect(api).toMatchObject({
      name: 'pets',
      version: '1.0',
      description: 'all pets',
      binaryMediaTypes: ['image/png'],
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
    })
    expect(api).not.toHaveProperty('tags')
    expect(await pathsOf(plane, restApiId)).toEqual(['/', '/store', '/store/pets'])
    const { items: models = [] } = await run('GetModels', { restApiId })
    expect(models.map(({ name, description }) => [name, description])).toEqual([
      ['Pet', 'one pet'],
      ['Pets', undefined],
    ])
    expect(JSON.parse(models[1]?.schema ?? '')).toMatchObject({
      items: { $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet` },
    })
    const { items: authorizers = [] } = await run('GetAuthorizers', { restApiId })
    expect(authorizers).toEqual([
      {
        id: expect.any(String),
        name: 'auth',
        type: 'TOKEN',
        authType: 'custom',
        identitySource: 'method.request.header.Authorization',
        authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${scope.account}:function:f/invocations`,
      },
    ])
    expect(await run('GetGatewayResponse', { restApiId, responseType: 'THROTTLED' })).toMatchObject({
      statusCode: '420',
      defaultResponse: false,
    })
  })

  test('makes the method of the recorded example', async () => {
    const plane = createControlPlane()
    const { id: restApiId = '' } = await plane.run('ImportRestApi', { body: bytes(petstore) })
    const { resourceId, method } = await methodAt(plane, restApiId, '/store/pets', 'GET')
    const { items: [validator] = [] } = await plane.run('GetRequestValidators', { restApiId })
    const { items: [authorizer] = [] } = await plane.run('GetAuthorizers', { restApiId })
    expect(method).toEqual({
      httpMethod: 'GET',
      authorizationType: 'CUSTOM',
      authorizerId: authorizer?.id,
      apiKeyRequired: false,
      operationName: 'listPets',
      requestValidatorId: validator?.id,
      requestParameters: { 'method.request.querystring.page': false, 'method.request.querystring.type': false },
      methodResponses: {
        200: {
          statusCode: '200',
          responseModels: { 'application/json': 'Pets' },
          responseParameters: { 'method.response.header.Access-Control-Allow-Origin': false },
        },
      },
      methodIntegration: {
        type: 'HTTP',
        httpMethod: 'GET',
        uri: 'http://example.com/pets',
        connectionType: 'INTERNET',
        requestParameters: {
          'integration.request.querystring.page': 'method.request.querystring.page',
          'integration.request.querystring.type': 'method.request.querystring.type',
        },
        passthroughBehavior: 'WHEN_NO_MATCH',
        timeoutInMillis: 29000,
        cacheNamespace: resourceId,
        cacheKeyParameters: [],
        integrationResponses: {
          200: {
            statusCode: '200',
            responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
          },
        },
      },
    })
  })

  test.each([
    ['ignore', { swagger: '2.0', basePath: '/base' }, ['/', '/test']],
    ['prepend', { swagger: '2.0', basePath: '/base' }, ['/', '/base', '/base/test']],
    ['split', { openapi: '3.0.1', servers: [{ url: 'https://x/base-url/part/' }] }, ['/', '/part', '/part/test']],
  ])('with basepath=%s of %j makes %j', async (basepath, head, expected) => {
    const plane = createControlPlane()
    const body = bytes({ ...head, info, paths: { '/test': { get: operation(mock) } } })
    const { id = '' } = await plane.run('ImportRestApi', { body, parameters: { basepath } })
    expect(await pathsOf(plane, id)).toEqual(expected)
  })

  test('reports warnings, and fails on them on demand', async () => {
    const { run } = createControlPlane()
    const requestParameters = { 'integration.request.header.nothing': true }
    const get = operation({ ...mock, requestParameters })
    const body = bytes({ openapi: '3.0.1', info, paths: { '/test': { get } } })
    const warning =
      "Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.nothing' of resource '/test' and method 'GET' but got 'true'"
    expect((await run('ImportRestApi', { body })).warnings).toEqual([warning])
    expect(await refusal(run('ImportRestApi', { body, failOnWarnings: true }))).toEqual(
      badRequest(`Warnings found during import:\n\t${warning}`),
    )
    expect((await run('GetRestApis', {})).items).toHaveLength(1)
  })

  test('names every refusal, and leaves nothing behind', async () => {
    const { run, store } = createControlPlane()
    const bad = { type: 'aws', httpMethod: 'POST', uri: 'non-valid-arn' }
    const body = bytes({
      openapi: '3.0.1',
      info,
      paths: {
        '/x': { get: operation(bad), put: operation(bad) },
      },
    })
    const sentence = (verb: string) =>
      `\n\tUnable to put integration on '${verb}' for resource at path '/x': Invalid ARN specified in the request`
    expect(await refusal(run('ImportRestApi', { body }))).toEqual(
      badRequest(`Errors found during import:${sentence('GET')}${sentence('PUT')}`),
    )
    expect(await store.scopes()).toEqual([])
  })

  test.each([
    ['{'],
    ['hello'],
    ['a: &a [*a]\nopenapi: 3.0.1\npaths: {}'],
    [
      `${Array.from(
        { length: 9 },
        (_, i) =>
          `a${i}: &a${i} [${Array(9)
            .fill(i ? `*a${i - 1}` : 'x')
            .join()}]`,
      ).join('\n')}\nopenapi: 3.0.1`,
    ],
    ['['.repeat(100_000)],
    ['{"swagger": "1.2", "info": {"title": "a"}, "paths": {}}'],
  ])('refuses what is no document, or none of a sane size: %.40s', async (body) => {
    const { run } = createControlPlane()
    expect(await refusal(run('ImportRestApi', { body: bytes(body) }))).toEqual(badRequest('Invalid OpenAPI input.'))
  })

  test.each([
    ['x-amazon-apigateway-api-key-source', 'Invalid API key source specified. Valid options are HEADER,AUTHORIZER'],
    ['x-amazon-apigateway-security-policy', 'Invalid security policy specified'],
    [
      'x-amazon-apigateway-endpoint-access-mode',
      'Invalid endpoint access mode specified. Valid options are BASIC,STRICT',
    ],
  ])('refuses a word that %s does not have, for new and old APIs', async (extension, message) => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const body = bytes({ openapi: '3.0.1', info, paths: {}, [extension]: 'JUNK' })
    expect(await refusal(plane.run('ImportRestApi', { body }))).toEqual(badRequest(message))
    expect(await refusal(plane.run('PutRestApi', { restApiId, body }))).toEqual(badRequest(message))
  })

  test.each([
    [
      { contentHandling: 'x' },
      'Invalid content handling specified. Valid options are CONVERT_TO_BINARY,CONVERT_TO_TEXT',
    ],
    [{ connectionType: 'x' }, 'Invalid connection type specified. Valid options are INTERNET,VPC_LINK'],
    [{ responseTransferMode: 'x' }, 'Invalid response transfer mode specified. Valid options are BUFFERED,STREAM'],
    [
      { passthroughBehavior: 'x' },
      'Invalid passthroughBehavior specified. Valid options are WHEN_NO_MATCH,WHEN_NO_TEMPLATES,NEVER',
    ],
  ])('names the place of an integration with %j', async (more, message) => {
    const { run } = createControlPlane()
    const get = operation({ type: 'http_proxy', httpMethod: 'GET', uri: 'http://x', ...more })
    const body = bytes({ openapi: '3.0.1', info, paths: { '/x': { get } } })
    expect(await refusal(run('ImportRestApi', { body }))).toEqual(
      badRequest(
        `Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/x': ${message}`,
      ),
    )
  })

  test('does not leave a method open whose authorization type is misspelt', async () => {
    const { run } = createControlPlane()
    const get = { ...operation(mock), 'x-amazon-apigateway-auth': { type: 'AWS-IAM' } }
    const body = bytes({ openapi: '3.0.1', info, paths: { '/x': { get } } })
    expect(await refusal(run('ImportRestApi', { body }))).toEqual(
      badRequest(
        "Errors found during import:\n\tInvalid type 'AWS-IAM' of x-amazon-apigateway-auth. Valid types are NONE, AWS_IAM",
      ),
    )
  })

  test('does not leave a method open that requires an authorizer of no known kind', async () => {
    const { run } = createControlPlane()
    const get = { ...operation(mock), security: [{ a: [] }] }
    const a = { type: 'oauth2', 'x-amazon-apigateway-authorizer': { type: 'jwt' } }
    const document = { openapi: '3.0.1', info, paths: { '/x': { get } }, components: { securitySchemes: { a } } }
    const ignored = "Unsupported authorizer type 'jwt' for 'a'. Ignoring."
    expect(await refusal(run('ImportRestApi', { body: bytes(document) }))).toEqual(
      badRequest(
        `Errors found during import:\n\tUnsupported authorizer type 'jwt' for 'a', which a method requires\nAdditionally, these warnings were found:\n\t${ignored}`,
      ),
    )
    const unused = { ...document, paths: { '/x': { get: operation(mock) } } }
    expect((await run('ImportRestApi', { body: bytes(unused) })).warnings).toEqual([ignored])
  })

  test('tells of everything that it read as nothing, because it has the wrong shape', async () => {
    const plane = createControlPlane()
    const { id, warnings } = await plane.run('ImportRestApi', {
      body: bytes({
        openapi: '3.0.1',
        info,
        servers: 'x',
        tags: {},
        paths: { '/x': { get: 'x', put: { parameters: {}, responses: [] } } },
        components: { schemas: [], securitySchemes: { a: 5 } },
        'x-amazon-apigateway-gateway-responses': { THROTTLED: 420 },
        'x-amazon-apigateway-request-validators': 'x',
        'x-amazon-apigateway-documentation': { documentationParts: 'x' },
      }),
    })
    const issue = (attribute: string, shape: string) =>
      `Parse issue: attribute ${attribute} is not of type \`${shape}\``
    expect(warnings).toEqual(
      expect.arrayContaining([
        issue('servers', 'array'),
        issue('tags', 'array'),
        issue('x-amazon-apigateway-request-validators', 'object'),
        issue('components.schemas', 'object'),
        issue('components.securitySchemes.a', 'object'),
        issue('x-amazon-apigateway-gateway-responses.THROTTLED', 'object'),
        issue('x-amazon-apigateway-documentation.documentationParts', 'array'),
        issue("paths.'/x'(get)", 'object'),
        issue("paths.'/x'(put).parameters", 'array'),
        issue("paths.'/x'(put).responses", 'object'),
      ]),
    )
    expect(Object.keys((await methodAt(plane, id ?? '', '/x', 'PUT')).method)).toContain('httpMethod')
    await expect(methodAt(plane, id ?? '', '/x', 'GET')).rejects.toThrow('Invalid Method identifier specified')
  })

  test('takes a document of 1,000 operations within two seconds', async () => {
    const plane = createControlPlane()
    const paths = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => {
        const one = {
          ...operation(mock),
          requestBody: { content: { 'application/json': { schema: { $ref: `#/components/schemas/M${index}` } } } },
        }
        return [`/r${index}/{id}`, { get: one, put: one, post: one, delete: one, patch: one }]
      }),
    )
    const schemas = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `M${index}`,
        { type: 'object', properties: { next: { $ref: `#/components/schemas/M${(index + 1) % 200}` } } },
      ]),
    )
    const body = bytes({ openapi: '3.0.1', info, paths, components: { schemas } })
    const startedAt = performance.now()
    const { id: restApiId = '' } = await plane.run('ImportRestApi', { body })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    const { items = [] } = await plane.run('GetResources', { restApiId, limit: 500 })
    expect(items.flatMap(({ resourceMethods }) => Object.keys(resourceMethods ?? {}))).toHaveLength(1_000)
  })

  test('takes the endpoint type from the query', async () => {
    const { run } = createControlPlane()
    const parameters = { endpointConfigurationTypes: 'REGIONAL' }
    const api = await run('ImportRestApi', { body: bytes(petstore), parameters })
    expect(api.endpointConfiguration?.types).toEqual(['REGIONAL'])
  })
})

describe('PutRestApi', () => {
  const document = (path: string, more: object = {}) =>
    bytes({
      openapi: '3.0.1',
      info: { title: 'new', version: '2' },
      ...more,
      paths: { [path]: { get: operation(mock) } },
    })

  test('refuses a document that is none before it looks the API up', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('PutRestApi', { restApiId: 'x', body: bytes('{') }))).toEqual(
      badRequest('Invalid OpenAPI input.'),
    )
    expect(await refusal(run('PutRestApi', { restApiId: 'x', body: document('/a') }))).toEqual(
      notFound('Invalid API identifier specified 000000000000:x'),
    )
  })

  test('merges: other resources, models and media types stay', async () => {
    const plane = createControlPlane()
    const { id: restApiId = '', rootResourceId } = await plane.run('ImportRestApi', { body: bytes(petstore) })
    const types = { 'x-amazon-apigateway-binary-media-types': ['image/gif'] }
    const api = await plane.run('PutRestApi', { restApiId, body: document('/store/dogs', types) })
    expect(api).toMatchObject({ name: 'new', version: '2', rootResourceId, tags: {} })
    expect(api.binaryMediaTypes).toEqual(['image/png', 'image/gif'])
    expect(await pathsOf(plane, restApiId)).toEqual(['/', '/store', '/store/dogs', '/store/pets'])
    expect((await plane.run('GetModels', { restApiId })).items).toHaveLength(2)
    await plane.run('PutRestApi', { restApiId, body: document('/{a}') })
    expect(await refusal(plane.run('PutRestApi', { restApiId, body: document('/{b}') }))).toMatchObject({
      message:
        "Errors found during import:\n\tUnable to create resource at path '/{b}': A sibling ({a}) of this resource already has a variable path part -- only one is allowed",
    })
  })

  test('overwrites: what the document does not name goes, the root and the stages stay', async () => {
    const plane = createControlPlane()
    const { id: restApiId = '', rootResourceId } = await plane.run('ImportRestApi', { body: bytes(petstore) })
    await plane.run('CreateDeployment', { restApiId, stageName: 'dev' })
    const api = await plane.run('PutRestApi', { restApiId, mode: 'overwrite', body: document('/{b}') })
    expect(api).not.toHaveProperty('binaryMediaTypes')
    expect(api.rootResourceId).toBe(rootResourceId)
    expect(await pathsOf(plane, restApiId)).toEqual(['/', '/{b}'])
    for (const operation of ['GetModels', 'GetAuthorizers', 'GetRequestValidators'] as const) {
      expect(await plane.run(operation, { restApiId })).toEqual({ items: [] })
    }
    expect((await plane.run('GetStages', { restApiId })).item).toHaveLength(1)
    const { method } = await methodAt(plane, restApiId, '/{b}', 'GET')
    expect(method.requestParameters).toEqual({ 'method.request.path.b': true })
  })
})

test('overwriting takes away the settings that the document does not say, merging keeps them', async () => {
  const { run } = createControlPlane()
  const settings = { description: 'd', apiKeySource: 'AUTHORIZER' as const, minimumCompressionSize: 5 }
  const { id: restApiId = '' } = await run('CreateRestApi', { name: 'a', disableExecuteApiEndpoint: true, ...settings })
  const body = bytes({ swagger: '2.0', info, paths: {} })
  const merged = await run('PutRestApi', { restApiId, mode: 'merge', body })
  expect(merged).toMatchObject({ ...settings, name: info.title })
  const overwritten = await run('PutRestApi', { restApiId, mode: 'overwrite', body })
  expect(overwritten).toMatchObject({ name: info.title, apiKeySource: 'HEADER', disableExecuteApiEndpoint: true })
  expect(overwritten).not.toHaveProperty('description')
  expect(overwritten).not.toHaveProperty('minimumCompressionSize')
})

describe('ImportDocumentationParts', () => {
  const part = (path: string) => ({ location: { type: 'RESOURCE', path }, properties: { description: path } })
  const document = (...paths: string[]) =>
    bytes({
      swagger: '2.0',
      info,
      paths: {},
      'x-amazon-apigateway-documentation': { documentationParts: paths.map(part) },
    })

  test('writes parts over those of the same place', async () => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const first = await plane.run('ImportDocumentationParts', { restApiId, body: document('/a', '/b') })
    const second = await plane.run('ImportDocumentationParts', { restApiId, mode: 'overwrite', body: document('/a') })
    expect(first.ids).toHaveLength(2)
    expect(second).toEqual({ ids: [first.ids?.[0]], warnings: [] })
    const entries = await plane.store.read(scope).list('DocumentationPart', [restApiId])
    expect(entries.map(({ record }) => record)).toEqual([
      { id: first.ids?.[0], location: { type: 'RESOURCE', path: '/a' }, properties: '{"description":"/a"}' },
    ])
  })

  test('refuses what is no document', async () => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    expect(await refusal(plane.run('ImportDocumentationParts', { restApiId, body: bytes('{') }))).toEqual(
      badRequest('Unable to build importer with provided input.'),
    )
  })
})
