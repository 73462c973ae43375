// What exports look like, and that importing an export changes nothing more.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DocumentFault, parseDocument, readHttpApi, readRestApi, writeHttpApi, writeRestApi } from '../index.ts'
import type { HttpApiDescription, RestApiDescription, RestExtension, WriteRestApiOptions } from '../index.ts'

const goldenFolder = new URL('../../golden/', import.meta.url)
const everything: ReadonlySet<RestExtension> = new Set(['apigateway', 'documentation'])
const exampleServer = { host: 'abc.execute-api.us-east-1.amazonaws.com', stage: 'dev' }

function options(over: Partial<WriteRestApiOptions> = {}): WriteRestApiOptions {
  return {
    version: 'oas30',
    extensions: everything,
    format: 'json',
    server: exampleServer,
    versionFallback: '2016-09-12T17:50:37Z',
    ...over,
  }
}

/** The description as its readers compare it: no places, no warnings, endpoint types said elsewhere. */
function bare(description: object): unknown {
  const hidden = new Set(['place', 'warnings', 'importInfo', 'types'])
  return JSON.parse(JSON.stringify(description, (key, value: unknown) => (hidden.has(key) ? undefined : value)))
}

function goldenDocuments(kind: 'rest' | 'http'): { name: string; text: string }[] {
  return globSync(`${kind}/*.txt`, { cwd: goldenFolder }).map((name) => {
    const text = readFileSync(new URL(name, goldenFolder), 'utf8').split('\n====\n')[1]?.split('\n----\n')[0] ?? ''
    return { name, text }
  })
}

function readOrSkip<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DocumentFault) return undefined
    throw error
  }
}

describe('an import of an export is a fixed point', () => {
  for (const { name, text } of [
    ...goldenDocuments('rest'),
    {
      name: 'petstore.yaml',
      text: readFileSync(new URL('../../../../examples/petstore.yaml', import.meta.url), 'utf8'),
    },
  ]) {
    const first = readOrSkip(() => readRestApi(parseDocument(text)))
    if (first === undefined) continue
    for (const format of ['json', 'yaml'] as const) {
      test(`${name} as OpenAPI 3.0 in ${format}`, () => {
        const second = readRestApi(parseDocument(writeRestApi(first, options({ format }))))
        expect(bare(second)).toEqual(bare(first))
        expect(second.warnings).toEqual([])
      })

      test(`${name} as Swagger 2.0 in ${format}, once media types are those of the operation`, () => {
        const style = options({ version: 'swagger', format })
        const second = readRestApi(parseDocument(writeRestApi(first, style)))
        const third = readRestApi(parseDocument(writeRestApi(second, style)))
        expect(bare(third)).toEqual(bare(second))
        expect(second.warnings).toEqual([])
      })
    }
  }

  for (const { name, text } of goldenDocuments('http')) {
    const first = readOrSkip(() => readHttpApi(parseDocument(text)))
    if (first === undefined) continue
    for (const format of ['json', 'yaml'] as const) {
      test(`${name} in ${format}`, () => {
        const style = { includeExtensions: true, format, server: exampleServer, versionFallback: '1' }
        const second = readHttpApi(parseDocument(writeHttpApi(first, style)))
        expect(bare(second)).toEqual(bare(first))
        expect(second.warnings).toEqual([])
      })
    }
  }
})

const pets: RestApiDescription = {
  restApi: { name: 'Pets', binaryMediaTypes: ['image/png'] },
  models: [],
  requestValidators: [],
  authorizers: [],
  gatewayResponses: [],
  documentationParts: [],
  resources: [
    { path: '/', methods: [] },
    {
      path: '/pets/{petId}',
      methods: [
        {
          httpMethod: 'GET',
          authorizationType: 'NONE',
          apiKeyRequired: false,
          requestParameters: { 'method.request.path.petId': true, 'method.request.querystring.q': false },
          methodResponses: { 200: { statusCode: '200' } },
          methodIntegration: {
            type: 'HTTP',
            httpMethod: 'GET',
            uri: 'http://example.com',
            connectionType: 'INTERNET',
            passthroughBehavior: 'WHEN_NO_MATCH',
            timeoutInMillis: 29_000,
            cacheKeyParameters: [],
            integrationResponses: {
              200: { statusCode: '200', selectionPattern: '', responseTemplates: { 'text/html': '<p>' } },
            },
          },
        },
      ],
    },
  ],
}

