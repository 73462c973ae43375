// The access cases: what a proxied REST request costs more behind an API key with its plan, a remembered verdict, or a signature; and a cache hit.
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createNodeFunction, invocationUri } from '../conformance/fixture/functions.ts'
import { sign } from '../libs/sigv4/src/index.ts'
import type { Case, Contender } from './cases.ts'
import { callControlPlane } from './control.ts'
import { startSluice } from './programs.ts'

type Headers = Readonly<Record<string, string>>

/** Where the API under test is: the gateway's origin, and the API's id. */
interface Place {
  readonly origin: string
  readonly apiId: string
}

interface AccessPlan {
  readonly name: string
  /** What the document says of the method. */
  readonly method?: object
  /** Security schemes by name. */
  readonly schemes?: (origin: string) => Promise<object>
  /** Made once the stage is there; resolves with the headers of every request. */
  readonly admit?: (place: Place) => Promise<Headers>
  /** The stage's settings for all its methods; with caching, it gets a cache. */
  readonly settings?: Readonly<Record<string, string>>
}

const region = 'us-east-1'
const stageName = 'prod'
const config = (endpoint: string) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
})

function contender({ name, method, schemes, admit, settings = {} }: AccessPlan): Contender {
  return {
    name,
    start: async ({ backend }) => {
      const program = await startSluice(backend)
      const origin = `http://127.0.0.1:${program.port}`
      const uri = `http://127.0.0.1:${backend}/small`
      const proxy = { 'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri } }
      const document = {
        openapi: '3.0.1',
        info: { title: 'bench-access', version: '1' },
        paths: { '/small': { get: { responses: {}, ...proxy, ...method } } },
        components: { securitySchemes: (await schemes?.(origin)) ?? {} },
      }
      const { id: apiId } = await callControlPlane<{ id: string }>(
        origin,
        'POST',
        '/restapis?mode=import',
        JSON.stringify(document),
      )
      const deployment = { stageName, ...('caching/enabled' in settings && cacheCluster) }
      await callControlPlane(origin, 'POST', `/restapis/${apiId}/deployments`, JSON.stringify(deployment))
      await configure({ origin, apiId }, settings)
      const headers = (await admit?.({ origin, apiId })) ?? {}
      return { program, load: { url: `${origin}${pathOf(apiId)}`, headers } }
    },
  }
}

function pathOf(apiId: string): string {
  return `/_aws/execute-api/${apiId}/${stageName}/small`
}

const cacheCluster = { cacheClusterEnabled: true, cacheClusterSize: '0.5' }

async function configure({ origin, apiId }: Place, settings: Readonly<Record<string, string>>): Promise<void> {
  const patchOperations = Object.entries(settings).map(([name, value]) => ({
    op: 'replace',
    path: `/*/*/${name}`,
    value,
  }))
  if (patchOperations.length === 0) return
  await callControlPlane(origin, 'PATCH', `/restapis/${apiId}/stages/${stageName}`, JSON.stringify({ patchOperations }))
}

/** A key in a plan whose throttle and quota are never reached. */
async function joinPlan({ origin, apiId }: Place): Promise<Headers> {
  const post = <Answer>(path: string, body: object): Promise<Answer> =>
    callControlPlane<Answer>(origin, 'POST', path, JSON.stringify(body))
  const key = await post<{ id: string; value: string }>('/apikeys', { enabled: true })
  const plan = await post<{ id: string }>('/usageplans', {
    name: 'bench',
    apiStages: [{ apiId, stage: stageName }],
    throttle: { rateLimit: 100_000_000, burstLimit: 100_000_000 },
    quota: { limit: 2_000_000_000, period: 'DAY' },
  })
  await post(`/usageplans/${plan.id}/keys`, { keyId: key.id, keyType: 'API_KEY' })
  return { 'x-api-key': key.value }
}

const letIn = `exports.handler = async () => ({ principalId: 'ada', context: { tenant: 'a' }, policyDocument: {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] } })`

async function authorizer(origin: string): Promise<object> {
  const functionArn = await createNodeFunction(new LambdaClient(config(origin)), 'authorizer', letIn)
  const token = {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: 'token',
      authorizerUri: invocationUri(functionArn),
      authorizerResultTtlInSeconds: 3600,
    },
  }
  return { token }
}

/** One signature for all requests: it counts for five minutes. */
async function signedByUser({ origin, apiId }: Place): Promise<Headers> {
  const iam = new IAMClient(config(origin))
  const UserName = 'bench'
  await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'invoke', PolicyDocument }))
  const keys = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  const rawHeaders = ['Host', new URL(origin).host]
  const request = { method: 'GET', path: pathOf(apiId), query: '', rawHeaders, body: new Uint8Array(0) }
  const added = sign(request, keys, { region, service: 'execute-api', date: Date.now() })
  return Object.fromEntries(added.flatMap((name, at) => (at % 2 === 0 ? [[name, added[at + 1] ?? '']] : [])))
}

/** The first row is what the others are compared with; for IAM it is the second, whose requests are as long as its own. */
export const accessCase: Case = {
  name: 'access',
  // The authorizer's function, asked once, is a process of its own.
  ownProcessOnly: true,
  contenders: [
    contender({ name: 'sluice open' }),
    contender({ name: 'sluice open, signed requests', admit: signedByUser }),
    contender({
      name: 'sluice API key, throttle, quota',
      method: { security: [{ key: [] }] },
      schemes: async () => ({ key: { type: 'apiKey', name: 'x-api-key', in: 'header' } }),
      admit: joinPlan,
    }),
    contender({
      name: 'sluice remembered verdict',
      method: { security: [{ token: [] }] },
      schemes: authorizer,
      admit: async () => ({ Authorization: 'Bearer a-token-of-a-usual-length-with-some-letters' }),
    }),
    contender({
      name: 'sluice IAM',
      method: { 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } },
      admit: signedByUser,
    }),
  ],
}

/** A stage that has settings has AWS's limits too: what is measured is not the throttle, which all of these have. */
const unthrottled = { 'throttling/rateLimit': '100000000', 'throttling/burstLimit': '100000000' }
const cachedSettings = { ...unthrottled, 'caching/enabled': 'true' }
const mock = {
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{"found":true}' } } },
  },
  responses: { 200: { description: 'OK' } },
}

/** Next to a mock, which costs as little as an answer can: its own answer remembered, and a backend's, which has more headers. */
export const cacheCase: Case = {
  name: 'cache',
  contenders: [
    contender({ name: 'sluice MOCK', method: mock, settings: unthrottled }),
    contender({ name: 'sluice hit of the MOCK', method: mock, settings: cachedSettings }),
    contender({ name: 'sluice hit of a proxy', settings: cachedSettings }),
  ],
}
