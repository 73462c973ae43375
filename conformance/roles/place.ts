// A gateway in `serve` within the test's own process, on a real socket, with IAM roles in few words and something that stands for SQS.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { systemClock } from '../../gateway/src/adapters/clocks.ts'
import { createCore } from '../../gateway/src/gateway.ts'
import type { GatewayParts } from '../../gateway/src/gateway-parts.ts'
import { createLog } from '../../gateway/src/log.ts'
import { BodyRoom } from '../../gateway/src/server/body-room.ts'
import { listen } from '../../gateway/src/server/listener.ts'
import { ensureRootKey } from '../../gateway/src/services/iam/root-key.ts'
import { modelOf } from '../../gateway/src/services/models.ts'

export const account = '123456789012'
export const region = 'us-east-1'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface Place {
  readonly url: string
  readonly port: number
  readonly root: Keys
  /** Every message of a log group. */
  readonly messages: (logGroupName: string) => Promise<(string | undefined)[]>
  /** What AWS's SDKs are configured with. */
  readonly settings: (keys: Keys) => { region: string; endpoint: string; credentials: Keys; maxAttempts: number }
  readonly close: () => Promise<void>
}

/** `awsEndpoints` may be filled later: it is read at each call. */
export async function openPlace(more: Partial<GatewayParts> = {}): Promise<Place> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-roles-'))
  const core = createCore({
    mode: 'serve',
    dataFolder,
    region,
    account,
    domain: 'localhost',
    clock: systemClock,
    log: createLog('silent'),
    lambdaEndpoint: undefined,
    lambdaCredentials: undefined,
    awsEndpoints: new Map(),
    enforceLambdaPermissions: true,
    ...more,
  })
  const file = join(dataFolder, 'root-credentials.json')
  await ensureRootKey(core.store, more.account ?? account, file)
  const root = JSON.parse(await readFile(file, 'utf8')) as Keys
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    front: core.front,
    bodyRoom: new BodyRoom(2 ** 30),
    bug: () => {},
  })
  const { port } = listener.address
  const url = `http://127.0.0.1:${port}`
  core.setPort(port, url)
  return {
    url,
    port,
    root,
    messages: async (logGroupName) => {
      const { events = [] } = await logsOf(url, root).call('FilterLogEvents', { logGroupName })
      return events.map(({ message }) => message)
    },
    settings: (credentials) => ({ region, endpoint: url, credentials, maxAttempts: 1 }),
    close: async () => {
      await listener.close(0)
      await core.close()
      await rm(dataFolder, { recursive: true })
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