describe('writeRestApi', () => {
  test('writes the OpenAPI 3.0 document that AWS was recorded to export', () => {
    expect(JSON.parse(writeRestApi(pets, options({ extensions: new Set() })))).toEqual({
      openapi: '3.0.1',
      info: { title: 'Pets', version: '2016-09-12T17:50:37Z' },
      servers: [
        {
          url: 'https://abc.execute-api.us-east-1.amazonaws.com/{basePath}',
          variables: { basePath: { default: 'dev' } },
        },
      ],
      paths: {
        '/pets/{petId}': {
          get: {
            parameters: [
              { name: 'petId', in: 'path', required: true, schema: { type: 'string' } },
              { name: 'q', in: 'query', schema: { type: 'string' } },
            ],
            responses: { 200: { description: '200 response', content: {} } },
          },
        },
      },
      components: {},
    })
  })

  test('writes the Swagger 2.0 document that AWS was recorded to export, with integrations', () => {
    const text = writeRestApi(pets, options({ version: 'swagger', extensions: new Set(['apigateway']) }))
    expect(JSON.parse(text)).toEqual({
      swagger: '2.0',
      info: { title: 'Pets', version: '2016-09-12T17:50:37Z' },
      host: 'abc.execute-api.us-east-1.amazonaws.com',
      basePath: '/dev',
      schemes: ['https'],
      paths: {
        '/pets/{petId}': {
          get: {
            produces: ['text/html'],
            parameters: [
              { name: 'petId', in: 'path', required: true, type: 'string' },
              { name: 'q', in: 'query', required: false, type: 'string' },
            ],
            responses: { 200: { description: '200 response' } },
            'x-amazon-apigateway-integration': {
              type: 'http',
              httpMethod: 'GET',
              uri: 'http://example.com',
              responses: { default: { statusCode: '200', responseTemplates: { 'text/html': '<p>' } } },
              passthroughBehavior: 'when_no_match',
            },
          },
        },
      },
      'x-amazon-apigateway-binary-media-types': ['image/png'],
    })
  })

  test('writes documentation where OpenAPI has a field for it, the most specific part first', () => {
    const part = (type: string, rest: object, properties: object) => ({
      location: { type, ...rest },
      properties: JSON.stringify(properties),
    })
    const documentationParts = [
      part('API', {}, { info: { description: 'About pets', title: 'not this' }, custom: 1 }),
      part('METHOD', {}, { summary: 'any' }),
      part('METHOD', { path: '/pets', method: 'GET' }, { summary: 'below pets', tags: ['t'], custom: 1 }),
      part('METHOD', { path: '/pet', method: 'GET' }, { summary: 'of no one' }),
      part('PATH_PARAMETER', { path: '/pets/{petId}', name: 'petId' }, { description: 'Its number' }),
      part('RESPONSE', { statusCode: '200' }, { description: 'Fine' }),
      part('RESPONSE', { statusCode: '404', path: '/pets' }, { description: 'None' }),
      part('RESOURCE', { path: '/pets' }, { description: 'not inherited' }),
    ]
    const text = writeRestApi({ ...pets, documentationParts }, options({ extensions: new Set() }))
    const written = JSON.parse(text) as { info: object; paths: Record<string, object> }
    expect(written.info).toEqual({ title: 'Pets', description: 'About pets', version: '2016-09-12T17:50:37Z' })
    expect(written.paths['/pets/{petId}']).toEqual({
      get: {
        summary: 'below pets',
        tags: ['t'],
        parameters: [
          { name: 'petId', in: 'path', description: 'Its number', required: true, schema: { type: 'string' } },
          { name: 'q', in: 'query', schema: { type: 'string' } },
        ],
        responses: { 200: { description: 'Fine', content: {} } },
      },
    })
  })

  test('prints JSON with the spacing of AWS', () => {
    const text = writeRestApi({ ...pets, resources: [] }, options({ extensions: new Set() }))
    expect(text.split('\n').slice(0, 6)).toEqual([
      '{',
      '  "openapi" : "3.0.1",',
      '  "info" : {',
      '    "title" : "Pets",',
      '    "version" : "2016-09-12T17:50:37Z"',
      '  },',
    ])
    expect(text).toContain('"servers" : [ {\n    "url"')
    expect(text).toContain('"paths" : { },')
  })

  test('keeps numbers of schemas as they are written, in both notations', () => {
    const models = [{ name: 'M', contentType: 'application/json', schema: '{"maximum":500.0,"minimum":-1}' }]
    for (const format of ['json', 'yaml'] as const) {
      const text = writeRestApi({ ...pets, models }, options({ format }))
      expect(readRestApi(parseDocument(text)).models[0]?.schema).toBe('{\n  "maximum" : 500.0,\n  "minimum" : -1\n}')
    }
  })
})

