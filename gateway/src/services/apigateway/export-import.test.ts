// An import of an export is a fixed point, for documents that nobody wrote: made APIs, exported, imported and exported again.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createControlPlane, type ControlPlane } from './testing.ts'

const functionUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations'

const word = fc.constantFrom('a', 'b', 'pets', '__proto__', 'constructor', 'x-y', 'A1')
const text = fc.oneof(
  fc.constantFrom('', "it's", '"', '\\', 'a\nb', '#/x', '${x}', '1.0', 'yes'),
  fc.string({ maxLength: 6 }),
)
const schemaName = fc.constantFrom('Pet', 'Pets', 'Error1')

const schema = (ref: string): fc.Arbitrary<object> =>
  fc.oneof(
    schemaName.map((name) => ({ $ref: `${ref}${name}` })),
    fc.record({ type: fc.constant('array'), items: schemaName.map((name) => ({ $ref: `${ref}${name}` })) }),
    fc.record({
      type: fc.constant('object'),
      description: text,
      properties: fc.dictionary(word, fc.constantFrom({ type: 'string' }, { type: 'integer' }), { maxKeys: 2 }),
    }),
  )

const response = fc.record({ statusCode: fc.constantFrom('200', '404') }).chain((required) =>
  fc.record({
    ...Object.fromEntries(Object.entries(required).map(([name, value]) => [name, fc.constant(value)])),
    responseTemplates: fc.dictionary(fc.constantFrom('application/json', 'text/html'), text, { maxKeys: 2 }),
    responseParameters: fc.constantFrom({}, { 'method.response.header.h': "'x'" }),
  }),
)

const responses = fc.dictionary(fc.constantFrom('default', '4\\d{2}', '.*oops.*'), response, { maxKeys: 1 })

const integration = fc.oneof(
  fc.record({
    type: fc.constant('mock'),
    requestTemplates: fc.constant({ 'application/json': '{"statusCode": 200}' }),
    responses,
  }),
  fc.record({
    type: fc.constantFrom('http', 'http_proxy'),
    httpMethod: fc.constantFrom('GET', 'ANY'),
    uri: fc.constantFrom('http://a.example/x', 'https://b.example/{id}?c=d', 'http://${stageVariables.host}/'),
    passthroughBehavior: fc.constantFrom('when_no_match', 'never', 'when_no_templates'),
    requestParameters: fc.constantFrom(
      {},
      { 'integration.request.header.a': "'b'", 'integration.request.path.id': 'context.path' },
    ),
    timeoutInMillis: fc.constantFrom(50, 29_000),
    contentHandling: fc.constantFrom('CONVERT_TO_TEXT', 'CONVERT_TO_BINARY'),
    responses,
  }),
  fc.record({ type: fc.constant('aws_proxy'), httpMethod: fc.constant('POST'), uri: fc.constant(functionUri) }),
)

const operation = fc.record(
  {
    operationId: word,
    parameters: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('p', 'q', 'r'),
        in: fc.constantFrom('query', 'header'),
        required: fc.boolean(),
        schema: fc.constant({ type: 'string' }),
      }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
    requestBody: schema('#/components/schemas/').map((schema) => ({ content: { 'application/json': { schema } } })),
    responses: fc.dictionary(
      fc.constantFrom('200', '404'),
      fc.record({
        description: fc.constant('x'),
        headers: fc.constant({ h: { schema: { type: 'string' } } }),
        content: schema('#/components/schemas/').map((schema) => ({ 'application/json': { schema } })),
      }),
      { minKeys: 2 },
    ),
    security: fc.constantFrom([], [{ asked: [] }], [{ key: [] }], [{ iam: [] }], [{ asked: [] }, { key: [] }]),
    'x-amazon-apigateway-request-validator': fc.constantFrom('all', 'none'),
    'x-amazon-apigateway-integration': integration,
  },
  { requiredKeys: ['responses', 'x-amazon-apigateway-integration'] },
)

const scheme = { type: 'apiKey', in: 'header' }

