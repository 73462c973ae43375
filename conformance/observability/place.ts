// A gateway in this process for the tests of this folder, with clients for what it tells of itself, and APIs to send requests to.
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiCommand } from '@aws-sdk/client-apigatewayv2'
import { createClient, type Client, type Protocol } from '@sluice/aws-protocol'
import type { Operations as CloudWatch } from '@sluice/aws-protocol/cloudwatch'
import type { Operations as Logs } from '@sluice/aws-protocol/logs'
import type { Operations as Xray } from '@sluice/aws-protocol/xray'
import { createGateway, type EmbeddedGateway, type GatewayOptions } from '../../gateway/src/index.ts'
import { modelOf, type ModelName } from '../../gateway/src/services/models.ts'

/** 2026-11-20T08:00:00Z: where the clock starts. */
export const startSeconds = 1_795_161_600

export interface Place {
  readonly gateway: EmbeddedGateway
  readonly rest: APIGatewayClient
  readonly http: ApiGatewayV2Client
  readonly cloudwatch: (protocol: Protocol) => Client<CloudWatch>
  readonly logs: Client<Logs>
  readonly xray: Client<Xray>
  /** A GET of a deployed API; resolves with the whole answer read. */
  readonly get: (apiId: string, path: string, headers?: Record<string, string>) => Promise<Response>
  /** `/_sluice/…` as text. */
  readonly page: (path: string) => Promise<string>
}

export function openPlace(options: GatewayOptions = {}): Place {
  const gateway = createGateway({ logLevel: 'silent', startAtMs: startSeconds * 1000, ...options })
  const clientOf = <Operations>(model: ModelName, host: string, protocol?: Protocol): Client<Operations> =>
    createClient<Operations>(modelOf(model), {
      endpoint: `http://${host}.localhost`,
      region: 'us-east-1',
      ...(protocol !== undefined && { protocol }),
      send: async ({ method, path, query, headers, body }) => {
        const url = `http://${host}.localhost${path}${query === '' ? '' : `?${query}`}`
        const response = await gateway.invoke(url, { method, headers, body: Buffer.from(body) })
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: Buffer.from(await response.arrayBuffer()),
        }
      },
    })
  return {
    gateway,
    rest: new APIGatewayClient({ ...gateway.clientConfig, maxAttempts: 1 }),
    http: new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 }),
    cloudwatch: (protocol) => clientOf<CloudWatch>('cloudwatch', 'monitoring', protocol),
    logs: clientOf<Logs>('logs', 'logs'),
    xray: clientOf<Xray>('xray', 'xray'),
    get: async (apiId, path, headers = {}) => {
      const response = await gateway.invoke(`http://${apiId}.execute-api.localhost${path}`, { headers })
      return new Response(await response.text(), { status: response.status, headers: response.headers })
    },
    page: async (path) => (await gateway.invoke(`http://localhost${path}`)).text(),
  }
}

export interface RestPlan {
  readonly name: string
  /** The backend of `/pets/{petId}`; a MOCK that answers 200 when absent. */
  readonly uri?: string
  /** Changes of the stage `prod`. */
  readonly patches?: readonly PatchOperation[]
}

/** A REST API with `GET /pets/{petId}`, deployed to `prod`. */
export async function createPets({ rest }: Place, { name, uri, patches = [] }: RestPlan): Promise<string> {
  const { id: restApiId } = await rest.send(new CreateRestApiCommand({ name }))
  const { items = [] } = await rest.send(new GetResourcesCommand({ restApiId }))
  const pets = await rest.send(new CreateResourceCommand({ restApiId, parentId: items[0]?.id, pathPart: 'pets' }))
  const pet = await rest.send(new CreateResourceCommand({ restApiId, parentId: pets.id, pathPart: '{petId}' }))
  const method = { restApiId, resourceId: pet.id, httpMethod: 'GET' }
  await rest.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  if (uri !== undefined) {
    const integration = { type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri } as const
    await rest.send(new PutIntegrationCommand({ ...method, ...integration }))
  } else {
    const requestTemplates = { 'application/json': '{"statusCode": 200}' }
    await rest.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }))
    await rest.send(new PutMethodResponseCommand({ ...method, statusCode: '200' }))
    await rest.send(
      new PutIntegrationResponseCommand({
        ...method,
        statusCode: '200',
        responseTemplates: { 'application/json': '{"ok":true}' },
      }),
    )
  }
  await rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  if (patches.length > 0) await patchStage(rest, restApiId ?? '', patches)
  return restApiId ?? ''
}

export async function patchStage(
  rest: APIGatewayClient,
  restApiId: string,
  patchOperations: readonly PatchOperation[],
): Promise<void> {
  await rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations: [...patchOperations] }))
}

/** Without the account's role no stage may log. */
export async function allowLogging({ rest }: Place): Promise<void> {
  const value = 'arn:aws:iam::000000000000:role/logs'
  await rest.send(new UpdateAccountCommand({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] }))
}

/** An HTTP API whose `$default` route goes to a backend, on the stage `$default`. */
export async function createHttpPets({ http }: Place, name: string, target: string): Promise<string> {
  const { ApiId } = await http.send(new CreateApiCommand({ Name: name, ProtocolType: 'HTTP', Target: target }))
  return ApiId ?? ''
}