const petRoutes: HttpApiDescription = {
  api: { name: 'http' },
  authorizers: [],
  integrations: [
    {
      key: 'i/1',
      integrationType: 'HTTP_PROXY',
      integrationMethod: 'GET',
      integrationUri: 'https://example.com',
      connectionType: 'INTERNET',
      payloadFormatVersion: '1.0',
      timeoutInMillis: 30_000,
    },
  ],
  routes: [
    { routeKey: '$default', authorizationType: 'NONE', integrationKey: 'i/1' },
    { routeKey: 'ANY /a', authorizationType: 'AWS_IAM', integrationKey: 'i/1' },
  ],
}

describe('writeHttpApi', () => {
  const style = { includeExtensions: true, format: 'json', server: { host: 'h' }, versionFallback: '1' } as const

  test('declares the parameters of a path, as OpenAPI wants it', () => {
    const routes = [{ routeKey: 'GET /a/{id}/{proxy+}', authorizationType: 'NONE' }] as const
    const written = JSON.parse(writeHttpApi({ ...petRoutes, routes }, style)) as { paths: Record<string, object> }
    const declared = (name: string): object => ({
      name,
      in: 'path',
      description: `Generated path parameter for ${name}`,
      required: true,
      schema: { type: 'string' },
    })
    expect(written.paths['/a/{id}/{proxy+}']).toMatchObject({ parameters: [declared('id'), declared('proxy+')] })
  })

  test('writes an integration of several routes once and refers to it', () => {
    const written = JSON.parse(writeHttpApi(petRoutes, style)) as { paths: object; components: object }
    const reference = { $ref: '#/components/x-amazon-apigateway-integrations/i~11' }
    expect(written.paths).toEqual({
      '/$default': {
        'x-amazon-apigateway-any-method': {
          responses: { default: { description: 'Default response for $default' } },
          isDefaultRoute: true,
          'x-amazon-apigateway-integration': reference,
        },
      },
      '/a': {
        'x-amazon-apigateway-any-method': {
          responses: { default: { description: 'Default response for ANY /a' } },
          security: [{ sigv4: [] }],
          'x-amazon-apigateway-integration': reference,
        },
      },
    })
    expect(bare(readHttpApi(parseDocument(JSON.stringify(written))))).toEqual(
      bare({ ...petRoutes, api: { name: 'http', version: '1' } }),
    )
  })

  test('leaves the extensions out when asked to', () => {
    const text = writeHttpApi(petRoutes, { ...style, includeExtensions: false })
    expect(text).not.toContain('x-amazon-apigateway-integration')
    expect(text).not.toContain('importexport')
  })
})
