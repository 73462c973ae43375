// A gateway in `serve` within the test's own process, on a real socket, with IAM roles in few words and something that stands for SQS.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam'
import { createClient, type Client } from '@sluice/aws-protocol'
import type { Operations as Logs } from '@sluice/aws-protocol/logs'
import { sign } from '@sluice/sigv4'
import type { GatewayParts } from '../../gateway/src/gateway-parts.ts'
import { modelOf } from '../../gateway/src/services/models.ts'
import type { MethodPlan } from '../fixture/rest-api.ts'
import { openServing, type Keys, type Serving } from '../../gateway/src/testing.ts'

export const account = '123456789012'
export const region = 'us-east-1'

export type { Keys }

export interface Place extends Serving {
  /** Every message of a log group. */
  readonly messages: (logGroupName: string) => Promise<(string | undefined)[]>
}

/** `awsEndpoints` may be filled later: it is read at each call. */
export async function openPlace(more: Partial<GatewayParts> = {}): Promise<Place> {
  const serving = await openServing({ account, region, ...more })
  return {
    ...serving,
    messages: async (logGroupName) => {
      const { events = [] } = await logsOf(serving.url, serving.root).call('FilterLogEvents', { logGroupName })
      return events.map(({ message }) => message)
    },
  }
}

/** A client of CloudWatch Logs. */
function logsOf(endpoint: string, credentials: Keys): Client<Logs> {
  return createClient<Logs>(modelOf('logs'), {
    endpoint,
    region,
    credentials,
    sign: (request, signing) => {
      const headers: Record<string, string> = { ...request.headers, host: request.host }
      const scope = { region: signing.region, service: signing.service, date: Date.now() }
      const added = sign({ ...request, rawHeaders: Object.entries(headers).flat() }, signing.credentials, scope)
      for (let index = 0; index < added.length; index += 2) headers[added[index] ?? ''] = added[index + 1] ?? ''
      return { ...request, headers }
    },
    send: async ({ method, path, headers, body }) => {
      const response = await fetch(`${endpoint}${path}`, { method, headers, body: Buffer.from(body) })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      }
    },
  })
}

export interface Recorder {
  readonly url: string
  /** The headers of the last call. */
  readonly last: () => IncomingHttpHeaders
  readonly forget: () => void
  readonly close: () => Promise<void>
}

/** Takes any call for one of SQS, and says yes. */
export async function openRecorder(): Promise<Recorder> {
  let last: IncomingHttpHeaders = {}
  const server = createServer((request, response) => {
    last = request.headers
    request.resume()
    response.setHeader('content-type', 'application/json').end('{"MessageId":"1"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    last: () => last,
    forget: () => {
      last = {}
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The access key that signed a call; undefined when nobody did. */
export function signerIn({ authorization }: IncomingHttpHeaders): string | undefined {
  return /Credential=([^/]+)\//.exec(authorization ?? '')?.[1]
}

export function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
}

/** A role that `principal` may take on; resolves with its ARN. */
export async function createRole(
  iam: IAMClient,
  RoleName: string,
  principal: object = { Service: 'apigateway.amazonaws.com' },
  more: Partial<CreateRoleCommandInput> = {},
): Promise<string> {
  const AssumeRolePolicyDocument = policy({ Principal: principal, Action: 'sts:AssumeRole' })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
  return Role?.Arn ?? ''
}

/** Gives the role one more permission. */
export async function allowRole(iam: IAMClient, RoleName: string, Action: string, Resource: string): Promise<void> {
  const PolicyDocument = policy({ Action, Resource })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: Action.replace(':', '-'), PolicyDocument }))
}

/** A user who may do what the statements allow; resolves with the user's keys. */
export async function createUser(iam: IAMClient, UserName: string, ...allowed: readonly object[]): Promise<Keys> {
  await iam.send(new CreateUserCommand({ UserName }))
  for (const [index, statement] of allowed.entries()) {
    const PolicyDocument = policy(statement)
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: `p${index}`, PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

/** A method whose integration sends a form to a service of AWS, as a role. */
export function formTo(uri: string, credentials: string, form: string): MethodPlan {
  return {
    integration: {
      type: 'AWS',
      integrationHttpMethod: 'POST',
      uri,
      credentials,
      requestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
      requestTemplates: { 'application/json': form },
    },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200' }],
  }
}
