// A stage of one method, compiled from a snapshot and called without a socket: what tests of the data plane run.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { VirtualClock } from '../../gateway/src/adapters/clocks.ts'
import { createMemoryResponseCaches } from '../../gateway/src/adapters/memory-response-caches.ts'
import { createSignedAws } from '../../gateway/src/adapters/signed-aws.ts'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import { deployedApi } from '../../gateway/src/plan/deployed-methods.ts'
import { planRestStage } from '../../gateway/src/plan/rest.ts'
import type { FunctionAnswer, FunctionCall } from '../../gateway/src/ports/functions.ts'
import { Issuers } from '../../gateway/src/steps/authorize/issuers.ts'
import { callPlan, type Call, type Reply } from '../fixture/plan-call.ts'

const apiId = 'a1b2c3d4e5'

export interface StageOptions {
  readonly method: apigateway.Method
  /** `/pets` when absent. */
  readonly path?: string
  /** Further resources, `r2` and so on, with the same method. */
  readonly otherPaths?: readonly string[]
  readonly binaryMediaTypes?: readonly string[]
  readonly models?: readonly apigateway.Model[]
  readonly validator?: apigateway.RequestValidator
  readonly gatewayResponses?: readonly apigateway.GatewayResponse[]
  readonly variables?: Readonly<Record<string, string>>
  /** `SQS` → URL: where a service of AWS is called instead. */
  readonly awsEndpoints?: Readonly<Record<string, string>>
  /** The load balancer that every VPC link names. */
  readonly linkTarget?: string
  /** Where load balancers lead. */
  readonly backends?: ReadonlyMap<string, readonly string[]>
  readonly invoke?: (call: FunctionCall) => Promise<FunctionAnswer>
}

/** Compiles the stage `prod` of the API `a1b2c3d4e5`. Errors that are the product's own fault reject the call. */
export function stageOf(options: StageOptions): (call?: Call) => Promise<Reply> {
  const bugs: unknown[] = []
  const resources = [options.path ?? '/pets', ...(options.otherPaths ?? [])].map((path, index) => ({
    id: `r${index + 1}`,
    path,
  }))
  const method = { httpMethod: 'ANY', authorizationType: 'NONE', ...options.method }
  const plan = planRestStage(
    deployedApi({
      format: 1,
      protocol: 'REST',
      api: { id: apiId, ...(options.binaryMediaTypes && { binaryMediaTypes: [...options.binaryMediaTypes] }) },
      resources,
      methods: resources.map(({ id }) => ({ ...method, resourceId: id })),
      models: options.models ?? [],
      requestValidators: options.validator === undefined ? [] : [options.validator],
      authorizers: [],
      gatewayResponses: options.gatewayResponses ?? [],
    }),
    { stageName: 'prod', deploymentId: 'd1d1d1', ...(options.variables && { variables: options.variables }) },
    { account: '123456789012', region: 'eu-west-1' },
    {
      upstream,
      aws: createSignedAws({
        upstream,
        clock,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        endpoints: new Map(Object.entries(options.awsEndpoints ?? {})),
      }),
      principals: { find: () => Promise.resolve(undefined) },
      vpcLinks: { isAvailable: () => true, targetArn: () => options.linkTarget },
      backends: options.backends,
      clock,
      issuers: new Issuers(upstream, clock),
      cognitoIssuers: new Map(),
      apiKeys: { find: () => undefined, lackOf: () => ({ lack: 'unknown' }), close: () => {} },
      caches: createMemoryResponseCaches(clock),
      functions: {
        invoke: options.invoke ?? (() => Promise.reject(new Error('no function'))),
        stream: () => Promise.reject(new Error('no function')),
      },
      bug: (error) => bugs.push(error),
    },
  )
  return async (call = {}) => {
    const place = { apiId, prefix: '/prod', nowMs: clock.now() }
    const reply = await callPlan((received) => plan.run(received), call, place)
    if (bugs.length > 0) throw bugs[0]
    return reply
  }
}

const upstream = createHttpUpstream()
const clock = new VirtualClock(Date.UTC(2026, 10, 20, 7, 13, 5))

/** A mock that answers 200 with what `template` makes of the request. */
export function mockMethod(template: string, request = '{"statusCode": 200}'): apigateway.Method {
  return {
    methodResponses: { '200': { statusCode: '200' } },
    methodIntegration: {
      type: 'MOCK',
      requestTemplates: { 'application/json': request },
      integrationResponses: {
        '200': { statusCode: '200', responseTemplates: { 'application/json': template } },
      },
    },
  }
}
