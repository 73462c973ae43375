// Which route a message takes, what each kind of integration makes of it, and the error frames. WebSocket 24, 27, 28, 29.
import { APIGatewayClient, CreateVpcLinkCommand } from '@aws-sdk/client-api-gateway'
import { CreateModelCommand } from '@aws-sdk/client-apigatewayv2'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, type Place } from './testing.ts'
import {
  createSocketApi,
  deploy,
  createRoute,
  functionProxy,
  mocked,
  serverProxy,
  type ApiPlan,
  type RoutePlan,
} from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, refusal, type Client } from './testing-client.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend((body, url) => {
    if (url.startsWith('/status/')) return { status: Number(url.slice(8, 11)), body: `answer to ${body}` }
    return url === '/slow' ? { afterMs: 300 } : {}
  })
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

async function clientOf(plan: ApiPlan): Promise<Client> {
  const client = await connect(place, await createSocketApi(place, plan))
  onTestFinished(() => client.close())
  return client
}

/** A route that answers with its text. */
const says = (text: string): RoutePlan => ({ ...mocked(200, text), isTwoWay: true })

const frame = (message: string) =>
  expect.stringMatching(
    new RegExp(`^\\{"message": "${message}", "connectionId":"[\\w-]{15}=", "requestId":"[\\w-]{15}="\\}$`),
  ) as string

