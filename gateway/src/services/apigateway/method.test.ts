// Methods, method responses, integrations and their responses against the cases of recorded REST 4–7.
import { describe, expect, test } from 'vitest'
import type { IntegrationType } from '@sluice/aws-protocol/apigateway'
import { badRequest, createApi, createControlPlane, notFound, refusal } from './testing.ts'

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
const invocationOf = (arn: string) => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`
const lambdaUri = invocationOf(functionArn)
const noAuthorizer =
  'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.'

async function root() {
  const plane = createControlPlane()
  const api = await createApi(plane)
  const address = { restApiId: api.restApiId, resourceId: api.rootId, httpMethod: 'GET' }
  const put = (more: object = {}) => plane.run('PutMethod', { ...address, authorizationType: 'NONE', ...more })
  const patch = (...patchOperations: { op: 'add' | 'replace' | 'remove'; path: string; value?: string }[]) =>
    plane.run('UpdateMethod', { ...address, patchOperations })
  return { ...plane, ...api, address, put, patch }
}

describe('methods', () => {
  test('answer minimally, with the authorization type in upper case', async () => {
    const { put } = await root()
    expect(await put({ authorizationType: 'none' })).toEqual({
      httpMethod: 'GET',
      authorizationType: 'NONE',
      apiKeyRequired: false,
    })
  })

  test.each([
    [
      { httpMethod: 'WRONG' },
      'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    ],
    [{ authorizationType: 'CUSTOM' }, noAuthorizer],
    [{ requestValidatorId: 'nope' }, 'Invalid Request Validator identifier specified'],
    [{ requestModels: { 'application/json': 'Nope' } }, 'Invalid model identifier specified: Nope'],
    [
      { requestParameters: { 'method.request.querystring.x': true, 'method.request.header.x': true } },
      'Parameter names must be unique across querystring, header and path',
    ],
    [
      { requestParameters: { true: true } },
      'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]',
    ],
    [
      { authorizationScopes: ['pets/read'] },
      'Invalid Method authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type',
    ],
  ])('are refused with %j', async (more, message) => {
    const { put } = await root()
    expect(await refusal(put(more))).toEqual(badRequest(message))
  })

  test('an unknown resource comes before an invalid verb', async () => {
    const { run, address } = await root()
    const work = run('PutMethod', { ...address, resourceId: 'x', httpMethod: 'WRONG', authorizationType: 'NONE' })
    expect(await refusal(work)).toEqual(notFound('Invalid Resource identifier specified'))
  })

  test('are patched as recorded', async () => {
    const { put, patch, run, restApiId } = await root()
    expect(await refusal(patch())).toEqual(notFound('Invalid Method identifier specified'))
    await put()
    const path = '/requestParameters/method.request.querystring.x'
    expect((await patch({ op: 'add', path, value: 'true' })).requestParameters).toEqual({
      'method.request.querystring.x': true,
    })
    expect(await patch({ op: 'remove', path, value: 'ignored' })).not.toHaveProperty('requestParameters')
    expect(
      (await patch({ op: 'add', path: '/requestModels/application~1json', value: 'Empty' })).requestModels,
    ).toEqual({
      'application/json': 'Empty',
    })
    expect((await patch({ op: 'replace', path: '/apiKeyRequired', value: 'whatever' })).apiKeyRequired).toBe(false)
    expect(await refusal(patch({ op: 'add', path: '/operationName', value: 'x' }))).toEqual(
      badRequest('Invalid patch operation specified. Must be one of: [replace]'),
    )
    expect(await refusal(patch({ op: 'add', path: '/httpMethod', value: 'x' }))).toEqual(
      badRequest('Invalid patch path /httpMethod'),
    )
    expect(await patch({ op: 'replace', path: '/authorizerId', value: 'abc' })).not.toHaveProperty('authorizerId')
    const authorizer = await run('CreateAuthorizer', {
      restApiId,
      name: 'a',
      type: 'TOKEN',
      authorizerUri: lambdaUri,
      identitySource: 'method.request.header.Authorization',
    })
    const custom = await patch(
      { op: 'replace', path: '/authorizerId', value: authorizer.id ?? '' },
      { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
    )
    expect(custom).toMatchObject({ authorizationType: 'CUSTOM', authorizerId: authorizer.id })
    expect(await refusal(patch({ op: 'replace', path: '/authorizerId', value: 'nope' }))).toEqual(
      badRequest(noAuthorizer),
    )
  })
})

describe('method responses', () => {
  test('echo what was given and are shown by status', async () => {
    const { put, run, address } = await root()
    await put()
    const response = { ...address, statusCode: '200' }
    expect(await run('PutMethodResponse', { ...response, responseModels: {} })).toEqual({
      statusCode: '200',
      responseModels: {},
    })
    expect((await run('GetMethod', address)).methodResponses).toEqual({
      200: { statusCode: '200', responseModels: {} },
    })
    const patch = (op: 'add' | 'replace' | 'remove', path: string, value?: string) =>
      run('UpdateMethodResponse', { ...response, patchOperations: [{ op, path, value }] })
    expect((await patch('add', '/responseParameters/method.response.header.X', 'true')).responseParameters).toEqual({
      'method.response.header.X': true,
    })
    expect(await refusal(patch('replace', '/responseParameters/wrong', 'x'))).toEqual(
      notFound('Invalid parameter name specified'),
    )
    expect(await refusal(patch('remove', '/responseModels/wrong'))).toEqual(
      notFound('Content-Type specified was not found'),
    )
    await run('DeleteMethodResponse', response)
    expect(await run('GetMethod', address)).not.toHaveProperty('methodResponses')
    expect(await refusal(run('GetMethodResponse', response))).toEqual(
      notFound('Invalid Response status code specified'),
    )
  })
})

describe('integrations', () => {
  const http = { type: 'HTTP' as IntegrationType, integrationHttpMethod: 'GET', uri: 'http://example.com' }

  test('have the recorded defaults', async () => {
    const { put, run, address, rootId } = await root()
    await put()
    const defaults = {
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29000,
      cacheNamespace: rootId,
      cacheKeyParameters: [],
    }
    expect(await run('PutIntegration', { ...address, ...http })).toEqual({
      type: 'HTTP',
      httpMethod: 'GET',
      uri: 'http://example.com',
      connectionType: 'INTERNET',
      ...defaults,
    })
    expect(await run('PutIntegration', { ...address, ...http, type: 'MOCK' })).toEqual({ type: 'MOCK', ...defaults })
    const proxy = { ...address, ...http, type: 'AWS_PROXY' as const, uri: lambdaUri }
    expect(await run('PutIntegration', proxy)).not.toHaveProperty('connectionType')
  })

  test.each([
    [{ ...http, integrationHttpMethod: undefined }, 'Enumeration value for HttpMethod must be non-empty'],
    [{ ...http, uri: 'ftp://x' }, 'Invalid HTTP endpoint specified for URI'],
    [{ ...http, uri: 'http://x:22/' }, 'Invalid HTTP endpoint specified for URI'],
    [{ ...http, type: 'AWS', uri: 'non-valid-arn' }, 'Invalid ARN specified in the request'],
    [{ ...http, type: 'AWS_PROXY', uri: 'bad-arn:lambda:path/x' }, 'Invalid ARN specified in the request'],
    [{ ...http, type: 'AWS_PROXY', uri: functionArn }, 'AWS ARN for integration must contain path or action'],
    [
      { ...http, type: 'AWS_PROXY', uri: 'arn:aws:apigateway:us-east-1:s3:path/b/k' },
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    ],
    [{ ...http, type: 'AWS_PROXY', uri: invocationOf('') }, 'Invalid function ARN or invalid uri'],
    [
      { ...http, type: 'AWS_PROXY', uri: invocationOf(invocationOf(functionArn)) },
      'Invalid function ARN or invalid uri',
    ],
    [{ ...http, timeoutInMillis: 49 }, 'Timeout should be between 50 ms and 29000 ms'],
    [
      { ...http, requestTemplates: { 123: '' } },
      'Validation Result: warnings : [], errors : [Invalid content type specified: 123]',
    ],
    [
      { ...http, requestTemplates: { 'text/ж': '' } },
      'Validation Result: warnings : [], errors : [Invalid content type specified: text/ж]',
    ],
    [
      { ...http, requestParameters: { 'integration.request.header.x': 'method.request.header.foo' } },
      'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.header.foo]',
    ],
    [{ ...http, cacheKeyParameters: ['method.request.querystring.q'] }, 'Invalid cache key parameter specified'],
    [{ ...http, credentials: 'NONE' }, 'Invalid ARN specified in the request'],
  ])('are refused with %j', async (input, message) => {
    const { put, run, address } = await root()
    await put()
    const work = run('PutIntegration', { ...address, ...input, type: input.type as IntegrationType })
    expect(await refusal(work)).toEqual(badRequest(message))
  })

  test('accept a doubled slash, stage variables, and a link named by one', async () => {
    const { put, run, address } = await root()
    await put()
    await run('PutIntegration', { ...address, ...http, type: 'AWS', uri: lambdaUri.replace('path/', 'path//') })
    await run('PutIntegration', {
      ...address,
      ...http,
      uri: 'http://${stageVariables.host}/x',
      connectionType: 'VPC_LINK',
      connectionId: '${stageVariables.link}',
    })
    const patched = await run('UpdateIntegration', {
      ...address,
      patchOperations: [
        { op: 'add', path: '/requestParameters/integration.request.header.Accept', value: "'application/xml'" },
        { op: 'add', path: '/requestTemplates/application~1json', value: '{}' },
      ],
    })
    expect(patched).toMatchObject({
      requestParameters: { 'integration.request.header.Accept': "'application/xml'" },
      requestTemplates: { 'application/json': '{}' },
      connectionId: '${stageVariables.link}',
    })
    await run('DeleteIntegration', address)
    expect(await refusal(run('GetIntegration', address))).toEqual(notFound('Invalid Integration identifier specified'))
  })

  test('lose the cache keys of parameters that their method no longer declares', async () => {
    const { put, patch, run, address } = await root()
    const [kept, gone] = ['method.request.querystring.kept', 'method.request.querystring.gone']
    await put({ requestParameters: { [kept]: true, [gone]: true } })
    await run('PutIntegration', { ...address, ...http, cacheKeyParameters: [kept, gone] })
    await patch({ op: 'remove', path: `/requestParameters/${gone}` })
    expect((await run('GetIntegration', address)).cacheKeyParameters).toEqual([kept])
  })

  test('keep their type, and have their cache keys replaced', async () => {
    const { put, run, address } = await root()
    const [first, second] = ['method.request.querystring.first', 'method.request.querystring.second']
    await put({ requestParameters: { [first]: true, [second]: true } })
    await run('PutIntegration', { ...address, ...http, cacheKeyParameters: [first] })
    const patch = (path: string, value: string) =>
      run('UpdateIntegration', { ...address, patchOperations: [{ op: 'replace', path, value }] })
    expect(await refusal(patch('/type', 'HTTP_PROXY'))).toEqual(badRequest('Invalid patch path /type'))
    expect(await refusal(patch('/connectionType', 'VPC_LINK'))).toEqual(
      badRequest('ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK'),
    )
    expect((await patch(`/cacheKeyParameters/${first}`, second)).cacheKeyParameters).toEqual([second])
    expect((await patch('/cacheKeyParameters', `${first},${second}`)).cacheKeyParameters).toEqual([first, second])
  })

  test('show null for a template that lets the body pass', async () => {
    const { put, run, address, restApiId } = await root()
    await put()
    const passing = { 'application/json': null, 'text/plain': 'x' }
    const requestTemplates = { 'application/json': '', 'text/plain': 'x' }
    expect((await run('PutIntegration', { ...address, ...http, requestTemplates })).requestTemplates).toEqual(passing)
    const patchOperations = [{ op: 'add' as const, path: '/requestTemplates/application~1xml' }]
    expect((await run('UpdateIntegration', { ...address, patchOperations })).requestTemplates).toEqual({
      ...passing,
      'application/xml': null,
    })
    const response = { ...address, statusCode: '200', responseTemplates: { 'application/json': '' } }
    const shown = { statusCode: '200', responseTemplates: { 'application/json': null } }
    expect(await run('PutIntegrationResponse', response)).toEqual(shown)
    expect(await run('GetIntegrationResponse', response)).toEqual(shown)
    expect((await run('GetMethod', address)).methodIntegration?.integrationResponses).toEqual({ 200: shown })
    const { items = [] } = await run('GetResources', { restApiId, embed: ['methods'] })
    expect(items[0]?.resourceMethods?.['GET']?.methodIntegration?.integrationResponses).toEqual({ 200: shown })
  })

  test('have responses that echo an empty pattern and replace the whole object', async () => {
    const { put, run, address } = await root()
    await put()
    const response = { ...address, statusCode: '200' }
    expect(await refusal(run('GetIntegrationResponse', response))).toEqual(
      notFound('Invalid Integration identifier specified'),
    )
    await run('PutIntegration', { ...address, type: 'MOCK' })
    expect(await run('PutIntegrationResponse', { ...response, selectionPattern: '', responseTemplates: {} })).toEqual({
      statusCode: '200',
      selectionPattern: '',
      responseTemplates: {},
    })
    expect(await run('PutIntegrationResponse', response)).toEqual({ statusCode: '200' })
    expect((await run('GetIntegration', address)).integrationResponses).toEqual({ 200: { statusCode: '200' } })
    await run('DeleteIntegrationResponse', response)
    expect(await run('GetIntegration', address)).not.toHaveProperty('integrationResponses')
    expect(await refusal(run('PutIntegrationResponse', { ...response, selectionPattern: '4..(' }))).toEqual(
      badRequest('Invalid regex pattern specified'),
    )
  })
})

test('an integration response sets the headers of its method response, or of the others where its status has none', async () => {
  const { put, run, address } = await root()
  await put()
  await run('PutIntegration', { ...address, type: 'MOCK' })
  const setting = (statusCode: string, header: string) =>
    run('PutIntegrationResponse', {
      ...address,
      statusCode,
      responseParameters: { [`method.response.header.${header}`]: "'x'" },
    })
  const report = 'Invalid mapping expression specified: Validation Result: warnings : [], errors : '
  expect(await refusal(setting('200', 'X'))).toEqual(badRequest(`${report}[No method response exists for method.]`))
  expect(await run('PutIntegrationResponse', { ...address, statusCode: '200', responseParameters: {} })).toBeDefined()

  const declared = { 'method.response.header.X': false }
  await run('PutMethodResponse', { ...address, statusCode: '200', responseParameters: declared })
  await run('PutMethodResponse', { ...address, statusCode: '302' })
  expect(await setting('200', 'X')).toHaveProperty('responseParameters')
  expect(await setting('400', 'X')).toHaveProperty('responseParameters')
  const undeclared = (header: string) =>
    badRequest(`${report}[Invalid mapping expression parameter specified: method.response.header.${header}]`)
  expect(await refusal(setting('302', 'X'))).toEqual(undeclared('X'))
  expect(await refusal(setting('400', 'Y'))).toEqual(undeclared('Y'))
  expect(await refusal(setting('400', 'toString'))).toEqual(undeclared('toString'))
})

test('a validator, model or authorizer that a method uses cannot be deleted', async () => {
  const { put, run, restApiId } = await root()
  const { id: requestValidatorId = '' } = await run('CreateRequestValidator', { restApiId, name: 'v' })
  await put({ requestValidatorId, requestModels: { 'application/json': 'Empty' } })
  expect(await refusal(run('DeleteModel', { restApiId, modelName: 'Empty' }))).toMatchObject({
    status: 409,
    message: "Cannot delete model 'Empty', is referenced in method request: //GET",
  })
  expect(await refusal(run('DeleteRequestValidator', { restApiId, requestValidatorId }))).toMatchObject({ status: 409 })
})

test('texts that are almost right are refused in no more time than others', async () => {
  const { run, address, put: putMethod } = await root()
  await putMethod()
  const long = 'a'.repeat(500_000)
  const startedAt = performance.now()
  const put = (more: object) => refusal(run('PutIntegration', { ...address, type: 'MOCK', ...more }))
  expect(await put({ type: 'HTTP', integrationHttpMethod: 'GET', uri: `http://${long}\n` })).toEqual(
    badRequest('Invalid HTTP endpoint specified for URI'),
  )
  expect(await put({ requestTemplates: { [`a/${long}\n`]: 'x' } })).toMatchObject({ status: 400 })
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
