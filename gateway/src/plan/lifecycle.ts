// The step lists of docs/lifecycle.md, read from compiled plans: the page cannot fall behind the code.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { RestSnapshot, V2Snapshot } from '../nouns/snapshot.ts'
import { Issuers } from '../steps/authorize/issuers.ts'
import { deployedApi } from './deployed-methods.ts'
import { planHttpStage } from './http.ts'
import { planRestStage } from './rest.ts'
import { webSocketConfigurations, webSocketSnapshot } from './lifecycle-websocket.ts'
import type { RestPlanPorts, StagePlan } from './stage-plan.ts'
import { planWebSocketStage } from './websocket.ts'

type Lists = readonly { readonly configured: string; readonly steps: readonly string[] }[]

const scope = { account: '000000000000', region: 'us-east-1' }
const backend = 'http://127.0.0.1:8080/pets'
const invocation =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:pets/invocations'
const templates = { requestTemplates: { 'application/json': '{"statusCode": 200}' } }
const response = { statusCode: '200' }

/** What a method is configured with → the method. One row shows one thing that may change the list. */
const methods: Readonly<Record<string, apigateway.Method>> = {
  'integration `HTTP_PROXY`': { methodIntegration: { type: 'HTTP_PROXY', uri: backend, httpMethod: 'GET' } },
  'integration `HTTP_PROXY`, with parameter mappings': {
    methodIntegration: {
      type: 'HTTP_PROXY',
      uri: backend,
      httpMethod: 'GET',
      requestParameters: { 'integration.request.header.x-stage': 'context.stage' },
    },
  },
  'integration `HTTP_PROXY`, over a VPC link': {
    methodIntegration: {
      type: 'HTTP_PROXY',
      uri: backend,
      httpMethod: 'GET',
      connectionType: 'VPC_LINK',
      connectionId: 'v1v1v1',
    },
  },
  'integration `AWS_PROXY`': { methodIntegration: { type: 'AWS_PROXY', uri: invocation, httpMethod: 'POST' } },
  'integration `MOCK`': {
    methodResponses: { '200': response },
    methodIntegration: { type: 'MOCK', ...templates, integrationResponses: { '200': response } },
  },
  'integration `HTTP`': {
    methodResponses: { '200': response },
    methodIntegration: {
      type: 'HTTP',
      uri: backend,
      httpMethod: 'GET',
      ...templates,
      integrationResponses: { '200': response },
    },
  },
  'integration `AWS` (a Lambda function)': {
    methodResponses: { '200': response },
    methodIntegration: {
      type: 'AWS',
      uri: invocation,
      httpMethod: 'POST',
      ...templates,
      integrationResponses: { '200': response },
    },
  },
  'an API key is required': { apiKeyRequired: true, methodIntegration: { type: 'MOCK', ...templates } },
  'the stage throttles the method': { methodIntegration: { type: 'MOCK', ...templates } },
  'the stage caches answers': { methodIntegration: { type: 'HTTP_PROXY', uri: backend, httpMethod: 'GET' } },
  'a request validator': {
    requestValidatorId: 'everything',
    requestParameters: { 'method.request.querystring.type': true },
    requestModels: { 'application/json': 'Pet' },
    methodIntegration: { type: 'MOCK', ...templates },
  },
  'no integration': {},
}

const restSnapshot: RestSnapshot = {
  format: 1,
  protocol: 'REST',
  api: { id: 'a1b2c3d4e5', name: 'lifecycle' },
  resources: Object.keys(methods).map((_, index) => ({ id: `r${index}`, path: `/${index}` })),
  methods: Object.values(methods).map((method, index) => ({
    httpMethod: 'POST',
    authorizationType: 'NONE',
    ...method,
    resourceId: `r${index}`,
  })),
  models: [{ id: 'pet', name: 'Pet', contentType: 'application/json', schema: '{"type":"object"}' }],
  requestValidators: [{ id: 'everything', validateRequestBody: true, validateRequestParameters: true }],
  authorizers: [],
  gatewayResponses: [],
}

/** What a route is configured with → its integration; `undefined` for none. */
const routes: Readonly<Record<string, apigatewayv2.Integration | undefined>> = {
  'integration `HTTP_PROXY`': { IntegrationType: 'HTTP_PROXY', IntegrationUri: backend, IntegrationMethod: 'GET' },
  'the stage throttles the route': {
    IntegrationType: 'HTTP_PROXY',
    IntegrationUri: backend,
    IntegrationMethod: 'GET',
  },
  'integration `HTTP_PROXY`, with parameter mappings': {
    IntegrationType: 'HTTP_PROXY',
    IntegrationUri: backend,
    IntegrationMethod: 'GET',
    RequestParameters: { 'overwrite:path': '$request.path' },
    ResponseParameters: { '200': { 'remove:header.x-powered-by': "''" } },
  },
  'integration `AWS_PROXY` (a Lambda function)': {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: invocation,
    PayloadFormatVersion: '2.0',
  },
  'integration `AWS_PROXY` with a subtype': {
    IntegrationType: 'AWS_PROXY',
    IntegrationSubtype: 'SQS-SendMessage',
    RequestParameters: { QueueUrl: backend, MessageBody: '$request.body' },
  },
  'no integration': undefined,
}

