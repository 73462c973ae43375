// Private REST APIs of a process: reached through the listeners that stand for VPC endpoints, and through nothing else. REST 13.3.
import { CreateRestApiCommand, CreateDeploymentCommand } from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, type Reply } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Seen, type Upstream } from '../fixture/upstream.ts'

let backend: Upstream
let sluice: RunningSluice
let endpoints: Readonly<Record<string, URL>>

const everyone = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }

beforeAll(async () => {
  backend = await startUpstream()
  const listeners = 'vpce-0aa@vpc-0ff=127.0.0.1:0,vpce-0bb=127.0.0.1:0'
  sluice = await startSluice(['dev', '--vpc-endpoints', listeners])
  const lines = sluice.stdout().matchAll(/^VPC endpoint (\S+): (\S+) /gm)
  endpoints = Object.fromEntries([...lines].map(([, id, url]) => [id, new URL(url ?? '')]))
})

afterAll(async () => {
  await sluice.stop()
  await backend.close()
})

/** An API that hands its requests to the backend, with the endpoint's ids beside. */
async function createApi(types: ('PRIVATE' | 'REGIONAL')[], condition?: object): Promise<string> {
  const { rest } = clientsOf(sluice.url)
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...everyone, Condition: condition ?? {} }] })
  const { id = '' } = await rest.send(
    new CreateRestApiCommand({ name: 'private', endpointConfiguration: { types }, policy }),
  )
  await putMethod(rest, id, '/pets', {
    method: { requestParameters: {} },
    integration: {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: `${backend.url}/pets`,
      requestParameters: {
        'integration.request.header.x-vpc': 'context.identity.vpcId',
        'integration.request.header.x-vpce': 'context.identity.vpceId',
      },
    },
  })
  await rest.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
  return id
}

function through(vpceId: string, host: string, headers: Record<string, string> = {}): Promise<Reply> {
  const url = endpoints[vpceId]
  if (url === undefined) throw new Error(`no listener stands for ${vpceId}`)
  return send(new URL('/prod/pets', url), host, { headers })
}

const domain = 'execute-api.localhost'

test('a private API is reached through any endpoint, by each of its names', async () => {
  const id = await createApi(['PRIVATE'])
  expect((await through('vpce-0aa', `${id}.${domain}`)).status).toBe(200)
  expect((await through('vpce-0aa', `${id}-vpce-0aa.${domain}`)).status).toBe(200)
  expect((await through('vpce-0bb', `vpce-0bb-x1.${domain}`, { 'x-apigw-api-id': id })).status).toBe(200)
  expect((await through('vpce-0bb', '127.0.0.1', { 'x-apigw-api-id': id })).status).toBe(200)
  expect((await through('vpce-0bb', `${id}-vpce-0aa.${domain}`)).status).toBe(403)
})

test('public listeners answer for it that it is forbidden, whatever the request says of itself', async () => {
  const id = await createApi(['PRIVATE'])
  const url = new URL('/prod/pets', sluice.url)
  for (const host of [`${id}.${domain}`, `${id}-vpce-0aa.${domain}`]) {
    const reply = await send(url, host, { headers: { 'x-amzn-vpce-id': 'vpce-0aa', 'x-apigw-api-id': id } })
    expect([reply.status, reply.text]).toEqual([403, '{"message":"Forbidden"}'])
  }
})

test('an endpoint leads to private APIs alone', async () => {
  const id = await createApi(['REGIONAL'])
  expect((await send(new URL('/prod/pets', sluice.url), `${id}.${domain}`)).status).toBe(200)
  const reply = await through('vpce-0aa', `${id}.${domain}`)
  expect([reply.status, reply.text]).toEqual([403, '{"message":"Forbidden"}'])
})

test('policies see the endpoint, its network and the address behind it, and no public address', async () => {
  const byEndpoint = await createApi(['PRIVATE'], { StringEquals: { 'aws:SourceVpce': 'vpce-0aa' } })
  const byNetwork = await createApi(['PRIVATE'], { StringEquals: { 'aws:SourceVpc': 'vpc-0ff' } })
  const byAddress = await createApi(['PRIVATE'], { IpAddress: { 'aws:VpcSourceIp': '127.0.0.0/8' } })
  const byPublicAddress = await createApi(['PRIVATE'], { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })
  const statuses = async (id: string): Promise<readonly number[]> => [
    (await through('vpce-0aa', `${id}.${domain}`)).status,
    (await through('vpce-0bb', `${id}.${domain}`)).status,
  ]
  expect(await statuses(byEndpoint)).toEqual([200, 403])
  expect(await statuses(byNetwork)).toEqual([200, 403])
  expect(await statuses(byAddress)).toEqual([200, 200])
  expect(await statuses(byPublicAddress)).toEqual([403, 403])
})

test('the context and the headers name the endpoint, not what a client wrote', async () => {
  const id = await createApi(['PRIVATE'])
  const { text } = await through('vpce-0aa', `${id}.${domain}`, { 'x-amzn-vpce-id': 'vpce-0bb' })
  expect((JSON.parse(text) as Seen).headers).toMatchObject({
    'x-vpc': 'vpc-0ff',
    'x-vpce': 'vpce-0aa',
    'x-amzn-vpc-id': 'vpc-0ff',
    'x-amzn-vpce-id': 'vpce-0aa',
  })
})