describe('the route of a message', () => {
  const routes = { $default: says('default'), join: says('join'), 'chat/join': says('nested'), '7': says('number') }

  test.for([
    ['{"action":"join"}', 'join'],
    [' \n{"action":"join"}', 'join'],
    ['{"action":7}', 'number'],
    ['{"action":"Join"}', 'default'],
    ['{"action":"leave"}', 'default'],
    ['{"other":"join"}', 'default'],
    ['{"action":null}', 'default'],
    ['{"action":{"join":1}}', 'default'],
    ['{"action":"$connect"}', 'default'],
    ['{"action":"$disconnect"}', 'default'],
    ['{"action":"$default"}', 'default'],
    ['join', 'default'],
    ['"join"', 'default'],
    ['[{"action":"join"}]', 'default'],
    ['{"action":"join"', 'default'],
    ['{"__proto__":{"action":"join"}}', 'default'],
    [`{"action":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'default'],
  ] as const)('%s → %s', async ([message, answer]) => {
    const client = await clientOf({ routes })
    expect(await client.ask(message)).toBe(answer)
  })

  test('is read by the expression of the API', async () => {
    const RouteSelectionExpression = '${request.body.service}/${request.body.action}'
    const client = await clientOf({ api: { RouteSelectionExpression }, routes })
    expect(await client.ask({ service: 'chat', action: 'join' })).toBe('nested')
    expect(await client.ask({ action: 'join' })).toBe('default')
  })

  test('that does not exist is a Forbidden frame, and the connection stays', async () => {
    const client = await clientOf({ routes: { join: says('join'), $connect: mocked(200) } })
    expect(await client.ask({ action: 'leave' })).toEqual(frame('Forbidden'))
    expect(await client.ask('text')).toEqual(frame('Forbidden'))
    expect(await client.ask({ action: '$connect' })).toEqual(frame('Forbidden'))
    expect(await client.ask({ action: 'join' })).toBe('join')
  })

  test('that has no integration is an Internal server error frame', async () => {
    const client = await clientOf({ routes: { $default: {} } })
    expect(await client.ask('x')).toEqual(frame('Internal server error'))
  })

  test('answers only where it is two-way', async () => {
    const client = await clientOf({ routes: { $default: says('default'), quiet: mocked(200, 'never heard') } })
    client.send({ action: 'quiet' })
    expect(await client.ask('x')).toBe('default')
  })
})

describe('MOCK', () => {
  test('chooses its templates by their expressions, and has the context and the message in them', async () => {
    const client = await clientOf({
      variables: { colour: 'red' },
      routes: {
        $default: {
          isTwoWay: true,
          integration: {
            IntegrationType: 'MOCK',
            TemplateSelectionExpression: '${request.body.kind}',
            RequestTemplates: {
              $default: '{"statusCode": 200}',
              bad: '#if($input.path("$.level") > 1){"statusCode": 503}#else{"statusCode": 404}#end',
            },
          },
          responses: [
            {
              IntegrationResponseKey: '$default',
              ResponseTemplates: { $default: 'fine $context.routeKey $stageVariables.colour' },
            },
            { IntegrationResponseKey: '/4\\d\\d/', ResponseTemplates: { $default: 'client error' } },
            {
              IntegrationResponseKey: '/5\\d\\d/',
              TemplateSelectionExpression: '${integration.response.statuscode}',
              ResponseTemplates: { 503: 'unavailable', $default: 'server error' },
            },
          ],
        },
      },
    })
    expect(await client.ask({})).toBe('fine $default red')
    expect(await client.ask({ kind: 'bad', level: 1 })).toBe('client error')
    expect(await client.ask({ kind: 'bad', level: 2 })).toBe('unavailable')
    expect(await client.ask('no JSON')).toBe('fine $default red')
  })

  test('has every variable of the context', async () => {
    const names = ['apiId', 'connectedAt', 'connectionId', 'domainName', 'eventType', 'extendedRequestId', 'messageId']
    names.push(
      'requestId',
      'requestTime',
      'requestTimeEpoch',
      'routeKey',
      'stage',
      'identity.sourceIp',
      'identity.userAgent',
      'domainPrefix',
      'status',
      'identity.cognitoIdentityId',
    )
    names.push('authorizer.principalId', 'nonsense')
    const text = names.map((name) => `${name}=$context.${name}`).join(';')
    const id = await createSocketApi(place, { routes: { $default: says(text) } })
    const client = await connect(place, id, { options: { headers: { 'User-Agent': 'tests/1' } } })
    const values = Object.fromEntries((await client.ask('x')).split(';').map((pair) => pair.split('=', 2)))
    await client.close()
    expect(values).toMatchObject({
      apiId: id,
      connectedAt: String(place.clock.now()),
      domainName: `${id}.execute-api.localhost`,
      eventType: 'MESSAGE',
      requestTimeEpoch: String(place.clock.now()),
      routeKey: '$default',
      stage: 'dev',
      domainPrefix: id,
      status: '200',
      'identity.cognitoIdentityId': '',
      'identity.sourceIp': '127.0.0.1',
      'identity.userAgent': 'tests/1',
      'authorizer.principalId': '',
      nonsense: '',
    })
    expect(values['extendedRequestId']).toBe(values['requestId'])
    expect(values['messageId']).not.toBe(values['requestId'])
  })

  test.for([
    ['no integration response fits', { responses: [{ IntegrationResponseKey: '/404/' }] }],
    ['there is no integration response', { responses: [] }],
    [
      'the template gives no status',
      { integration: { IntegrationType: 'MOCK', RequestTemplates: { $default: '{}' } } },
    ],
    ['a template fails', { integration: { IntegrationType: 'MOCK', RequestTemplates: { $default: '#if(' } } }],
  ] as const)('when %s: Internal server error', async ([, broken]) => {
    const client = await clientOf({ routes: { $default: { ...says('fine'), ...broken } } })
    expect(await client.ask('{}')).toEqual(frame('Internal server error'))
  })

  test.for([
    ['WHEN_NO_MATCH', {}, '200'],
    ['WHEN_NO_MATCH', { other: 'x' }, '200'],
    ['WHEN_NO_TEMPLATES', {}, '200'],
    ['WHEN_NO_TEMPLATES', { other: 'x' }, undefined],
    ['NEVER', {}, undefined],
    ['NEVER', { other: 'x' }, undefined],
  ] as const)(
    '%s with templates %j: the message passes as it is, or not',
    async ([behaviour, RequestTemplates, status]) => {
      const client = await clientOf({
        routes: {
          $default: {
            isTwoWay: true,
            integration: { IntegrationType: 'MOCK', PassthroughBehavior: behaviour, RequestTemplates },
            responses: [
              {
                IntegrationResponseKey: '$default',
                TemplateSelectionExpression: '${integration.response.statuscode}',
                ResponseTemplates: { 200: '200' },
              },
            ],
          },
        },
      })
      expect(await client.ask({ statusCode: 200 })).toEqual(status ?? frame('Unsupported Media Type'))
    },
  )

  test('decides about $connect by its status', async () => {
    const open = await createSocketApi(place, { routes: { $connect: mocked(201), $default: says('x') } })
    await (await connect(place, open)).close()
    const shut = await createSocketApi(place, { routes: { $connect: mocked(403, 'go away') } })
    expect(await refusal(place, shut)).toMatchObject({ status: 403, body: 'go away' })
    const unmapped = await createSocketApi(place, {
      routes: { $connect: { integration: mocked(200).integration ?? {} } as RoutePlan },
    })
    expect(await refusal(place, unmapped)).toMatchObject({ status: 500, body: frame('Internal server error') })
  })

  test('chooses a subprotocol by a response parameter', async () => {
    const id = await createSocketApi(place, {
      routes: {
        $connect: {
          ...mocked(200),
          responses: [
            {
              IntegrationResponseKey: '$default',
              ResponseParameters: { 'method.response.header.Sec-WebSocket-Protocol': "'chat'" },
            },
          ],
        },
      },
    })
    const client = await connect(place, id, { protocols: ['news', 'chat'] })
    expect(client.socket.protocol).toBe('chat')
    await client.close()
  })
})

describe('HTTP', () => {
  test('sends what the template and the mappings make, and answers what the response template makes', async () => {
    const client = await clientOf({
      variables: { place: 'there' },
      routes: {
        $default: {
          isTwoWay: true,
          integration: {
            IntegrationType: 'HTTP',
            IntegrationMethod: 'PUT',
            IntegrationUri: `${backend.url}/at/{spot}`,
            RequestTemplates: { $default: '{"wrapped": $input.json("$.data"), "route": "$context.routeKey"}' },
            RequestParameters: {
              'integration.request.header.X-Connection': 'context.connectionId',
              'integration.request.header.X-Text': "'fixed'",
              'integration.request.querystring.room': 'route.request.body.room',
              'integration.request.querystring.place': 'stageVariables.place',
              'integration.request.path.spot': 'route.request.body.data.spot',
            },
          },
          responses: [
            {
              IntegrationResponseKey: '$default',
              ResponseTemplates: { $default: 'was: $input.path("$.wrapped.spot")' },
            },
          ],
        },
      },
    })
    expect(await client.ask({ room: 'a b', data: { spot: 'x' } })).toBe('was: x')
    const { url, headers, body } = backend.requests.at(-1) ?? { url: '', headers: {}, body: '' }
    expect(url).toBe('/at/x?room=a%20b&place=there')
    expect(JSON.parse(body)).toEqual({ wrapped: { spot: 'x' }, route: '$default' })
    expect(headers).toMatchObject({
      'x-connection': expect.stringMatching(/^[\w-]{15}=$/) as string,
      'x-text': 'fixed',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^AmazonAPIGateway_/) as string,
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-/) as string,
    })
  })

  test('selects integration responses by the status', async () => {
    const client = await clientOf({
      routes: {
        $default: {
          isTwoWay: true,
          integration: {
            IntegrationType: 'HTTP',
            IntegrationMethod: 'POST',
            IntegrationUri: `${backend.url}/status/{status}`,
            RequestParameters: { 'integration.request.path.status': 'route.request.body.status' },
          },
          responses: [
            { IntegrationResponseKey: '$default' },
            { IntegrationResponseKey: '/40[34]/', ResponseTemplates: { $default: 'refused' } },
            { IntegrationResponseKey: '/409/', ResponseTemplates: { $default: '' } },
            { IntegrationResponseKey: '/5../', ContentHandlingStrategy: 'CONVERT_TO_TEXT' },
          ],
        },
      },
    })
    expect(await client.ask({ status: '200' })).toBe('answer to {"status":"200"}')
    expect(await client.ask({ status: '404' })).toBe('refused')
    expect(await client.ask({ status: '409' })).toBe('answer to {"status":"409"}')
    expect(Buffer.from(await client.ask({ status: '503' }), 'base64').toString()).toBe('answer to {"status":"503"}')
  })

  test('a backend that is too slow is a time-out frame, one that is not there an Internal server error frame', async () => {
    const proxy = (uri: string): RoutePlan => ({
      isTwoWay: true,
      integration: {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'POST',
        IntegrationUri: uri,
        TimeoutInMillis: 60,
      },
    })
    const gone = await startBackend()
    await gone.close()
    const routes = { slow: proxy(`${backend.url}/slow`), gone: proxy(gone.url) }
    const client = await clientOf({ routes })
    expect(await client.ask({ action: 'slow' })).toEqual(frame('Endpoint request timed out'))
    expect(await client.ask({ action: 'gone' })).toEqual(frame('Internal server error'))
  })
})

describe('HTTP_PROXY', () => {
  test('sends the message as it is, and its answer back whatever the status', async () => {
    const client = await clientOf({
      routes: {
        $default: { ...serverProxy(`${backend.url}/echo`), isTwoWay: true },
        fail: { ...serverProxy(`${backend.url}/status/500`), isTwoWay: true },
      },
    })
    expect(await client.ask('as it is ä€')).toBe('as it is ä€')
    expect(await client.ask({ action: 'fail' })).toBe('answer to {"action":"fail"}')
  })

  test('decides about $connect, with the headers and the query of the client', async () => {
    const id = await createSocketApi(place, {
      routes: {
        $connect: {
          integration: {
            ...serverProxy(`${backend.url}/in`).integration,
            IntegrationType: 'HTTP_PROXY',
            RequestParameters: { 'integration.request.header.Sec-WebSocket-Version': "'0'" },
          },
        },
        $default: says('x'),
      },
    })
    const own = { 'X-Own': 'yes', 'User-Agent': 'tester', TE: 'trailers', 'Proxy-Authorization': 'secret' }
    await (await connect(place, id, { path: '?token=a', options: { headers: own } })).close()
    const { url, headers, body } = backend.requests.at(-1) ?? { url: '', headers: {}, body: '' }
    expect(url).toBe('/in?token=a')
    expect(body).toBe('')
    expect(headers).toMatchObject({
      'x-own': 'yes',
      'user-agent': 'tester',
      'x-amzn-apigateway-api-id': id,
      'sec-websocket-version': '0',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    })
    for (const name of ['upgrade', 'te', 'proxy-authorization']) expect(headers[name]).toBeUndefined()
    const refusing = await createSocketApi(place, { routes: { $connect: serverProxy(`${backend.url}/status/401`) } })
    expect(await refusal(place, refusing)).toMatchObject({ status: 401, body: 'answer to ' })
  })
})

describe('over a VPC link', () => {
  test('the backend is reached where the link is there, and nothing where it is not', async () => {
    const rest = new APIGatewayClient({
      region: 'us-east-1',
      endpoint: place.url,
      credentials: place.v2.config.credentials,
    })
    const targetArns = ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/1']
    const { id: link = '' } = await rest.send(new CreateVpcLinkCommand({ name: 'pets', targetArns }))
    const over = (ConnectionId: string): RoutePlan => ({
      isTwoWay: true,
      integration: {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'POST',
        IntegrationUri: `${backend.url}/echo`,
        ConnectionType: 'VPC_LINK',
        ConnectionId,
      },
    })
    const client = await clientOf({
      variables: { missing: 'nolink' },
      routes: { $default: over(link), missing: over('${stageVariables.missing}') },
    })
    expect(await client.ask('through')).toBe('through')
    expect(await client.ask({ action: 'missing' })).toEqual(frame('Internal server error'))
  })
})

describe('AWS with a function', () => {
  beforeAll(async () => {
    await place.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'custom',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/custom',
        Code: {
          ZipFile: zipOf(
            'export const handler = async (event) => { if (event.fail) throw new Error(event.fail); return { got: event } }',
          ),
        },
      }),
    )
  })

  test('gets the template as its event, and its errors are selected by their message', async () => {
    const integration = {
      ...functionProxy('custom').integration,
      IntegrationType: 'AWS',
      IntegrationMethod: 'POST',
    } as const
    const client = await clientOf({
      routes: {
        $default: {
          isTwoWay: true,
          integration: { ...integration, RequestTemplates: { $default: '{"fail": $input.json("$.fail"), "id": 7}' } },
          responses: [
            { IntegrationResponseKey: '$default' },
            {
              IntegrationResponseKey: '/.*Bad Request.*/',
              ResponseTemplates: { $default: 'bad: $input.path("$.errorMessage")' },
            },
          ],
        },
      },
    })
    expect(JSON.parse(await client.ask('{}'))).toEqual({ got: { fail: '', id: 7 } })
    expect(await client.ask({ fail: 'a Bad Request it is' })).toBe('bad: a Bad Request it is')
  })
})

describe('AWS with another service', () => {
  test('gets what the template makes, and its errors are selected by their message', async () => {
    const queue = await startBackend((body) => ({
      body: body.includes('bad') ? '{"errorMessage":"no such queue"}' : '{"id":7}',
    }))
    onTestFinished(() => queue.close())
    const other = await openPlace({ awsEndpoints: new Map([['SQS', queue.url]]) })
    onTestFinished(() => other.close())
    const id = await createSocketApi(other, {
      routes: {
        $default: {
          isTwoWay: true,
          integration: {
            IntegrationType: 'AWS',
            IntegrationMethod: 'POST',
            IntegrationUri: 'arn:aws:apigateway:us-east-1:sqs:path/000000000000/pets',
            RequestTemplates: { $default: 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
            RequestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
          },
          responses: [
            { IntegrationResponseKey: '$default' },
            { IntegrationResponseKey: '/no such.*/', ResponseTemplates: { $default: 'refused' } },
          ],
        },
      },
    })
    const client = await connect(other, id)
    expect(await client.ask('a b')).toBe('{"id":7}')
    expect(queue.requests[0]).toMatchObject({
      url: '/000000000000/pets',
      body: 'Action=SendMessage&MessageBody=a+b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(await client.ask('bad')).toBe('refused')
    await client.close()
  })
})

describe('validation', () => {
  const schema = JSON.stringify({
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'object',
    required: ['room'],
    properties: { room: { type: 'string', minLength: 2 } },
  })

  test('a message that does not fit its model is a Bad request body frame, and the backend is not called', async () => {
    const id = await createSocketApi(place, { routes: { $default: says('default') } })
    await place.v2.send(
      new CreateModelCommand({ ApiId: id, Name: 'Room', ContentType: 'application/json', Schema: schema }),
    )
    const models = (expression: string, keys: readonly string[]): RoutePlan => ({
      ...serverProxy(`${backend.url}/echo`),
      isTwoWay: true,
      ModelSelectionExpression: expression,
      RequestModels: Object.fromEntries(keys.map((key) => [key, 'Room'])),
    })
    await createRoute(place.v2, id, 'join', models('\\$default', ['$default']))
    await createRoute(place.v2, id, 'some', models('${request.body.kind}', ['strict']))
    await deploy(place, id)
    const client = await connect(place, id)
    onTestFinished(() => client.close())
    const calls = backend.requests.length
    expect(await client.ask({ action: 'join' })).toEqual(frame('Bad request body'))
    expect(await client.ask({ action: 'join', room: 'x' })).toEqual(frame('Bad request body'))
    expect(await client.ask({ action: 'some', room: 'red' })).toEqual(frame('Bad request body'))
    expect(backend.requests.length).toBe(calls)
    expect(await client.ask({ action: 'join', room: 'red' })).toBe('{"action":"join","room":"red"}')
    expect(await client.ask({ action: 'some', kind: 'strict', room: 'red' })).toContain('"room":"red"')
  })

  test('$connect without a parameter that it requires: 400 with its name', async () => {
    const id = await createSocketApi(place, {
      routes: {
        $connect: {
          ...mocked(200),
          RequestParameters: {
            'route.request.querystring.token': { Required: true },
            'route.request.header.X-Room': { Required: true },
            'route.request.querystring.colour': { Required: false },
          },
        },
        $default: says('x'),
      },
    })
    expect(await refusal(place, id)).toMatchObject({
      status: 400,
      body: frame('Missing required request parameters: \\[token, X-Room\\]'),
    })
    await (await connect(place, id, { path: '?token=a', options: { headers: { 'x-room': 'b' } } })).close()
  })
})
