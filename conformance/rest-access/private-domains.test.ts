// Private custom domain names of a process: called through the VPC endpoints that are associated with them, as their policy says.
import {
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameAccessAssociationCommand,
  CreateDomainNameCommand,
  CreateRestApiCommand,
  DeleteDomainNameAccessAssociationCommand,
  DeleteDomainNameCommand,
  UpdateDomainNameCommand,
  UpdateRestApiCommand,
  type DomainName,
} from '@aws-sdk/client-api-gateway'
import {
  CreateRoutingRuleCommand,
  DeleteRoutingRuleCommand,
  type CreateRoutingRuleCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, type Reply } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Upstream } from '../fixture/upstream.ts'

let backend: Upstream
let sluice: RunningSluice
let endpoints: Readonly<Record<string, URL>>
let restApiId: string

const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/a1b2c3d4-5678-90ab-cdef-000000000000'

function allowing(Resource: string, Condition: object = {}): string {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource, Condition }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

beforeAll(async () => {
  backend = await startUpstream()
  const listeners = 'vpce-0aa@vpc-0ff=127.0.0.1:0,vpce-0bb=127.0.0.1:0'
  sluice = await startSluice(['dev', '--vpc-endpoints', listeners])
  const lines = sluice.stdout().matchAll(/^VPC endpoint (\S+): (\S+) /gm)
  endpoints = Object.fromEntries([...lines].map(([, id, url]) => [id, new URL(url ?? '')]))
  restApiId = await createApi(allowing('execute-api:/*'))
})

afterAll(async () => {
  await sluice.stop()
  await backend.close()
})

async function createApi(policy: string): Promise<string> {
  const { rest } = clientsOf(sluice.url)
  const { id = '' } = await rest.send(
    new CreateRestApiCommand({ name: 'private', endpointConfiguration: { types: ['PRIVATE'] }, policy }),
  )
  await putMethod(rest, id, '/pets', {
    method: {},
    integration: { type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: `${backend.url}/pets` },
  })
  await rest.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
  return id
}

async function createDomain(domainName: string, policy: string | undefined, mapped = restApiId): Promise<DomainName> {
  const { rest } = clientsOf(sluice.url)
  const domain = await rest.send(
    new CreateDomainNameCommand({ domainName, certificateArn, endpointConfiguration: { types: ['PRIVATE'] }, policy }),
  )
  const { domainNameId } = domain
  await rest.send(
    new CreateBasePathMappingCommand({ domainName, domainNameId, restApiId: mapped, stage: 'prod', basePath: 'zoo' }),
  )
  return domain
}

async function associate({ domainNameArn }: DomainName, accessAssociationSource: string): Promise<string> {
  const { rest } = clientsOf(sluice.url)
  const input = { domainNameArn, accessAssociationSource, accessAssociationSourceType: 'VPCE' } as const
  const { domainNameAccessAssociationArn = '' } = await rest.send(new CreateDomainNameAccessAssociationCommand(input))
  return domainNameAccessAssociationArn
}

function through(vpceId: string, host: string, path = '/zoo/pets'): Promise<Reply> {
  const url = endpoints[vpceId]
  if (url === undefined) throw new Error(`no listener stands for ${vpceId}`)
  return send(new URL(path, url), host)
}

async function statuses(host: string): Promise<readonly number[]> {
  return [(await through('vpce-0aa', host)).status, (await through('vpce-0bb', host)).status]
}

test('a private name answers at the endpoints that are associated with it, while they are', async () => {
  const host = 'one.example.com'
  const domain = await createDomain(host, allowing('execute-api:/*'))
  expect(await statuses(host)).toEqual([403, 403])
  const association = await associate(domain, 'vpce-0aa')
  expect(await statuses(host)).toEqual([200, 403])
  expect((await through('vpce-0aa', 'ONE.example.com:80')).status).toBe(200)
  expect((await through('vpce-0aa', host, '/other/pets')).text).toBe('{"message":"Forbidden"}')
  const { rest } = clientsOf(sluice.url)
  await rest.send(new DeleteDomainNameAccessAssociationCommand({ domainNameAccessAssociationArn: association }))
  expect(await statuses(host)).toEqual([403, 403])
  await associate(domain, 'vpce-0bb')
  expect(await statuses(host)).toEqual([403, 200])
  await rest.send(new DeleteDomainNameCommand({ domainName: host, domainNameId: domain.domainNameId }))
  expect(await statuses(host)).toEqual([403, 403])
})

test('a public listener knows nothing of a private name', async () => {
  const host = 'two.example.com'
  await associate(await createDomain(host, allowing('execute-api:/*')), 'vpce-0aa')
  const reply = await send(new URL('/zoo/pets', sluice.url), host, { headers: { 'x-amzn-vpce-id': 'vpce-0aa' } })
  expect(reply.status).not.toBe(200)
  expect((await through('vpce-0aa', host)).status).toBe(200)
})

