// Models, request validators, authorizers, gateway responses and tags against recorded REST 8–12 and REST 17.
import { describe, expect, test } from 'vitest'
import { badRequest, conflict, createApi, createControlPlane, notFound, refusal } from './testing.ts'

async function api() {
  const plane = createControlPlane()
  return { ...plane, ...(await createApi(plane)) }
}

describe('models', () => {
  const url = (restApiId: string, name: string) =>
    `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${name}`

  test('drop an empty description', async () => {
    const { run, restApiId } = await api()
    const input = {
      restApiId,
      name: 'Pet',
      contentType: 'application/json',
      schema: '{"type":"object"}',
      description: '',
    }
    expect(await run('CreateModel', input)).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{6}$/),
      name: 'Pet',
      contentType: 'application/json',
      schema: '{"type":"object"}',
    })
    expect(await refusal(run('CreateModel', input))).toEqual(conflict('Model name already exists for this REST API'))
  })

  test.each([
    [{ name: '' }, 'Model name must be non-empty'],
    [{ name: 'A_b' }, 'Model name must be alphanumeric: A_b'],
    [{ schema: '' }, 'Model schema must have at least 1 property or array items defined'],
    [
      { schema: '{' },
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    ],
    [
      { schema: '{"properties":{"type":{"type":["string","text"]}}}' },
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    ],
    [
      { contentType: 'json' },
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid content type specified: json]',
    ],
  ])('are refused with %j', async (more, message) => {
    const { run, restApiId } = await api()
    const input = { restApiId, name: 'Pet', contentType: 'application/json', schema: '{"type":"object"}', ...more }
    expect(await refusal(run('CreateModel', input))).toEqual(badRequest(message))
  })

  test('refer to each other, are flattened, sketched as templates, and kept while referred to', async () => {
    const { run, restApiId } = await api()
    const create = (name: string, schema: object) =>
      run('CreateModel', { restApiId, name, contentType: 'application/json', schema: JSON.stringify(schema) })
    await create('Tag', { type: 'string' })
    await create('Pet', {
      type: 'object',
      properties: { id: { type: 'integer' }, tags: { type: 'array', items: { $ref: url(restApiId, 'Tag') } } },
    })
    expect(await refusal(run('DeleteModel', { restApiId, modelName: 'Tag' }))).toEqual(
      conflict("Cannot delete model 'Tag', is referenced in model: Pet"),
    )
    expect(await refusal(create('Bad', { $ref: url(restApiId, 'Nope') }))).toMatchObject({ status: 400 })
    const { schema = '' } = await run('GetModel', { restApiId, modelName: 'Pet', flatten: true })
    expect(JSON.parse(schema)).toEqual({
      type: 'object',
      properties: { id: { type: 'integer' }, tags: { type: 'array', items: { $ref: '#/definitions/Tag' } } },
      definitions: { Tag: { type: 'string' } },
    })
    expect((await run('GetModelTemplate', { restApiId, modelName: 'Pet' })).value).toBe(
      [
        "#set($inputRoot = $input.path('$'))",
        '{',
        '  "id" : 42,',
        '  "tags" : [',
        '##TODO: Update this foreach loop to reference array from input json',
        '#foreach($elem in $inputRoot.tags)',
        '    "foo"#if($foreach.hasNext),#end',
        '#end',
        '  ]',
        '}',
      ].join('\n'),
    )
    expect(await refusal(run('GetModel', { restApiId: 'x', modelName: 'Pet' }))).toEqual(
      notFound('Invalid model name specified: Pet'),
    )
  })

  test('that refer to themselves many times still give a template of bounded size', async () => {
    const { run, restApiId } = await api()
    const names = Array.from({ length: 30 }, (_, index) => [`p${index}`, { $ref: url(restApiId, 'Self') }])
    const schema = JSON.stringify({ type: 'object', properties: Object.fromEntries(names) })
    await run('CreateModel', { restApiId, name: 'Self', contentType: 'application/json', schema })
    const { value = '' } = await run('GetModelTemplate', { restApiId, modelName: 'Self' })
    expect(value.length).toBeLessThan(200_000)
  })

  test('are patched in the listing dialect', async () => {
    const { run, restApiId } = await api()
    const work = run('UpdateModel', { restApiId, modelName: 'Empty', patchOperations: [{ op: 'replace', path: '/x' }] })
    expect(await refusal(work)).toEqual(
      badRequest("Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/description, /schema]"),
    )
  })
})

