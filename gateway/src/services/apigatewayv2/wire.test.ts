// The v2 control plane through the real SDK client.
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteRouteSettingsCommand,
  ExportApiCommand,
  GetApiCommand,
  GetApisCommand,
  GetStageCommand,
  GetTagsCommand,
  ImportApiCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type CreateAuthorizerCommandInput,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import { describe, expect, test } from 'vitest'
// oxlint-disable-next-line no-restricted-imports -- tests run on real adapters, not on stand-ins
import { createDocumentReader } from '../../adapters/document-reader.ts'
// oxlint-disable-next-line no-restricted-imports -- as above
import { createMemoryStore } from '../../adapters/memory-store.ts'
import { randomIds } from '../../nouns/ids.ts'
import { adjustableLimits } from '../../nouns/limits.ts'
import { createEndpoint } from '../endpoint.ts'
import { trusting } from '../identity.ts'
import { apigatewayv2Service } from './index.ts'
import { lambdaUri } from './testing.ts'

interface Sent {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** AWS's own client, whose requests go to the endpoint without a socket between. */
function client(): ApiGatewayV2Client {
  const endpoint = createEndpoint({
    services: new Map([['apigatewayv2', apigatewayv2Service]]),
    store: createMemoryStore(),
    clock: { now: () => 1_700_000_000_000, after: () => () => undefined },
    ids: randomIds,
    addresses: { apiEndpoint: (apiId) => `http://${apiId}.execute-api.localhost:4566` },
    identify: trusting({ account: '000000000000', region: 'us-east-1' }),
    customIds: true,
    documents: createDocumentReader(),
    limits: adjustableLimits,
    bug: (error) => {
      throw error
    },
  })
  const handle = async (sent: Sent) => {
    const body = typeof sent.body === 'string' ? new TextEncoder().encode(sent.body) : (sent.body ?? new Uint8Array(0))
    const query = Object.entries(sent.query)
      .flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`)
      .join('&')
    const { method, path, headers } = sent
    const signed = { method, path, query, rawHeaders: Object.entries(headers).flat(), body }
    const answer = await endpoint({ wire: { method, path, query, headers, body }, signed })
    const bytes = typeof answer.body === 'string' ? new TextEncoder().encode(answer.body) : answer.body
    const lower = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])
    return { response: { statusCode: answer.status, headers: Object.fromEntries(lower), body: bytes } }
  }
  return new ApiGatewayV2Client({
    endpoint: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } as never,
  })
}

describe('over the wire, with the AWS SDK', () => {
  test('what only the model requires is asked for in AWS’s words, or not at all', async () => {
    const sdk = client()
    const { ApiId } = await sdk.send(new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP' }))
    await expect(sdk.send(new CreateRouteCommand({ ApiId } as CreateRouteCommandInput))).rejects.toMatchObject({
      message: 'Route key is required',
    })
    const request = { ApiId, Name: 'ask', AuthorizerUri: lambdaUri, AuthorizerPayloadFormatVersion: '2.0' }
    const authorizer = (more: object) =>
      sdk.send(new CreateAuthorizerCommand({ ...request, ...more } as CreateAuthorizerCommandInput))
    await expect(authorizer({})).rejects.toMatchObject({
      message: 'Invalid request input. CreateAuthorizer input is missing authorizer type.',
    })
    expect(await authorizer({ AuthorizerType: 'REQUEST' })).not.toHaveProperty('IdentitySource')
  })

  test('an API is made, deployed, read, tagged, exported and deleted', async () => {
    const sdk = client()
    const api = await sdk.send(new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP', Tags: { a: '1' } }))
    expect(api.$metadata.httpStatusCode).toBe(201)
    expect(api.CreatedDate).toEqual(new Date(1_700_000_000_000))
    const { ApiId = '' } = api
    const { IntegrationId } = await sdk.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'GET',
        IntegrationUri: 'http://127.0.0.1:9000/',
        PayloadFormatVersion: '1.0',
        ResponseParameters: { '200': { 'append:header.x': '1' } },
      }),
    )
    await sdk.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /pets', Target: `integrations/${IntegrationId}` }))
    const RouteSettings = { 'GET /pets': { ThrottlingRateLimit: 1.5 } }
    await sdk.send(new CreateStageCommand({ ApiId, StageName: '$default', RouteSettings }))
    const { DeploymentId } = await sdk.send(new CreateDeploymentCommand({ ApiId, StageName: '$default' }))
    await sdk.send(new DeleteRouteSettingsCommand({ ApiId, StageName: '$default', RouteKey: 'GET /pets' }))
    expect(await sdk.send(new GetStageCommand({ ApiId, StageName: '$default' }))).toMatchObject({
      DeploymentId,
      RouteSettings: {},
      StageVariables: {},
      LastUpdatedDate: new Date(1_700_000_000_000),
    })
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`
    await sdk.send(new TagResourceCommand({ ResourceArn, Tags: { b: '2', c: '3' } }))
    await sdk.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'b'] }))
    expect((await sdk.send(new GetTagsCommand({ ResourceArn }))).Tags).toEqual({ c: '3' })
    const { body } = await sdk.send(new ExportApiCommand({ ApiId, Specification: 'OAS30', OutputType: 'JSON' }))
    const { ApiId: second } = await sdk.send(new ImportApiCommand({ Body: new TextDecoder().decode(body) }))
    expect((await sdk.send(new DeleteApiCommand({ ApiId }))).$metadata.httpStatusCode).toBe(204)
    expect((await sdk.send(new GetApisCommand({ MaxResults: '5' }))).Items?.map((item) => item.ApiId)).toEqual([second])
  })

  test('faults have the names and statuses that the SDK knows', async () => {
    const sdk = client()
    await expect(sdk.send(new GetApiCommand({ ApiId: 'none' }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Invalid API identifier specified 000000000000:none',
      $metadata: { httpStatusCode: 404 },
    })
    await expect(sdk.send(new CreateApiCommand({ Name: '', ProtocolType: 'HTTP' }))).rejects.toMatchObject({
      name: 'BadRequestException',
      $metadata: { httpStatusCode: 400 },
    })
  })
})
