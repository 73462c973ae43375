// A gateway with one REST and one HTTP API whose functions answer with their event, and few words for domains.
import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateDomainNameCommand } from '@aws-sdk/client-apigatewayv2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createGateway, type EmbeddedGateway, type GatewayOptions } from 'sluice'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'

const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1'

export interface Places {
  readonly gateway: EmbeddedGateway
  readonly rest: APIGatewayClient
  readonly http: ApiGatewayV2Client
  readonly echoArn: string
  readonly close: () => Promise<void>
}

export async function openPlaces(options: GatewayOptions = {}): Promise<Places> {
  const gateway = createGateway({ logLevel: 'error', ...options })
  const config = { ...gateway.clientConfig, maxAttempts: 1 }
  const echo =
    'exports.handler = async (event) => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) })'
  const echoArn = await createNodeFunction(new LambdaClient(config), 'echo', echo)
  return {
    gateway,
    rest: new APIGatewayClient(config),
    http: new ApiGatewayV2Client(config),
    echoArn,
    close: () => gateway.close(),
  }
}

/** A REST API that answers every path with its event, deployed to the stages. */
export async function echoingRestApi(
  { rest, echoArn }: Places,
  name: string,
  stages: readonly string[],
): Promise<string> {
  const restApiId = await createRestApi(rest, name)
  const integration = { type: 'AWS_PROXY' as const, integrationHttpMethod: 'POST', uri: invocationUri(echoArn) }
  for (const path of ['/', '/{proxy+}']) await putMethod(rest, restApiId, path, { httpMethod: 'ANY', integration })
  for (const stage of stages) await deploy(rest, restApiId, stage)
  return restApiId
}

/** An HTTP API with one stage that answers every path with its event: `/one/…` in format 1.0, the rest in 2.0. */
export async function echoingHttpApi({ http, echoArn }: Places, name: string, stageName: string): Promise<string> {
  const apiId = await createHttpApi(http, name, { stageName })
  await addRoute(http, apiId, 'ANY /one/{proxy+}', invoke(echoArn, '1.0'))
  await addRoute(http, apiId, '$default', invoke(echoArn, '2.0'))
  return apiId
}

export async function createDomain({ http }: Places, DomainName: string): Promise<void> {
  const DomainNameConfigurations = [{ CertificateArn: certificateArn }]
  await http.send(new CreateDomainNameCommand({ DomainName, DomainNameConfigurations }))
}

/** Status and body of an answer. */
export async function told(answering: Promise<Response>): Promise<[number, string]> {
  const answer = await answering
  return [answer.status, await answer.text()]
}

interface Event {
  readonly path?: string
  readonly rawPath?: string
  readonly pathParameters?: { readonly proxy?: string } | null
  readonly requestContext: {
    readonly apiId: string
    readonly stage: string
    readonly path?: string
    readonly http?: { readonly path: string }
    readonly domainName: string
    readonly domainPrefix: string
    readonly identity?: Readonly<Record<string, unknown>>
    readonly authentication?: unknown
  }
}

/** The event that the echo answered with. */
export async function eventOf(answer: Promise<Response>): Promise<Event> {
  return (await (await answer).json()) as Event
}