describe('request validators', () => {
  test('default to false, and a patch without a value sets false', async () => {
    const { run, restApiId } = await api()
    const { id = '', ...shape } = await run('CreateRequestValidator', { restApiId, name: 'v' })
    expect(shape).toEqual({ name: 'v', validateRequestBody: false, validateRequestParameters: false })
    const patch = (op: 'add' | 'replace', path: string, value?: string) =>
      run('UpdateRequestValidator', { restApiId, requestValidatorId: id, patchOperations: [{ op, path, value }] })
    expect((await patch('replace', '/validateRequestBody', 'true')).validateRequestBody).toBe(true)
    expect((await patch('replace', '/validateRequestBody')).validateRequestBody).toBe(false)
    expect(await refusal(patch('replace', '/name'))).toEqual(badRequest('Request Validator name cannot be blank'))
    expect(await refusal(patch('replace', '/invalidPath'))).toEqual(
      badRequest(
        "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/name, /validateRequestParameters, /validateRequestBody]",
      ),
    )
    await run('DeleteRequestValidator', { restApiId, requestValidatorId: id })
    expect(await run('GetRequestValidators', { restApiId })).toEqual({ items: [] })
  })

  test('answer 400 for an unknown API', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('CreateRequestValidator', { restApiId: 'x', name: 'v' }))).toEqual(
      badRequest('Invalid REST API identifier specified'),
    )
  })
})