test('without a policy nobody is let in; with one, whom it allows', async () => {
  const host = 'three.example.com'
  const domain = await createDomain(host, undefined)
  await associate(domain, 'vpce-0aa')
  await associate(domain, 'vpce-0bb')
  const refused = await through('vpce-0aa', host)
  const called = `arn:aws:execute-api:us-east-1:********0000:/domainnames/${host}+${domain.domainNameId}`
  expect([refused.status, refused.headers.get('x-amzn-errortype'), refused.text]).toEqual([
    403,
    'AccessDeniedException',
    `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${called}"}`,
  ])
  const { rest } = clientsOf(sluice.url)
  const setPolicy = (value: string): Promise<unknown> =>
    rest.send(
      new UpdateDomainNameCommand({
        domainName: host,
        domainNameId: domain.domainNameId,
        patchOperations: [{ op: 'replace', path: '/policy', value }],
      }),
    )
  const own = `arn:aws:execute-api:us-east-1:000000000000:/domainnames/${host}+${domain.domainNameId}`
  await setPolicy(allowing(own, { StringEquals: { 'aws:SourceVpce': 'vpce-0aa' } }))
  expect(await statuses(host)).toEqual([200, 403])
  await setPolicy(allowing(own, { StringEquals: { 'aws:SourceVpc': 'vpc-0aa' } }))
  expect(await statuses(host)).toEqual([403, 403])
  await setPolicy(allowing(`${own}x`))
  expect(await statuses(host)).toEqual([403, 403])
})

test('the API’s own policy has to allow too, and may ask for the name', async () => {
  const host = 'four.example.com'
  const via = {
    ArnLike: { 'execute-api:viaDomainArn': `arn:aws:execute-api:us-east-1:000000000000:/domainnames/${host}+*` },
  }
  const strict = await createApi(allowing('execute-api:/*', via))
  await associate(await createDomain(host, allowing('execute-api:/*'), strict), 'vpce-0aa')
  await associate(await createDomain('five.example.com', allowing('execute-api:/*'), strict), 'vpce-0aa')
  expect((await through('vpce-0aa', host)).status).toBe(200)
  const other = await through('vpce-0aa', 'five.example.com')
  expect([other.status, other.text]).toEqual([
    403,
    `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:${strict}/prod/GET/pets"}`,
  ])
  expect((await through('vpce-0aa', `${strict}.execute-api.localhost`, '/prod/pets')).status).toBe(403)
})

test('routing rules lead from a private name to private APIs', async () => {
  const host = 'rules.example.com'
  const { domainNameId: DomainNameId, ...domain } = await createDomain(host, allowing('execute-api:/*'))
  await associate(domain, 'vpce-0aa')
  const { rest, http } = clientsOf(sluice.url)
  const mode = { op: 'replace', path: '/routingMode', value: 'ROUTING_RULE_ONLY' } as const
  await rest.send(
    new UpdateDomainNameCommand({ domainName: host, domainNameId: DomainNameId, patchOperations: [mode] }),
  )
  expect((await through('vpce-0aa', host)).status).toBe(403)
  const rule = (ApiId: string): CreateRoutingRuleCommandInput => ({
    DomainName: host,
    DomainNameId,
    Priority: 1,
    Conditions: [{ MatchBasePaths: { AnyOf: ['big/zoo'] } }],
    Actions: [{ InvokeApi: { ApiId, Stage: 'prod', StripBasePath: true } }],
  })
  const { RoutingRuleArn, RoutingRuleId } = await http.send(new CreateRoutingRuleCommand(rule(restApiId)))
  expect(RoutingRuleArn).toBe(
    `arn:aws:apigateway:us-east-1:000000000000:/domainnames/${host}+${DomainNameId}/routingrules/${RoutingRuleId}`,
  )
  expect((await through('vpce-0aa', host, '/big/zoo/pets')).status).toBe(200)
  expect((await through('vpce-0aa', host)).status).toBe(403)
  const { id = '' } = await rest.send(new CreateRestApiCommand({ name: 'public' }))
  await putMethod(rest, id, '/', { integration: { type: 'MOCK' } })
  await rest.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
  await expect(http.send(new CreateRoutingRuleCommand(rule(id)))).rejects.toMatchObject({ name: 'BadRequestException' })
  await expect(
    http.send(new CreateRoutingRuleCommand({ ...rule(restApiId), DomainNameId: 'other' })),
  ).rejects.toMatchObject({ name: 'NotFoundException' })
  await http.send(new DeleteRoutingRuleCommand({ DomainName: host, DomainNameId, RoutingRuleId }))
  expect((await through('vpce-0aa', host, '/big/zoo/pets')).status).toBe(403)
})

test('of names that are alike an endpoint is associated with one, and a mapped API stays private', async () => {
  const host = 'six.example.com'
  const [first, second] = [await createDomain(host, undefined), await createDomain(host, undefined)]
  const association = await associate(first, 'vpce-0aa')
  await expect(associate(second, 'vpce-0aa')).rejects.toMatchObject({ name: 'ConflictException' })
  await associate(second, 'vpce-0bb')
  const { rest } = clientsOf(sluice.url)
  await rest.send(new DeleteDomainNameAccessAssociationCommand({ domainNameAccessAssociationArn: association }))
  await associate(second, 'vpce-0aa')
  const toRegional = { op: 'replace', path: '/endpointConfiguration/types/PRIVATE', value: 'REGIONAL' } as const
  await expect(rest.send(new UpdateRestApiCommand({ restApiId, patchOperations: [toRegional] }))).rejects.toMatchObject(
    { name: 'BadRequestException' },
  )
})
