// A gateway in this process with one of everything in it, and a count of what was committed to its store.
import { createLog } from '../../gateway/src/log.ts'
import { perform } from '../../gateway/src/server/perform.ts'
import { openCore } from '../../gateway/src/testing.ts'
import { issue } from '../fixture/certificates.ts'
import { zipOf } from '../fixture/zip.ts'
import type { WireCall } from './calls.ts'
import { Known } from './texts.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly tookMs: number
}

export interface Place {
  readonly known: Known
  readonly send: (call: WireCall) => Promise<Reply>
  /** How many commits to the store there were, so far. */
  readonly commits: () => number
  readonly close: () => Promise<void>
}

export async function openPlace(): Promise<Place> {
  const core = openCore({ log: createLog('error') })
  let commits = 0
  core.store.watch(() => {
    commits += 1
  })
  const send = async ({ method, target, headers, body }: WireCall): Promise<Reply> => {
    const startedAt = performance.now()
    const lines = Object.entries(headers).flat()
    const answer = await perform(core.front, { method, target, headers: lines, body: Buffer.from(body) })
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.chunks) chunks.push(chunk)
    const received = new Headers()
    for (let index = 0; index < answer.headers.length; index += 2) {
      received.append(answer.headers[index] ?? '', answer.headers[index + 1] ?? '')
    }
    const text = Buffer.concat(chunks).toString()
    return { status: answer.status, headers: received, text, tookMs: performance.now() - startedAt }
  }
  return {
    known: await seeded(send),
    send,
    commits: () => commits,
    close: () => core.close(),
  }
}

type Send = (call: WireCall) => Promise<Reply>
type Members = Readonly<Record<string, unknown>>

/** One of everything, through calls alone; what its answers name is known afterwards. */
async function seeded(send: Send): Promise<Known> {
  const known = new Known()
  const post = async (
    target: string,
    body: object,
    how: { method?: string; headers?: Record<string, string> } = {},
  ) => {
    const { method = 'POST', headers = { 'content-type': 'application/json' } } = how
    const reply = await send({
      operation: 'seed',
      method,
      target,
      headers: { host: 'localhost', ...headers },
      body: JSON.stringify(body),
    })
    if (reply.status >= 300) throw new Error(`${method} ${target}: ${reply.status} ${reply.text}`)
    return (reply.text === '' ? {} : JSON.parse(reply.text)) as Members
  }
  const put = (target: string, body: object) => post(target, body, { method: 'PUT' })
  await seedFunctions(known, post)
  await seedRestApi(known, post, put)
  await seedAccount(known, post, put)
  await seedHttpApi(known, post)
  await seedIdentity(known, send)
  await seedTargets(known, post)
  return known
}

type Post = (
  target: string,
  body: object,
  how?: { method?: string; headers?: Record<string, string> },
) => Promise<Members>
type Put = (target: string, body: object) => Promise<Members>

const idOf = (members: Members, name = 'id'): string => String(members[name])