const v2Snapshot: V2Snapshot = {
  format: 1,
  protocol: 'HTTP',
  api: { ApiId: 'a1b2c3d4e5', Name: 'lifecycle', ProtocolType: 'HTTP', RouteSelectionExpression: '' },
  routes: Object.keys(routes).map((_, index) => ({ RouteKey: `POST /${index}`, Target: `integrations/i${index}` })),
  routeResponses: [],
  integrations: Object.values(routes).flatMap((integration, index) =>
    integration === undefined ? [] : [{ ...integration, IntegrationId: `i${index}` }],
  ),
  integrationResponses: [],
  authorizers: [],
  models: [],
}

const nobody = (): never => {
  throw new Error('plans are compiled here, never run')
}

const upstream = { to: () => ({ request: nobody, stream: nobody }) }
const clock = { now: nobody, after: nobody }

const ports: RestPlanPorts = {
  upstream,
  functions: { invoke: nobody, stream: nobody },
  aws: { call: nobody },
  principals: { find: nobody },
  vpcLinks: { isAvailable: nobody, targetArn: nobody },
  clock,
  issuers: new Issuers(upstream, clock),
  cognitoIssuers: new Map(),
  apiKeys: { find: nobody, lackOf: nobody, close: nobody },
  caches: { of: () => ({ get: nobody, set: nobody }) },
  traffic: {
    counters: { admit: nobody, state: nobody, setRemaining: nobody, usage: nobody, flush: nobody, close: nobody },
    account: undefined,
    connections: undefined,
  },
  bug: nobody,
}

/** The lists of REST APIs: one for each thing that a method may be configured with. */
export async function restLists(): Promise<Lists> {
  const settingKey = (configured: string): string => `~1${Object.keys(methods).indexOf(configured)}/POST`
  const stage: apigateway.Stage = {
    stageName: 'prod',
    deploymentId: 'd1',
    cacheClusterEnabled: true,
    methodSettings: {
      [settingKey('the stage throttles the method')]: { throttlingRateLimit: 1, throttlingBurstLimit: 1 },
      [settingKey('the stage caches answers')]: { cachingEnabled: true },
    },
  }
  const compressing: RestSnapshot = {
    ...restSnapshot,
    api: { ...restSnapshot.api, minimumCompressionSize: 0 },
    methods: restSnapshot.methods.slice(0, 1),
  }
  return [
    ...listsOf(Object.keys(methods), planRestStage(deployedApi(restSnapshot), stage, scope, ports)),
    ...listsOf(
      ['the API has a minimum compression size'],
      planRestStage(deployedApi(compressing), stage, scope, ports),
    ),
  ]
}

/** The lists of HTTP APIs. */
export async function httpLists(): Promise<Lists> {
  const throttled = `POST /${Object.keys(routes).indexOf('the stage throttles the route')}`
  const stage = {
    StageName: 'prod',
    DeploymentId: 'd1',
    RouteSettings: { [throttled]: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } },
  }
  return listsOf(Object.keys(routes), await planHttpStage(v2Snapshot, stage, scope, ports))
}

/** The lists of WebSocket APIs. */
export function webSocketLists(): Lists {
  const stage = { StageName: 'prod', DeploymentId: 'd1' }
  return listsOf(webSocketConfigurations, planWebSocketStage(webSocketSnapshot, stage, scope, ports))
}

function listsOf(configured: readonly string[], plan: Pick<StagePlan, 'describe'>): Lists {
  return plan.describe().map(({ steps }, index) => ({ configured: configured[index] ?? '', steps }))
}

/** The page with what stands between its `<!-- steps: … -->` marks written anew. Throws when a mark is missing. */
export async function refreshLifecycle(page: string): Promise<string> {
  const blocks = { REST: await restLists(), HTTP: await httpLists(), WEBSOCKET: webSocketLists() }
  return Object.entries(blocks).reduce((text, [name, lists]) => withBlock(text, name, lists), page)
}

function withBlock(page: string, name: string, lists: Lists): string {
  const start = `<!-- steps: ${name} -->\n`
  const end = `<!-- end: ${name} -->`
  const from = page.indexOf(start)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/lifecycle.md has no block between "${start.trim()}" and "${end}"`)
  const rows = lists.map(({ configured, steps }) => `| ${configured} | ${steps.join(' → ')} |`)
  const table = ['| configured | steps |', '| --- | --- |', ...rows, ''].join('\n')
  return page.slice(0, from + start.length) + table + page.slice(to)
}