describe('authorizers', () => {
  const authorizerUri =
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations'
  const token = {
    name: 'a',
    type: 'TOKEN' as const,
    authorizerUri,
    identitySource: 'method.request.header.Authorization',
  }

  test('echo no time to live that was not given', async () => {
    const { run, restApiId } = await api()
    const { id = '', ...shape } = await run('CreateAuthorizer', { restApiId, ...token })
    expect(shape).toEqual({ ...token, authType: 'custom' })
    expect(await refusal(run('CreateAuthorizer', { restApiId, ...token }))).toEqual(
      badRequest('Authorizer name must be unique. Authorizer a already exists in this RestApi.'),
    )
    const patchOperations = [{ op: 'replace' as const, path: '/authorizerResultTtlInSeconds', value: '60' }]
    expect(await run('UpdateAuthorizer', { restApiId, authorizerId: id, patchOperations })).toMatchObject({
      authorizerResultTtlInSeconds: 60,
    })
  })

  test.each([
    [{ ...token, identitySource: undefined }, 'IdentitySource cannot be empty'],
    [{ ...token, type: 'COGNITO_USER_POOLS' as const }, 'ProviderARNs cannot be empty'],
    [
      { ...token, identitySource: 'method.request.querystring.a' },
      "Invalid token source expression: method.request.querystring.a. The source must be a method request header, matching 'method.request.header.[a-zA-Z0-9._-]+'.",
    ],
    [{ ...token, type: 'REQUEST' as const, identitySource: undefined }, 'Invalid request input'],
    [
      { ...token, type: 'REQUEST' as const, identitySource: 'a' },
      "Invalid request identity source expression: a. The sources must be separated by comma, and each source must be either a method request parameter, matching 'method.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'",
    ],
    [
      { ...token, authorizerResultTtlInSeconds: 3601 },
      'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.',
    ],
  ])('are refused when they lack what their type needs: %#', async (authorizer, sentence) => {
    const { run, restApiId } = await api()
    expect(await refusal(run('CreateAuthorizer', { restApiId, ...authorizer }))).toEqual(badRequest(sentence))
  })

  test('take identity sources and user pools one by one', async () => {
    const { run, restApiId } = await api()
    const patch = async (authorizerId: string, op: 'add' | 'remove' | 'replace', path: string, value?: string) =>
      run('UpdateAuthorizer', { restApiId, authorizerId, patchOperations: [{ op, path, value }] })
    const { id = '' } = await run('CreateAuthorizer', { restApiId, ...token, type: 'REQUEST' })
    const [header, query] = ['method.request.header.Authorization', 'method.request.querystring.q']
    expect(await patch(id, 'add', '/identitySource', query)).toMatchObject({ identitySource: `${header},${query}` })
    expect(await patch(id, 'remove', '/identitySource', header)).toMatchObject({ identitySource: query })
    const pool = (name: string) => `arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_${name}`
    const users = await run('CreateAuthorizer', {
      restApiId,
      name: 'users',
      type: 'COGNITO_USER_POOLS',
      providerARNs: [pool('a')],
    })
    expect(users.authType).toBe('cognito_user_pools')
    expect(await patch(users.id ?? '', 'add', '/providerARNs', pool('b'))).toMatchObject({
      providerARNs: [pool('a'), pool('b')],
    })
    expect(await refusal(patch(users.id ?? '', 'replace', '/providerARNs', pool('c')))).toEqual(
      badRequest(
        "Invalid patch path  '/providerARNs' specified for op 'replace'. Must be one of: [/name, /type, /authType, /authorizerUri, /authorizerCredentials, /identitySource, /identityValidationExpression, /authorizerResultTtlInSeconds]",
      ),
    )
  })

  test('an unknown API is a conflict, but a wrong URI comes first', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('CreateAuthorizer', { restApiId: 'x', ...token }))).toEqual(
      conflict('Unable to complete operation due to concurrent modification. Please try again later.'),
    )
    expect(await refusal(run('CreateAuthorizer', { restApiId: 'x', ...token, authorizerUri: 'arn:x' }))).toEqual(
      badRequest(
        'Invalid Authorizer URI: arn:x. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.',
      ),
    )
  })

  test('cannot be deleted while a method uses them', async () => {
    const { run, restApiId, rootId } = await api()
    const { id: authorizerId = '' } = await run('CreateAuthorizer', { restApiId, ...token })
    const { id: resourceId = '' } = await run('CreateResource', { restApiId, parentId: rootId, pathPart: 'test' })
    await run('PutMethod', { restApiId, resourceId, httpMethod: 'GET', authorizationType: 'CUSTOM', authorizerId })
    expect(await refusal(run('DeleteAuthorizer', { restApiId, authorizerId }))).toEqual(
      conflict("Cannot delete authorizer 'a', is referenced in method: GET//test"),
    )
  })
})

