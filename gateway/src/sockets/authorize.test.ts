// Who may connect: Lambda authorizers and IAM, and what a connection keeps of their verdict. WebSocket 25.2, 26.4, 26.5, 32.
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
} from '@aws-sdk/client-api-gateway'
import {
  CreateAuthorizerCommand,
  GetRoutesCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { Sha256 } from '@aws-crypto/sha256-js'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, type Place } from './testing.ts'
import {
  createRoute,
  createSocketApi,
  deploy,
  functionProxy,
  mocked,
  serverProxy,
  type RoutePlan,
} from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, refusal } from './testing-client.ts'

let place: Place
let backend: Backend

/** Tells the backend what it is asked, and answers as the token says. */
const authorizer = (url: string): string => `
const policy = (Effect, Resource) => ({ Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] })
export const handler = async (event) => {
  await fetch('${url}/authorizer', { method: 'POST', body: JSON.stringify(event) })
  const { token, key } = event.queryStringParameters
  const context = { text: 'a', number: 1, flag: true, nothing: null }
  switch (token) {
    case 'allow': return { principalId: 'me', policyDocument: policy('Allow', event.methodArn), context }
    case 'key': return { principalId: 'me', policyDocument: policy('Allow', '*'), usageIdentifierKey: key }
    case 'deny': return { principalId: 'me', policyDocument: policy('Deny', event.methodArn) }
    case 'agent': {
      const [statement] = policy('Allow', event.methodArn).Statement
      const Condition = { StringEquals: { 'aws:UserAgent': 'mine' }, Bool: { 'aws:SecureTransport': 'false' } }
      return { principalId: 'me', policyDocument: { Version: '2012-10-17', Statement: [{ ...statement, Condition }] } }
    }
    case 'elsewhere': return { principalId: 'me', policyDocument: policy('Allow', event.methodArn + 'x') }
    case 'huge': return { principalId: 'me', policyDocument: policy('Allow', '*'), context: { text: 'x'.repeat(9000) } }
    case 'unauthorized': throw new Error('Unauthorized')
    case 'broken': throw new Error('broken')
    default: return { principalId: 'me' }
  }
}`

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend()
  await place.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'authorizer',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/authorizer',
      Code: { ZipFile: zipOf(authorizer(backend.url)) },
    }),
  )
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

const tokenAuthorizer = () => ({
  Name: 'token',
  AuthorizerType: 'REQUEST' as const,
  AuthorizerUri: functionProxy('authorizer').integration?.IntegrationUri ?? '',
  IdentitySource: ['route.request.querystring.token'],
})