async function seedFunctions(known: Known, post: Post): Promise<void> {
  const made = await post('/2015-03-31/functions', {
    FunctionName: 'known',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::000000000000:role/any',
    Code: { ZipFile: Buffer.from(zipOf({ 'index.js': 'exports.handler = async () => 1' })).toString('base64') },
  })
  known.add('FunctionName', 'known', idOf(made, 'FunctionArn'))
  const version = await post('/2015-03-31/functions/known/versions', {})
  known.add('FunctionVersion', idOf(version, 'Version'))
  known.add('Qualifier', idOf(version, 'Version'), 'live', '$LATEST')
  await post('/2015-03-31/functions/known/aliases', { Name: 'live', FunctionVersion: idOf(version, 'Version') })
  known.add('Name', 'live')
  const statement = { StatementId: 'one', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' }
  await post('/2015-03-31/functions/known/policy', statement)
  known.add('StatementId', 'one')
  known.add('Role', 'arn:aws:iam::000000000000:role/any')
  known.add('Handler', 'index.handler')
}

async function seedRestApi(known: Known, post: Post, put: Put): Promise<void> {
  const api = await post('/restapis', { name: 'known', tags: { a: 'b' } })
  const at = `/restapis/${idOf(api)}`
  const root = idOf(api, 'rootResourceId')
  const resource = idOf(await post(`${at}/resources/${root}`, { pathPart: 'a' }))
  known.add('restapi_id', idOf(api))
  known.add('resource_id', resource, root)
  known.add('parent_id', resource, root)
  await post(`${at}/models`, { name: 'Pet', contentType: 'application/json', schema: '{"type": "object"}' })
  const validator = idOf(await post(`${at}/requestvalidators`, { name: 'all', validateRequestBody: true }))
  const authorizer = await post(`${at}/authorizers`, {
    name: 'asked',
    type: 'TOKEN',
    identitySource: 'method.request.header.Authorization',
    authorizerUri: functionUri,
  })
  known.add('model_name', 'Pet', 'Empty')
  known.add('requestvalidator_id', validator)
  known.add('authorizer_id', idOf(authorizer))
  for (const id of [root, resource]) {
    const method = `${at}/resources/${id}/methods/GET`
    await put(method, { authorizationType: 'NONE', requestParameters: { 'method.request.querystring.a': true } })
    await put(`${method}/integration`, {
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
    })
    await put(`${method}/responses/200`, { responseParameters: { 'method.response.header.a': true } })
    await put(`${method}/integration/responses/200`, { responseTemplates: { 'application/json': 'x' } })
  }
  await put(`${at}/gatewayresponses/DEFAULT_4XX`, { statusCode: '418' })
  known.add('response_type', 'DEFAULT_4XX', 'UNAUTHORIZED')
  const part = await post(`${at}/documentation/parts`, { location: { type: 'API' }, properties: '{}' })
  known.add('part_id', idOf(part))
  await post(`${at}/documentation/versions`, { documentationVersion: 'v1' })
  known.add('doc_version', 'v1')
  known.add('documentationVersion', 'v1', 'v2')
  const deployment = idOf(await post(`${at}/deployments`, { stageName: 'prod', variables: { a: 'b' } }))
  known.add('deployment_id', deployment)
  await post(`${at}/stages`, { stageName: 'canary', deploymentId: deployment, canarySettings: { percentTraffic: 10 } })
  known.add('stage_name', 'prod', 'canary', 'new')
  known.add('stage', 'prod')
  known.add('cloneFrom', idOf(api))
  known.add('resource_arn', `arn:aws:apigateway:us-east-1::${at}`, `arn:aws:apigateway:us-east-1::${at}/stages/prod`)
}

const functionUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:known/invocations'

async function seedAccount(known: Known, post: Post, put: Put): Promise<void> {
  const [api = ''] = known.named('restapi_id')
  const key = idOf(await post('/apikeys', { name: 'known', enabled: true }))
  known.add('api_Key', key)
  known.add('keyId', key)
  const quota = { limit: 10, period: 'DAY' }
  const plan = await post('/usageplans', { name: 'known', apiStages: [{ apiId: api, stage: 'prod' }], quota })
  known.add('usageplanId', idOf(plan))
  await post(`/usageplans/${idOf(plan)}/keys`, { keyId: key, keyType: 'API_KEY' })
  known.add('apiStages', `${api}:prod`, `${api}:canary`)
  const certificate = idOf(await post('/clientcertificates', {}), 'clientCertificateId')
  known.add('clientcertificate_id', certificate)
  const targetArns = ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/b']
  const link = idOf(await post('/vpclinks', { name: 'known', targetArns }))
  known.add('vpclink_id', link)
  known.add('connectionId', link)
  const certificateArn = await importedCertificate(post)
  known.add('regionalCertificateArn', certificateArn)
  known.add('certificateArn', certificateArn)
  const types = ['REGIONAL']
  await post('/domainnames', {
    domainName: 'known.example.com',
    regionalCertificateArn: certificateArn,
    endpointConfiguration: { types },
  })
  known.add('domain_name', 'known.example.com')
  await post('/domainnames/known.example.com/basepathmappings', { restApiId: api, stage: 'prod', basePath: 'a' })
  known.add('base_path', 'a', '(none)', 'b')
  const hidden = await post('/domainnames', {
    domainName: 'hidden.example.com',
    certificateArn,
    endpointConfiguration: { types: ['PRIVATE'] },
    securityPolicy: 'TLS_1_2',
  })
  known.add('domain_name', 'hidden.example.com')
  known.add('domainNameId', idOf(hidden, 'domainNameId'))
  known.add('domainNameArn', idOf(hidden, 'domainNameArn'))
  known.add('accessAssociationSource', 'vpce-0123456789abcdef0')
  const association = await post('/domainnameaccessassociations', {
    domainNameArn: hidden['domainNameArn'],
    accessAssociationSourceType: 'VPCE',
    accessAssociationSource: 'vpce-aaaaaaaaaaaaaaaaa',
  })
  known.add('domainNameAccessAssociationArn', idOf(association, 'domainNameAccessAssociationArn'))
  known.add('domain_name_access_association_arn', idOf(association, 'domainNameAccessAssociationArn'))
  const arn = 'arn:aws:apigateway:us-east-1::'
  known.add('resource_arn', `${arn}/apikeys/${key}`, `${arn}/usageplans/${idOf(plan)}`, `${arn}/vpclinks/${link}`)
  await put(`/tags/${encodeURIComponent(`${arn}/apikeys/${key}`)}`, { tags: { a: 'b' } })
}

async function importedCertificate(post: Post): Promise<string> {
  const { certificatePem, privateKeyPem } = issue({ name: 'known.example.com', names: ['*.example.com'] })
  const headers = {
    'x-amz-target': 'CertificateManager.ImportCertificate',
    'content-type': 'application/x-amz-json-1.1',
  }
  const input = { Certificate: btoa(certificatePem), PrivateKey: btoa(privateKeyPem) }
  return idOf(await post('/', input, { headers }), 'CertificateArn')
}

async function seedHttpApi(known: Known, post: Post): Promise<void> {
  const api = idOf(await post('/v2/apis', { name: 'known', protocolType: 'HTTP' }), 'apiId')
  const sockets = await post('/v2/apis', {
    name: 'sockets',
    protocolType: 'WEBSOCKET',
    routeSelectionExpression: '$request.body.action',
  })
  for (const apiId of [api, idOf(sockets, 'apiId')]) {
    const at = `/v2/apis/${apiId}`
    const integration = await post(`${at}/integrations`, {
      integrationType: 'HTTP_PROXY',
      integrationUri: 'http://127.0.0.1:8080',
      integrationMethod: 'GET',
      ...(apiId === api ? { payloadFormatVersion: '1.0' } : {}),
    })
    const id = idOf(integration, 'integrationId')
    const route = await post(`${at}/routes`, { routeKey: '$default', target: `integrations/${id}` })
    const authorizer = await post(`${at}/authorizers`, {
      name: 'asked',
      authorizerType: 'REQUEST',
      identitySource: [apiId === api ? '$request.header.a' : 'route.request.header.a'],
      authorizerUri: functionUri,
      ...(apiId === api ? { authorizerPayloadFormatVersion: '2.0' } : {}),
    })
    const deployment = await post(`${at}/deployments`, {})
    await post(`${at}/stages`, { stageName: 'prod', deploymentId: deployment['deploymentId'] })
    known.add('apiId', apiId)
    known.add('integrationId', id)
    known.add('routeId', idOf(route, 'routeId'))
    known.add('authorizerId', idOf(authorizer, 'authorizerId'))
    known.add('deploymentId', idOf(deployment, 'deploymentId'))
    known.add('target', `integrations/${id}`)
  }
  known.add('stageName', 'prod', 'new')
}

async function seedIdentity(known: Known, send: Send): Promise<void> {
  const call = async (form: Readonly<Record<string, string>>): Promise<void> => {
    const body = new URLSearchParams({ Version: '2010-05-08', ...form }).toString()
    const headers = { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' }
    const { status, text } = await send({ operation: 'seed', method: 'POST', target: '/', headers, body })
    if (status >= 300) throw new Error(`${form['Action']}: ${text}`)
  }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
  }
  await call({ Action: 'CreateRole', RoleName: 'known', AssumeRolePolicyDocument: JSON.stringify(trust) })
  await call({ Action: 'CreateUser', UserName: 'known' })
  await call({ Action: 'CreateGroup', GroupName: 'known' })
  known.add('RoleName', 'known', 'new')
  known.add('UserName', 'known', 'new')
  known.add('GroupName', 'known', 'new')
  known.add('RoleArn', 'arn:aws:iam::000000000000:role/known')
  known.add('RoleSessionName', 'session')
}

async function seedTargets(known: Known, post: Post): Promise<void> {
  const logs = (name: string, body: object) =>
    post('/', body, {
      headers: { 'x-amz-target': `Logs_20140328.${name}`, 'content-type': 'application/x-amz-json-1.1' },
    })
  await logs('CreateLogGroup', { logGroupName: '/known' })
  await logs('CreateLogStream', { logGroupName: '/known', logStreamName: 'known' })
  known.add('logGroupName', '/known', '/new')
  known.add('logStreamName', 'known', 'new')
  known.add('logGroupIdentifier', '/known')
  known.add('Namespace', 'AWS/ApiGateway', 'Own')
  known.add('MetricName', 'Count')
}
