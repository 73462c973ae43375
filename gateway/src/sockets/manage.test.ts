// Who may use `@connections`: in `serve` whoever signs and is allowed to by its policies, in `dev` that too for keys that were made there. WebSocket 30.1.
import { request as sendRequest } from 'node:http'
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServing, type Keys, type Serving } from '../testing.ts'
import { createSocketApi, mocked } from './testing-api.ts'
import { connect, type Client } from './testing-client.ts'

const account = '123456789012'
const region = 'us-east-1'

describe.for(['serve', 'dev'] as const)('in %s', (mode) => {
  let gateway: Serving
  let apiId: string
  let client: Client
  let ConnectionId: string

  beforeAll(async () => {
    gateway = await openServing({ mode, account, region })
    apiId = await createSocketApi(
      { v2: new ApiGatewayV2Client(gateway.settings(gateway.root)) },
      { routes: { $default: { ...mocked(200, '$context.connectionId'), isTwoWay: true } } },
    )
    client = await connect(gateway, apiId)
    ConnectionId = await client.ask('who am I')
  })

  afterAll(async () => {
    await client.close()
    await gateway.close()
  })

  function manager(credentials: Keys, where = `${apiId}/dev`, to = region): ApiGatewayManagementApiClient {
    const endpoint = `${gateway.url}/_aws/execute-api/${where}`
    return new ApiGatewayManagementApiClient({ region: to, endpoint, credentials, maxAttempts: 1 })
  }

  let users = 0

  /** A user with one policy, or with none. */
  async function userWith(...statements: readonly object[]): Promise<Keys & { readonly name: string }> {
    const iam = new IAMClient(gateway.settings(gateway.root))
    const UserName = `user-${++users}`
    await iam.send(new CreateUserCommand({ UserName }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
    if (statements.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
    }
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
    return { name: UserName, accessKeyId, secretAccessKey }
  }

  const arn = (verb: string): string => `arn:aws:execute-api:${region}:${account}:${apiId}/dev/${verb}/@connections/*`
  const allow = (verb: string, Action = 'execute-api:ManageConnections') => ({
    Effect: 'Allow',
    Action,
    Resource: arn(verb),
  })
  const post = () => new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('news') })

  test('a user who is allowed to posts; to look and to close are permissions of their own', async () => {
    const poster = manager(await userWith(allow('POST')))
    await poster.send(post())
    expect(await client.next()).toBe('news')
    await expect(poster.send(new GetConnectionCommand({ ConnectionId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(poster.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    const looker = manager(await userWith(allow('GET')))
    expect((await looker.send(new GetConnectionCommand({ ConnectionId }))).Identity?.SourceIp).toBe('127.0.0.1')
  })

  test('a user without the permission reads AWS’s sentence, under a capital Message, with four digits of the account', async () => {
    const { name, ...keys } = await userWith()
    const denied = manager(keys)
    let seen: { status: number; headers: Readonly<Record<string, string>>; body: string } | undefined
    denied.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        const response = result.response as {
          statusCode: number
          headers: Record<string, string>
          body: AsyncIterable<Buffer>
        }
        const chunks: Buffer[] = []
        for await (const chunk of response.body) chunks.push(chunk)
        const body = Buffer.concat(chunks)
        seen = { status: response.statusCode, headers: response.headers, body: body.toString() }
        return { ...result, response: { ...response, body: new Uint8Array(body) } }
      },
      { step: 'deserialize', priority: 'low' },
    )
    await expect(denied.send(post())).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(seen?.status).toBe(403)
    expect(seen?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': 'AccessDeniedException',
    })
    expect(seen?.body).toBe(
      `{"Message":"User: arn:aws:iam::${account}:user/${name} is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:${region}:********9012:${apiId}/dev/POST/@connections/${ConnectionId}"}`,
    )
  })

  test('execute-api:Invoke, of which older texts speak, is as good, unless the other is denied', async () => {
    await manager(await userWith(allow('POST', 'execute-api:Invoke'))).send(post())
    expect(await client.next()).toBe('news')
    const denied = await userWith(allow('POST', 'execute-api:Invoke'), { ...allow('*'), Effect: 'Deny' })
    await expect(manager(denied).send(post())).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('with an explicit deny') as string,
    })
  })

  test('the account’s root may do everything, whatever stands in no policy', async () => {
    await manager(gateway.root).send(post())
    expect(await client.next()).toBe('news')
  })

  test('a signature that is wrong, or for another region, is refused', async () => {
    const user = await userWith(allow('*'))
    await expect(manager({ ...user, secretAccessKey: 'wrong' }).send(post())).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(manager(user, `${apiId}/dev`, 'eu-west-1').send(post())).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    })
  })

  test(mode === 'serve' ? 'nobody is refused' : 'whom nobody knows is the account’s root', async () => {
    const path = `/_aws/execute-api/${apiId}/dev/@connections/${encodeURIComponent(ConnectionId)}`
    const { status, type, body } = await unsigned(gateway.port, path)
    if (mode === 'dev') {
      expect(status).toBe(200)
      expect(await client.next()).toBe('news')
      await manager({ accessKeyId: 'anything', secretAccessKey: 'at all' }).send(post())
      expect(await client.next()).toBe('news')
      return
    }
    expect({ status, type, body }).toEqual({
      status: 403,
      type: 'MissingAuthenticationTokenException',
      body: '{"message":"Missing Authentication Token"}',
    })
    await expect(
      manager({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' }).send(post()),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 403 } })
  })
})

function unsigned(port: number, path: string): Promise<{ status: number; type: unknown; body: string }> {
  return new Promise((resolve, reject) => {
    const request = sendRequest({ host: '127.0.0.1', port, method: 'POST', path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['x-amzn-errortype'],
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    request.on('error', reject)
    request.end('news')
  })
}