const document = fc.record(
  {
    openapi: fc.constant('3.0.1'),
    info: fc.record({ title: word, version: fc.constantFrom('1.0', 'v2'), description: fc.constantFrom('d', "it's") }),
    paths: fc.dictionary(
      fc.constantFrom('/', '/pets', '/pets/{id}', '/a/b/{c+}', '/__proto__', '/constructor/x'),
      fc.dictionary(fc.constantFrom('get', 'post', 'x-amazon-apigateway-any-method'), operation, {
        minKeys: 1,
        maxKeys: 2,
      }),
      { minKeys: 1, maxKeys: 4 },
    ),
    components: fc.record({
      schemas: fc.record({
        Pet: schema('#/components/schemas/'),
        Pets: schema('#/components/schemas/'),
        Error1: fc.constant({ type: 'object' }),
      }),
      securitySchemes: fc.constant({
        key: { ...scheme, name: 'x-api-key' },
        iam: { ...scheme, name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' },
        asked: {
          ...scheme,
          name: 'Authorization',
          'x-amazon-apigateway-authtype': 'custom',
          'x-amazon-apigateway-authorizer': {
            type: 'token',
            authorizerUri: functionUri,
            authorizerResultTtlInSeconds: 60,
          },
        },
      }),
    }),
    'x-amazon-apigateway-request-validators': fc.constant({
      all: { validateRequestBody: true, validateRequestParameters: true },
      none: { validateRequestBody: false, validateRequestParameters: false },
    }),
    'x-amazon-apigateway-gateway-responses': fc.constantFrom(
      {},
      { THROTTLED: { statusCode: 420 } },
      { DEFAULT_4XX: { responseTemplates: { 'application/json': '{"a": 1}' } } },
    ),
    'x-amazon-apigateway-binary-media-types': fc.constantFrom([], ['image/png'], ['*/*', 'a/b']),
    'x-amazon-apigateway-minimum-compression-size': fc.constantFrom(0, 1024),
    'x-amazon-apigateway-api-key-source': fc.constantFrom('HEADER', 'AUTHORIZER'),
    'x-amazon-apigateway-documentation': fc.constantFrom(
      { documentationParts: [] },
      { version: 'v1', documentationParts: [{ location: { type: 'API' }, properties: { description: 'all of it' } }] },
    ),
  },
  { requiredKeys: ['openapi', 'info', 'paths', 'components', 'x-amazon-apigateway-request-validators'] },
)

interface Api {
  readonly exported: Uint8Array
  /** Its methods by path and verb, without what is another in each API. */
  readonly methods: string
}

/** Imports, deploys and exports a document. */
async function throughOnce({ run }: ControlPlane, body: Uint8Array, exportType: string): Promise<Api> {
  const { id: restApiId = '', warnings } = await run('ImportRestApi', { body })
  expect(warnings ?? []).toEqual([])
  const { items = [] } = await run('GetDocumentationVersions', { restApiId })
  await run('CreateDeployment', { restApiId, stageName: 's' })
  const patchOperations = items.map(({ version = '' }) => ({
    op: 'replace' as const,
    path: '/documentationVersion',
    value: version,
  }))
  await run('UpdateStage', { restApiId, stageName: 's', patchOperations })
  const parameters = { extensions: 'apigateway,documentation' }
  const { body: exported } = await run('GetExport', { restApiId, stageName: 's', exportType, parameters })
  const resources = await run('GetResources', { restApiId, embed: ['methods'], limit: 500 })
  const own = new Set(['id', 'parentId', 'authorizerId', 'requestValidatorId', 'cacheNamespace'])
  const byPath = (resources.items ?? []).map((resource) =>
    JSON.stringify(sorted(resource), (key, value: unknown) => (own.has(key) ? undefined : value)),
  )
  return {
    exported: new TextEncoder().encode(new TextDecoder().decode(exported).replaceAll(restApiId, 'ID')),
    methods: byPath.sort().join('\n'),
  }
}

/** The order of members is no part of the contract. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const)
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

test.each(['oas30', 'swagger'])('an import of an export gives the same again: %s', async (exportType) => {
  await fc.assert(
    fc.asyncProperty(document, async (made) => {
      const plane = createControlPlane()
      const first = await throughOnce(plane, new TextEncoder().encode(JSON.stringify(made)), exportType)
      const second = await throughOnce(plane, first.exported, exportType)
      expect(JSON.parse(new TextDecoder().decode(second.exported))).toEqual(
        JSON.parse(new TextDecoder().decode(first.exported)),
      )
      // Swagger has one list of media types for all that an operation answers: models spread over it.
      if (exportType === 'oas30') expect(second.methods).toBe(first.methods)
    }),
    { numRuns: 150 },
  )
})
