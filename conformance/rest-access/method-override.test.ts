// `X-HTTP-Method-Override` of REST APIs: the verb that it names is routed, authorized and seen by the integration. REST 1.3.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { account, addMock, call, createApi, deploy, policy, region, startAccess, type Access } from './access.ts'
import { callSigned } from './signing.ts'

let access: Access

beforeAll(() => {
  access = startAccess()
})

afterAll(() => access.gateway.close())

const overridden = (verb: string) => ({ headers: { 'X-HTTP-Method-Override': verb } })

test('takes the place of the verb for the route and for what templates read', async () => {
  const id = await createApi(access)
  await addMock(access, id, '/pets', { httpMethod: 'DELETE', template: '$context.httpMethod' })
  await deploy(access, id)
  expect((await call(access, id, '/pets')).status).toBe(403)
  const answer = await call(access, id, '/pets', overridden('delete'))
  expect([answer.status, answer.text]).toEqual([200, 'DELETE'])
})

test('is what a resource policy is asked for: a GET that is to be a DELETE is denied as one', async () => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*/GET/*' }
  const id = await createApi(access, { policy: policy(statement) })
  await addMock(access, id, '/pets', { httpMethod: 'ANY' })
  await deploy(access, id)
  expect((await call(access, id, '/pets')).status).toBe(200)
  const refused = await call(access, id, '/pets', overridden('DELETE'))
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('/prod/DELETE/pets')
})

test('is no way into the path of an ARN: what is no verb names no method, not even of ANY', async () => {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/*/GET/1/*',
  }
  const id = await createApi(access, { policy: policy(statement) })
  await addMock(access, id, '/pets', { httpMethod: 'ANY' })
  await deploy(access, id)
  const refused = await call(access, id, '/pets', overridden('GET/1'))
  expect([refused.status, refused.text]).toEqual([403, '{"message":"Missing Authentication Token"}'])
})

test('is signed with the verb that was sent, and needs the permission of the one that is meant', async () => {
  const id = await createApi(access)
  await addMock(access, id, '/pets', { httpMethod: 'ANY', method: { authorizationType: 'AWS_IAM' } })
  await deploy(access, id)
  const UserName = 'overriding'
  await access.iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await access.iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const Resource = `arn:aws:execute-api:${region}:${account}:${id}/prod/PUT/pets`
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource })
  await access.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
  const statusOf = async (headers: Record<string, string>) =>
    (await callSigned(access, id, credentials, { method: 'POST', path: '/pets', headers })).status
  expect(await statusOf({})).toBe(403)
  expect(await statusOf(overridden('PUT').headers)).toBe(200)
  expect(await statusOf(overridden('DELETE').headers)).toBe(403)
})
