// Every writing operation of the HTTP and WebSocket control plane, fed with hostile values: refused with AWS's 4xx, without a trace.
import {
  ApiGatewayV2Client,
  CreateAuthorizerCommand,
  CreateDomainNameCommand,
  CreateVpcLinkCommand,
} from '@aws-sdk/client-apigatewayv2'
import fc from 'fast-check'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { hostileBody, readModel, type Operation } from './hostile.ts'

const model = readModel('apigatewayv2-2018-11-29.json')

/** Those that write, but for the deletion of what the others need. */
const operations = Object.values(model.operations)
  .filter(({ name }) => !/^(?:Get|List|Export|Delete(?:Api|Route|Integration|Stage|Authorizer|DomainName)$)/.test(name))
  .map((operation): [string, Operation] => [operation.name, operation])

const domainName = '/v2/domainnames/a.example.com'
const ofAccount = [
  '/v2/apis',
  '/v2/vpclinks',
  '/v2/domainnames',
  `${domainName}/apimappings`,
  `${domainName}/routingrules`,
]
const ofApi = ['', '/routes', '/integrations', '/authorizers', '/stages', '/deployments', '/models']

describe.each(['HTTP', 'WEBSOCKET'])('of an API of protocol %s', (protocol) => {
  let gateway: ReturnType<typeof createGateway>
  /** Ids of things that exist, by the label that names them. */
  let labels: Readonly<Record<string, string>>

  beforeAll(async () => {
    gateway = createGateway({ logLevel: 'error' })
    const client = new ApiGatewayV2Client(gateway.clientConfig)
    const apiId = protocol === 'HTTP' ? await createHttpApi(client, 'whole') : await createSocketApi()
    const routeKey = protocol === 'HTTP' ? 'GET /a/{b}' : 'join'
    const route = await addRoute(client, apiId, routeKey, proxyTo('http://127.0.0.1:8080', 'GET'))
    const { AuthorizerId: authorizerId = '' } = await client.send(
      new CreateAuthorizerCommand({
        ApiId: apiId,
        Name: 'asked',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invocationUri('arn:aws:lambda:us-east-1:000000000000:function:any'),
        IdentitySource: protocol === 'HTTP' ? ['$request.header.a'] : ['route.request.header.a'],
        ...(protocol === 'HTTP' && { AuthorizerPayloadFormatVersion: '2.0' }),
      }),
    )
    const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-4333-8444-555555555555'
    const DomainNameConfigurations = [{ CertificateArn: certificateArn }]
    await client.send(new CreateDomainNameCommand({ DomainName: 'a.example.com', DomainNameConfigurations }))
    const { VpcLinkId: vpcLinkId = '' } = await client.send(
      new CreateVpcLinkCommand({ Name: 'link', SubnetIds: ['subnet-1'] }),
    )
    labels = {
      apiId,
      routeKey,
      authorizerId,
      vpcLinkId,
      routeId: route.RouteId,
      integrationId: route.IntegrationId,
      domainName: 'a.example.com',
      stage: protocol === 'HTTP' ? '$default' : 'prod',
      integrationUri: 'http://127.0.0.1:8080',
      integrationMethod: 'GET',
      payloadFormatVersion: '1.0',
      target: `integrations/${route.IntegrationId}`,
      stageName: protocol === 'HTTP' ? '$default' : 'prod',
      'resource-arn': `arn:aws:apigateway:us-east-1::/apis/${apiId}`,
    }
  })
  afterAll(() => gateway.close())

  async function createSocketApi(): Promise<string> {
    const body = { name: 'whole', protocolType: 'WEBSOCKET', routeSelectionExpression: '$request.body.action' }
    const { text } = await send('POST', '/v2/apis', JSON.stringify(body))
    const { apiId } = JSON.parse(text) as { apiId: string }
    await send('POST', `/v2/apis/${apiId}/stages`, JSON.stringify({ stageName: 'prod', autoDeploy: true }))
    return apiId
  }

  async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    const headers = { 'content-type': 'application/json' }
    const withBody = body === undefined || method === 'DELETE' ? {} : { body }
    const answer = await gateway.invoke(`http://localhost${path}`, { method, headers, ...withBody })
    return { status: answer.status, text: await answer.text() }
  }

  async function everything(): Promise<string> {
    const paths = [...ofApi.map((path) => `/v2/apis/${labels['apiId']}${path}`), ...ofAccount]
    const read = async (path: string): Promise<string> =>
      `${path} ${(await send('GET', `${path}?maxResults=500`)).text}`
    return (await Promise.all(paths.map(read))).join('\n')
  }

  test.each(operations)('%s', async (name, { http, input }) => {
    const label = (text: string): fc.Arbitrary<string> =>
      fc.oneof(
        { weight: 5, arbitrary: fc.constant(0).map(() => labels[text] ?? 'nothing') },
        { weight: 1, arbitrary: fc.constantFrom('__proto__', 'a'.repeat(3_000), '*', ' ') },
      )
    const wanted = [...http.requestUri.matchAll(/\{([^}+]+)\+?\}/g)].map(([, text = '']) => text)
    const body = hostileBody(model, input?.shape ?? '', () => labels)
    let before = await everything()
    await fc.assert(
      fc.asyncProperty(fc.tuple(...wanted.map(label)), body, async (values, body) => {
        const filled = values.values()
        const path = http.requestUri.replace(/\{[^}]+\}/g, () => encodeURIComponent(filled.next().value ?? ''))
        const { status, text } = await send(http.method, path, JSON.stringify(body))
        const after = await everything()
        // What is not served yet says so.
        if (status !== 501) expect(status, `${name} ${path} ${text}`).toBeLessThan(500)
        if (status >= 400) {
          expect(text).toMatch(/^\{"(?:message|__type)/)
          expect(after, `${name} left a trace`).toBe(before)
        }
        before = after
        expect(({} as Record<string, unknown>)['x']).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })
})