describe('gateway responses', () => {
  test('are all 21 shown, also when never customised', async () => {
    const { run, restApiId } = await api()
    const { items = [] } = await run('GetGatewayResponses', { restApiId })
    expect(items).toHaveLength(21)
    expect(items.find(({ responseType }) => responseType === 'MISSING_AUTHENTICATION_TOKEN')).toEqual({
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: '403',
      defaultResponse: true,
      responseParameters: {},
      responseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
    })
    expect(items.find(({ responseType }) => responseType === 'DEFAULT_4XX')).not.toHaveProperty('statusCode')
  })

  test('show the values of a customised DEFAULT type, and none once customised themselves', async () => {
    const { run, restApiId } = await api()
    const responseTemplates = { 'application/json': '{}' }
    await run('PutGatewayResponse', { restApiId, responseType: 'DEFAULT_4XX', statusCode: '418', responseTemplates })
    const get = (responseType: 'THROTTLED' | 'INTEGRATION_FAILURE') =>
      run('GetGatewayResponse', { restApiId, responseType })
    expect(await get('THROTTLED')).toMatchObject({ statusCode: '418', responseTemplates, defaultResponse: true })
    expect(await get('INTEGRATION_FAILURE')).toMatchObject({ statusCode: '504' })
    const own = await run('PutGatewayResponse', { restApiId, responseType: 'THROTTLED' })
    expect(own).toMatchObject({ statusCode: '429', defaultResponse: false })
    expect(own.responseTemplates).not.toEqual(responseTemplates)
    await run('DeleteGatewayResponse', { restApiId, responseType: 'THROTTLED' })
    expect(await refusal(run('DeleteGatewayResponse', { restApiId, responseType: 'THROTTLED' }))).toEqual(
      notFound('Gateway response type not defined on api'),
    )
  })

  test('are patched as recorded', async () => {
    const { run, restApiId } = await api()
    const patch = (op: 'add' | 'replace' | 'remove', path?: string, value?: string) =>
      run('UpdateGatewayResponse', { restApiId, responseType: 'THROTTLED', patchOperations: [{ op, path, value }] })
    expect((await patch('replace', '/statusCode', '444')).statusCode).toBe('444')
    expect((await patch('add', '/responseTemplates/application~1xml', '<x/>')).responseTemplates).toMatchObject({
      'application/xml': '<x/>',
    })
    expect(await refusal(patch('replace', '/responseParameters/gatewayresponse.header.X', 'x'))).toEqual(
      notFound('Invalid parameter name specified'),
    )
    for (const path of ['/statusCode', '/wrongPath']) {
      expect(await refusal(patch('add', path, '444'))).toEqual(badRequest(`Invalid patch path ${path}`))
    }
    expect(await refusal(patch('add', undefined, 'x'))).toEqual(badRequest('Invalid patch path null'))
    expect(await refusal(patch('add', '/responseTemplates/a~1b'))).toEqual(
      badRequest('Invalid null or empty value in responseTemplates'),
    )
  })

  test.each([
    ['gatewayresponse.header.X', "'x'"],
    ['gatewayresponse.header.method.response.header.X', 'method.request.querystring.x'],
    ['gatewayresponse.header.X', 'context.requestId'],
    ['gatewayresponse.header.X', 'method.input.params.x'],
  ])('take %s from %s', async (name, source) => {
    const { run, restApiId } = await api()
    const responseParameters = { [name]: source }
    const response = await run('PutGatewayResponse', { restApiId, responseType: 'THROTTLED', responseParameters })
    expect(response.responseParameters).toEqual(responseParameters)
  })

  test.each([
    [{ 'header.X': "'x'" }, 'header.X'],
    [{ 'gatewayresponse.header.X': '*' }, '*'],
    [{ 'gatewayresponse.header.X': 'method.request.body' }, 'method.request.body'],
  ])('refuse the mapping %j', async (responseParameters, wrong) => {
    const { run, restApiId } = await api()
    const invalid = `Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${wrong}]`
    expect(
      await refusal(run('PutGatewayResponse', { restApiId, responseType: 'THROTTLED', responseParameters })),
    ).toEqual(badRequest(`Invalid mapping expression specified: ${invalid}`))
  })

  test('refuse a template for what is no content type', async () => {
    const { run, restApiId } = await api()
    const input = { restApiId, responseType: 'THROTTLED' as const, responseTemplates: { json: '{}' } }
    expect(await refusal(run('PutGatewayResponse', input))).toEqual(
      badRequest('Validation Result: warnings : [], errors : [Invalid content type specified: json]'),
    )
  })
})

test('tags are kept by ARN, merged and taken away', async () => {
  const { run, restApiId } = await api()
  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`
  await run('TagResource', { resourceArn, tags: { a: '1', b: '2' } })
  await run('TagResource', { resourceArn, tags: { b: '3' } })
  await run('UntagResource', { resourceArn, tagKeys: ['a', 'absent'] })
  expect(await run('GetTags', { resourceArn })).toEqual({ tags: { b: '3' } })
  expect((await run('GetRestApi', { restApiId })).tags).toEqual({ b: '3' })
  expect(await refusal(run('TagResource', { resourceArn, tags: { 'aws:x': '1' } }))).toMatchObject({ status: 400 })
  expect(await refusal(run('GetTags', { resourceArn: `${resourceArn}x` }))).toMatchObject({ status: 404 })
})
