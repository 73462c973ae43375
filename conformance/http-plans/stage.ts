// A stage of an HTTP API, compiled from a snapshot and called without a socket: what tests of the data plane run.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import { VirtualClock } from '../../gateway/src/adapters/clocks.ts'
import { createMemoryStore } from '../../gateway/src/adapters/memory-store.ts'
import { createSignedAws } from '../../gateway/src/adapters/signed-aws.ts'
import { createStoredPrincipals } from '../../gateway/src/adapters/stored-principals.ts'
import { createStoredVpcLinks } from '../../gateway/src/adapters/stored-vpc-links.ts'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import { planHttpStage } from '../../gateway/src/plan/http.ts'
import type { FunctionAnswer, FunctionCall } from '../../gateway/src/ports/functions.ts'
import type { Store } from '../../gateway/src/ports/store.ts'
import { Issuers } from '../../gateway/src/steps/authorize/issuers.ts'
import { callPlan, type Call, type Reply } from '../fixture/plan-call.ts'

export const apiId = 'a1b2c3d4e5'
export const account = '123456789012'
export const region = 'eu-west-1'
export const startMs = Date.UTC(2026, 10, 20, 7, 13, 5)
export const functionArn = `arn:aws:lambda:${region}:${account}:function:f`

export interface RoutePlan {
  readonly integration?: apigatewayv2.Integration
  readonly route?: Partial<apigatewayv2.Route>
}

export interface StageOptions {
  /** Route key → integration and what else the route has. */
  readonly routes: Readonly<Record<string, RoutePlan>>
  /** `$default` when absent. */
  readonly stageName?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly cors?: apigatewayv2.Cors
  readonly api?: Partial<apigatewayv2.Api>
  readonly authorizers?: readonly apigatewayv2.Authorizer[]
  readonly invoke?: (call: FunctionCall) => FunctionAnswer | Promise<FunctionAnswer>
  readonly clock?: VirtualClock
  readonly store?: Store
  /** As `sluice dev` does: unknown access keys are root. */
  readonly trusting?: boolean
  readonly awsEndpoints?: ReadonlyMap<string, string>
  /** Where listeners and Cloud Map services lead. */
  readonly backends?: ReadonlyMap<string, readonly string[]>
}

const upstream = createHttpUpstream()

/** Compiles the stage. Errors that are the product's own fault reject the call. */
export function stageOf(options: StageOptions): (call?: Call) => Promise<Reply> {
  const bugs: unknown[] = []
  const { stageName = '$default', clock = new VirtualClock(startMs), store = createMemoryStore() } = options
  const planning = planHttpStage(
    snapshotOf(options),
    {
      StageName: stageName,
      DeploymentId: 'd1d1d1',
      ...(options.variables && { StageVariables: { ...options.variables } }),
    },
    { account, region },
    {
      upstream,
      functions: {
        invoke: async (call) => {
          if (options.invoke === undefined) throw new Error('no function')
          return options.invoke(call)
        },
        stream: () => Promise.reject(new Error('no function')),
      },
      aws: createSignedAws({ upstream, clock, credentials: signer, endpoints: options.awsEndpoints ?? new Map() }),
      vpcLinks: createStoredVpcLinks(store),
      backends: options.backends,
      principals: createStoredPrincipals({ store, trustedAccount: options.trusting === true ? account : undefined }),
      clock,
      issuers: new Issuers(upstream, clock),
      bug: (error) => bugs.push(error),
    },
  )
  const prefix = stageName === '$default' ? '' : `/${stageName}`
  return async (call = {}) => {
    const plan = await planning
    const reply = await callPlan((received) => plan.run(received), call, { apiId, prefix, nowMs: clock.now() })
    if (bugs.length > 0) throw bugs[0]
    return reply
  }
}

/** What calls of AWS services are signed with. */
export const signer = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

function snapshotOf(options: StageOptions): Parameters<typeof planHttpStage>[0] {
  const routes = Object.entries(options.routes)
  return {
    format: 1,
    protocol: 'HTTP',
    api: {
      ApiId: apiId,
      Name: 'tested',
      ProtocolType: 'HTTP',
      RouteSelectionExpression: '$request.method $request.path',
      ...(options.cors && { CorsConfiguration: options.cors }),
      ...options.api,
    },
    routes: routes.map(([RouteKey, { route }], index) => ({
      RouteKey,
      RouteId: `r${index}`,
      Target: `integrations/i${index}`,
      ...route,
    })),
    routeResponses: [],
    integrations: routes.flatMap(([, { integration }], index) =>
      integration === undefined ? [] : [{ ...integration, IntegrationId: `i${index}` }],
    ),
    integrationResponses: [],
    authorizers: options.authorizers ?? [],
    models: [],
  }
}

/** An HTTP_PROXY integration. */
export function proxyTo(uri: string, more: apigatewayv2.Integration = {}): RoutePlan {
  return {
    integration: { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: uri, ...more },
  }
}

/** An AWS_PROXY integration with the function `f`. */
export function invoking(format: '1.0' | '2.0', more: apigatewayv2.Integration = {}): RoutePlan {
  return {
    integration: {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
      PayloadFormatVersion: format,
      ...more,
    },
  }
}

/** A function's answer from a value, as JSON. */
export function answering(value: unknown, functionError?: string): FunctionAnswer {
  return {
    status: 200,
    payload: Buffer.from(JSON.stringify(value) ?? ''),
    functionError,
    executedVersion: '$LATEST',
    requestId: 'i1',
    logTail: '',
  }
}
