// Resource policies of REST APIs for callers without an identity: methods without authorization, addresses, private APIs. Security B.7.
import { CreateRestApiCommand } from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  account,
  addMock,
  call,
  createApi,
  deploy,
  outcome,
  policy,
  region,
  startAccess,
  type Access,
} from './access.ts'

let access: Access

beforeAll(() => {
  access = startAccess({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
})

afterAll(() => access.gateway.close())

async function openApi(api: object): Promise<string> {
  const id = await createApi(access, api)
  for (const path of ['/', '/pets/{id}']) await addMock(access, id, path)
  await deploy(access, id)
  return id
}

const everyone = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }
const refused = (id: string, path: string, suffix = ''): readonly unknown[] => [
  403,
  'AccessDeniedException',
  `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:${region}:********${account.slice(-4)}:${id}/prod/GET${path}${suffix}"}`,
]

test('a policy must allow: its silence denies, and a Deny denies in its own words', async () => {
  const id = await openApi({
    policy: policy([
      { ...everyone, Resource: ['execute-api:/prod/GET/pets/*', 'execute-api:/prod/GET/'] },
      { ...everyone, Effect: 'Deny', Resource: 'execute-api:/prod/GET/pets/secret*' },
    ]),
  })
  expect((await call(access, id, '/pets/1')).status).toBe(200)
  expect((await call(access, id, '')).status).toBe(200)
  expect(outcome(await call(access, id, '/pets/secret%20'))).toEqual(
    refused(id, '/pets/secret ', ' with an explicit deny'),
  )
  const silent = await openApi({ policy: policy({ ...everyone, Resource: 'execute-api:/other/*' }) })
  expect(outcome(await call(access, silent, '/pets/1'))).toEqual(refused(silent, '/pets/1'))
})

test('a policy for others is not about callers without an identity', async () => {
  const id = await openApi({ policy: policy({ ...everyone, Principal: { AWS: `arn:aws:iam::${account}:root` } }) })
  expect(outcome(await call(access, id, '/pets/1'))).toEqual(refused(id, '/pets/1'))
})

test('addresses are those behind trusted proxies', async () => {
  const id = await openApi({
    policy: policy([
      everyone,
      { ...everyone, Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': ['198.51.100.0/24'] } } },
    ]),
  })
  const from = async (forwardedFor: string): Promise<number> =>
    (await call(access, id, '/pets/1', { headers: { 'x-forwarded-for': forwardedFor } })).status
  expect(await from('198.51.100.7')).toBe(200)
  expect(await from('198.51.100.7, 10.1.1.1')).toBe(200)
  expect(await from('203.0.113.1')).toBe(403)
  // The client wrote the first entry itself; its proxy saw 203.0.113.1.
  expect(await from('198.51.100.7, 203.0.113.1')).toBe(403)
})

test('a proxy that ends TLS says so: aws:SecureTransport is what the client spoke', async () => {
  const secure = { Bool: { 'aws:SecureTransport': 'false' } }
  const id = await openApi({ policy: policy([everyone, { ...everyone, Effect: 'Deny', Condition: secure }]) })
  const over = async (scheme: string): Promise<number> =>
    (await call(access, id, '/pets/1', { headers: { 'x-forwarded-proto': scheme } })).status
  expect([await over('https'), await over('http'), await over('')]).toEqual([200, 403, 403])
})

test('unknown paths are unknown before any policy is asked', async () => {
  const id = await openApi({ policy: policy({ ...everyone, Effect: 'Deny' }) })
  expect((await call(access, id, '/nowhere')).text).toBe('{"message":"Missing Authentication Token"}')
})

test('a private API whose policy asks for an endpoint is closed to callers that came through none', async () => {
  const condition = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }
  const id = await openApi({
    endpointConfiguration: { types: ['PRIVATE'] },
    policy: policy({ ...everyone, Condition: condition }),
  })
  expect(outcome(await call(access, id, '/pets/1'))).toEqual(refused(id, '/pets/1'))
  // Where no listener stands for one, a host names the endpoint that a request is to have come through.
  expect((await call(access, `${id}-vpce-1`, '/pets/1')).status).toBe(200)
  expect((await call(access, `${id}-vpce-2`, '/pets/1')).status).toBe(403)
})

test('a policy takes effect with the next deployment', async () => {
  const id = await openApi({})
  expect((await call(access, id, '/pets/1')).status).toBe(200)
  const { UpdateRestApiCommand } = await import('@aws-sdk/client-api-gateway')
  const value = policy({ ...everyone, Effect: 'Deny' })
  await access.rest.send(
    new UpdateRestApiCommand({ restApiId: id, patchOperations: [{ op: 'replace', path: '/policy', value }] }),
  )
  expect((await call(access, id, '/pets/1')).status).toBe(200)
  await deploy(access, id)
  expect((await call(access, id, '/pets/1')).status).toBe(403)
})

test.each([
  ['an unknown member', { ...everyone, Extra: 1 }],
  ['no principal', { Effect: 'Allow', Action: '*', Resource: '*' }],
  ['an unknown condition', { ...everyone, Condition: { Maybe: { 'aws:SourceIp': '1.1.1.1' } } }],
])('a policy with %s is refused when it is set', async (_, statement) => {
  await expect(
    access.rest.send(new CreateRestApiCommand({ name: 'refused', policy: policy(statement) })),
  ).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
  })
})
