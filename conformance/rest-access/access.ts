// A gateway in the test's own process with REST APIs whose access is tested: few words for APIs, methods and calls.
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  type CreateAuthorizerCommandInput,
  type CreateRestApiCommandInput,
  type PutMethodCommandInput,
} from '@aws-sdk/client-api-gateway'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { STSClient } from '@aws-sdk/client-sts'
import { createGateway, type EmbeddedGateway, type GatewayOptions } from 'sluice'
import { putMethod } from '../fixture/rest-api.ts'

export const account = '000000000000'
export const region = 'us-east-1'

export interface Access {
  readonly gateway: EmbeddedGateway
  readonly rest: APIGatewayClient
  readonly lambda: LambdaClient
  readonly iam: IAMClient
  readonly sts: STSClient
}

export function startAccess(options: GatewayOptions = {}): Access {
  const gateway = createGateway(options)
  const config = { ...gateway.clientConfig, maxAttempts: 1 }
  return {
    gateway,
    rest: new APIGatewayClient(config),
    lambda: new LambdaClient(config),
    iam: new IAMClient(config),
    sts: new STSClient(config),
  }
}

export interface MethodPlan {
  readonly httpMethod?: string
  readonly method?: Partial<Omit<PutMethodCommandInput, 'restApiId' | 'resourceId' | 'httpMethod'>>
  /** What a mock answers; `ok` when absent. */
  readonly template?: string
}

/** A new API; resolves with its id. */
export async function createApi({ rest }: Access, more: Partial<CreateRestApiCommandInput> = {}): Promise<string> {
  const { id = '' } = await rest.send(new CreateRestApiCommand({ name: 'access', ...more }))
  return id
}

/** A mock that answers 200 with what its template makes of the request. */
export function addMock({ rest }: Access, apiId: string, path: string, plan: MethodPlan = {}) {
  return putMethod(rest, apiId, path, {
    httpMethod: plan.httpMethod ?? 'GET',
    ...(plan.method && { method: plan.method }),
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': plan.template ?? 'ok' } }],
  })
}

export async function addAuthorizer(
  { rest }: Access,
  restApiId: string,
  plan: Partial<CreateAuthorizerCommandInput>,
): Promise<string> {
  const { id = '' } = await rest.send(
    new CreateAuthorizerCommand({ name: 'authorizer', type: 'TOKEN', ...plan, restApiId }),
  )
  return id
}

export async function deploy({ rest }: Access, restApiId: string, stageName = 'prod'): Promise<void> {
  await rest.send(new CreateDeploymentCommand({ restApiId, stageName }))
}

export interface Answered {
  readonly status: number
  readonly text: string
  readonly errorType: string | null
  readonly headers: Headers
}

/** A request to `/prod…` of an API. */
export async function call({ gateway }: Access, apiId: string, path: string, init?: RequestInit): Promise<Answered> {
  const answer = await gateway.invoke(`http://${apiId}.execute-api.localhost/prod${path}`, init)
  return {
    status: answer.status,
    text: await answer.text(),
    errorType: answer.headers.get('x-amzn-errortype'),
    headers: answer.headers,
  }
}

/** Status, error type and body of an answer. */
export function outcome({ status, errorType, text }: Answered): readonly [number, string | null, string] {
  return [status, errorType, text]
}

export function policy(statement: object | readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement })
}