describe('a Lambda authorizer', () => {
  let apiId: string

  beforeAll(async () => {
    apiId = await createSocketApi(place, {
      routes: {
        $default: {
          ...mocked(200, '$context.authorizer.principalId $context.authorizer.number $context.authorizer.flag'),
          isTwoWay: true,
        },
        $disconnect: {
          integration: {
            ...serverProxy(`${backend.url}/end`).integration,
            IntegrationType: 'HTTP_PROXY',
            RequestParameters: { 'integration.request.querystring.who': 'context.authorizer.text' },
          },
        },
      },
    })
    const { AuthorizerId } = await place.v2.send(new CreateAuthorizerCommand({ ApiId: apiId, ...tokenAuthorizer() }))
    await createRoute(place.v2, apiId, '$connect', { ...mocked(200), AuthorizationType: 'CUSTOM', AuthorizerId })
    await deploy(place, apiId)
  })

  const asked = (): number => backend.requests.filter(({ url }) => url === '/authorizer').length

  test('that allows opens the connection, and later events know who it is', async () => {
    const client = await connect(place, apiId, { path: '?token=allow' })
    expect(await client.ask('who am I')).toBe('me 1 true')
    await client.close()
    await expect
      .poll(() => backend.requests.map(({ url }) => url), { interval: 5, timeout: 5_000 })
      .toContain('/end?who=a')
  })

  test('is told of the request, with the headers of the hop and with empty maps', async () => {
    await (await connect(place, apiId, { path: '?token=allow', options: { headers: { 'X-Own': 'yes' } } })).close()
    const event = JSON.parse(backend.requests.findLast(({ url }) => url === '/authorizer')?.body ?? '') as unknown
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/dev/$connect`,
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'content-length': '0', 'X-Own': 'yes' },
      multiValueHeaders: { 'X-Own': ['yes'] },
      queryStringParameters: { token: 'allow' },
      multiValueQueryStringParameters: { token: ['allow'] },
      stageVariables: {},
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', stage: 'dev', apiId },
    })
  })

  test('is asked each time: nothing is remembered', async () => {
    const before = asked()
    for (let turn = 0; turn < 2; turn++) await (await connect(place, apiId, { path: '?token=allow' })).close()
    expect(asked()).toBe(before + 2)
  })

  test.for(['', '?token=', '?other=allow'])('%j lacks the identity: 401, and nobody is asked', async (path) => {
    const before = asked()
    expect(await refusal(place, apiId, { path })).toMatchObject({
      status: 401,
      headers: { 'x-amzn-errortype': 'UnauthorizedException' },
      body: expect.stringMatching(/^\{"message": "Unauthorized", "connectionId":/) as string,
    })
    expect(asked()).toBe(before)
  })

  test('may ask for anything of the handshake in its policy', async () => {
    const path = '?token=agent'
    await (await connect(place, apiId, { path, options: { headers: { 'User-Agent': 'mine' } } })).close()
    const { status } = await refusal(place, apiId, { path, options: { headers: { 'User-Agent': 'other' } } })
    expect(status).toBe(403)
  })

  const explicitly = ' with an explicit deny in an identity-based policy'
  test.for([
    ['unauthorized', 401, 'Unauthorized'],
    ['deny', 403, `User is not authorized to access this resource${explicitly}`],
    ['elsewhere', 403, 'User is not authorized to access this resource'],
    ['broken', 500, 'Internal server error'],
    ['huge', 500, 'Internal server error'],
    ['misshapen', 500, 'Internal server error'],
  ] as const)('that says %s: %i %s', async ([token, status, message]) => {
    const refused = await refusal(place, apiId, { path: `?token=${token}` })
    expect(refused.status).toBe(status)
    expect(JSON.parse(refused.body)).toMatchObject({ message })
  })
})

describe('IAM', () => {
  let apiId: string

  beforeAll(async () => {
    const text = '$context.identity.accountId $context.identity.userArn'
    apiId = await createSocketApi(place, {
      routes: {
        $connect: { ...mocked(200), AuthorizationType: 'AWS_IAM' },
        $default: { ...mocked(200, text), isTwoWay: true },
      },
    })
  })

  async function signed(credentials: { accessKeyId: string; secretAccessKey: string }) {
    const signer = new SignatureV4({ service: 'execute-api', region: 'us-east-1', sha256: Sha256, credentials })
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: `/_aws/execute-api/${apiId}/dev`,
      headers: { host: `127.0.0.1:${place.port}` },
    })
    return headers
  }

  test('a signed handshake connects, and messages know who signed', async () => {
    const headers = await signed({ accessKeyId: 'test', secretAccessKey: 'test' })
    const client = await connect(place, apiId, { options: { headers } })
    expect(await client.ask('x')).toBe('000000000000 arn:aws:iam::000000000000:root')
    await client.close()
  })

  test('a browser signs in the query, having no headers of its own', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const signer = new SignatureV4({ service: 'execute-api', region: 'us-east-1', sha256: Sha256, credentials })
    const { query = {} } = await signer.presign({
      method: 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: `/_aws/execute-api/${apiId}/dev`,
      headers: { host: `127.0.0.1:${place.port}` },
    })
    const client = await connect(place, apiId, { path: `?${new URLSearchParams(query as Record<string, string>)}` })
    expect(await client.ask('x')).toBe('000000000000 arn:aws:iam::000000000000:root')
    await client.close()
  })

  test('an unsigned one is refused with 403', async () => {
    const { status, headers, body } = await refusal(place, apiId)
    expect({ status, type: headers['x-amzn-errortype'] }).toEqual({
      status: 403,
      type: 'MissingAuthenticationTokenException',
    })
    expect(JSON.parse(body)).toMatchObject({ message: 'Missing Authentication Token' })
  })

  test('another account is refused with 403', async () => {
    const headers = await signed({ accessKeyId: '111111111111', secretAccessKey: 'x' })
    const { status, body } = await refusal(place, apiId, { options: { headers } })
    expect(status).toBe(403)
    expect(body).toContain('is not authorized to perform: execute-api:Invoke on resource: ')
  })
})

describe('an API key', () => {
  /** An API whose `$connect` needs a key, and a key with a plan for its stage; resolves with both. */
  async function withKey(
    limits: { readonly quota?: number; readonly burst?: number } = {},
    answering: RoutePlan = mocked(200),
  ) {
    const id = await createSocketApi(place, {
      routes: {
        $connect: { ...answering, ApiKeyRequired: true },
        $default: { ...mocked(200, '$context.identity.apiKeyId'), isTwoWay: true, ApiKeyRequired: true },
      },
    })
    const rest = new APIGatewayClient({
      region: 'us-east-1',
      endpoint: place.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const value = `key-of-${id}-and-then-some`
    const key = await rest.send(new CreateApiKeyCommand({ name: id, value, enabled: true }))
    const { quota, burst } = limits
    const plan = await rest.send(
      new CreateUsagePlanCommand({
        name: id,
        apiStages: [{ apiId: id, stage: 'dev' }],
        ...(quota === undefined ? {} : { quota: { limit: quota, period: 'DAY' } }),
        ...(burst === undefined ? {} : { throttle: { rateLimit: 1, burstLimit: burst } }),
      }),
    )
    await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }))
    return { id, keyId: key.id, options: { headers: { 'x-api-key': value } } }
  }

  test('with a usage plan for the stage opens the connection, and its messages have it', async () => {
    const { id, keyId, options } = await withKey()
    const client = await connect(place, id, { options })
    expect(await client.ask('whose')).toBe(keyId)
    await client.close()
  })

  test('is known to the backend that $connect asks', async () => {
    const integration = {
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'POST',
      IntegrationUri: `${backend.url}/`,
      RequestParameters: { 'integration.request.header.x-key-id': 'context.identity.apiKeyId' },
    } as const
    const { id, keyId, options } = await withKey({}, { integration })
    await (await connect(place, id, { options })).close()
    expect(backend.requests.at(-1)?.headers['x-key-id']).toBe(keyId)
  })

  test('that is missing or unknown: 403', async () => {
    const { id } = await withKey()
    for (const options of [{}, { headers: { 'x-api-key': 'a-key-that-nobody-has-ever-made' } }]) {
      const { status, body } = await refusal(place, id, { options })
      expect(status).toBe(403)
      expect(JSON.parse(body)).toMatchObject({ message: 'Forbidden' })
    }
  })

  test('may be named by the authorizer instead of the header', async () => {
    const { id, keyId, options } = await withKey()
    const value = options.headers['x-api-key']
    const source = '$context.authorizer.usageIdentifierKey'
    await place.v2.send(new UpdateApiCommand({ ApiId: id, ApiKeySelectionExpression: source }))
    const { AuthorizerId } = await place.v2.send(new CreateAuthorizerCommand({ ApiId: id, ...tokenAuthorizer() }))
    const { Items = [] } = await place.v2.send(new GetRoutesCommand({ ApiId: id }))
    const RouteId = Items.find(({ RouteKey }) => RouteKey === '$connect')?.RouteId
    const authorization = { AuthorizationType: 'CUSTOM', AuthorizerId } as const
    await place.v2.send(new UpdateRouteCommand({ ApiId: id, RouteId, ...authorization }))
    await deploy(place, id)
    const client = await connect(place, id, { path: `?token=key&key=${value}` })
    expect(await client.ask('whose')).toBe(keyId)
    await client.close()
    expect((await refusal(place, id, { path: '?token=allow', options })).status).toBe(403)
    expect((await refusal(place, id, { path: '?token=key&key=of-nobody', options })).status).toBe(403)
  })

  test('whose quota is used up: Limit Exceeded, to messages as a frame and to connections as 429', async () => {
    const { id, keyId, options } = await withKey({ quota: 2 })
    const client = await connect(place, id, { options })
    expect(await client.ask('x')).toBe(keyId)
    expect(JSON.parse(await client.ask('x'))).toMatchObject({ message: 'Limit Exceeded' })
    await client.close()
    expect((await refusal(place, id, { options })).status).toBe(429)
  })

  test('whose plan is throttled: Too Many Requests', async () => {
    const { id, options } = await withKey({ burst: 1 })
    const client = await connect(place, id, { options })
    expect(JSON.parse(await client.ask('x'))).toMatchObject({ message: 'Too Many Requests' })
    await client.close()
  })
})

test('a route that is throttled answers Too Many Requests, and its connection stays', async () => {
  const id = await createSocketApi(place, { routes: { $default: { ...mocked(200, 'fine'), isTwoWay: true } } })
  const client = await connect(place, id)
  expect(await client.ask('x')).toBe('fine')
  const setting = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }
  await place.v2.send(new UpdateStageCommand({ ApiId: id, StageName: 'dev', RouteSettings: { $default: setting } }))
  expect(await client.ask('x')).toBe('fine')
  expect(JSON.parse(await client.ask('x'))).toMatchObject({ message: 'Too Many Requests' })
  place.clock.advance(1_000)
  expect(await client.ask('x')).toBe('fine')
  await client.close()
})
