// Which step lets a request of a REST API pass: one row a kind of authorization. Authorizers are shared by a stage's methods.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type { Admitted } from '../nouns/exchange.ts'
import type { RestRouted, RestStage } from '../nouns/rest.ts'
import { authorizeByCognito } from '../steps/authorize/rest/cognito.ts'
import { authorizeByIam } from '../steps/authorize/rest/iam.ts'
import {
  compileHeaderSource,
  compileSources,
  compileValidation,
  splitSources,
} from '../steps/authorize/rest/identity.ts'
import { authorizeByLambda, RestLambdaAuthorizer, type AuthorizerQuestion } from '../steps/authorize/rest/lambda.ts'
import { authorizeNobody, closedToAll } from '../steps/authorize/rest/open.ts'
import { compileResourceGuard, type ResourceGuard } from '../steps/authorize/rest/resource-policy.ts'
import { compileRestAuthorizerEvent } from '../steps/integrate/events/rest.ts'
import { lambdaFunctionArn } from '../steps/integrate/lambda-uri.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import type { Step } from '../steps/pipeline.ts'
import type { DeployedApi } from './deployed-methods.ts'
import type { MethodConfiguration } from './method-configuration.ts'
import type { RestPlanPorts } from './stage-plan.ts'

type Method = MethodConfiguration['method']
type Authorize = Step<RestRouted, Admitted>

/** Gives methods their step. */
export type PlanAuthorization = (method: Method) => Authorize

/** What a stage's methods share. */
interface Shared {
  readonly stage: RestStage
  readonly guard: ResourceGuard
  readonly ports: RestPlanPorts
  readonly authorizers: ReadonlyMap<string, apigateway.Authorizer>
  /** The running Lambda authorizers, by id. */
  readonly asking: Map<string, RestLambdaAuthorizer>
}

/** Authorization type → step. CUSTOM and COGNITO_USER_POOLS methods name an authorizer, whose own type decides. */
const kinds: Readonly<Record<string, (method: Method, shared: Shared) => Authorize>> = {
  NONE: (_, { guard }) => authorizeNobody(guard),
  AWS_IAM: (_, { stage, guard, ports }) => authorizeByIam(stage, guard, ports),
  CUSTOM: planAuthorizer,
  COGNITO_USER_POOLS: planAuthorizer,
}

export function planRestAuthorization(
  snapshot: DeployedApi['snapshot'],
  stage: RestStage,
  ports: RestPlanPorts,
): PlanAuthorization {
  const { policy, endpointConfiguration } = snapshot.api
  const isPrivate = endpointConfiguration?.types?.includes('PRIVATE') === true
  const shared: Shared = {
    stage,
    ports,
    guard: compileResourceGuard({ stage, policy, isPrivate }),
    authorizers: new Map(snapshot.authorizers.map((authorizer) => [authorizer.id ?? '', authorizer])),
    asking: new Map(),
  }
  return (method) => {
    const type = method.authorizationType ?? 'NONE'
    const plan = Object.hasOwn(kinds, type) ? kinds[type] : undefined
    return plan === undefined ? closedToAll(`Invalid authorization type: ${type}`) : plan(method, shared)
  }
}

function planAuthorizer(method: Method, shared: Shared): Authorize {
  const record = shared.authorizers.get(method.authorizerId ?? '')
  if (record?.type === undefined) return closedToAll(`Invalid authorizer ID specified: ${method.authorizerId ?? ''}`)
  if (record.type === 'COGNITO_USER_POOLS') return planCognito(record, method, shared)
  const question = record.type === 'TOKEN' ? tokenQuestion(record) : requestQuestion(record, shared.stage)
  const { guard, ports } = shared
  return authorizeByLambda(lambdaAuthorizer(record, shared), question, guard, ports.clock)
}

function tokenQuestion({ identitySource, identityValidationExpression }: apigateway.Authorizer): AuthorizerQuestion {
  const source = identitySource ?? defaultSource
  const token = compileHeaderSource(source) ?? (() => undefined)
  const isValid = compileValidation(identityValidationExpression)
  return {
    identitySource: source,
    lack: (exchange) =>
      (token(exchange) ?? '') === '' ? 'identity missing' : 'identity does not match identityValidationExpression',
    shown: (exchange) => token(exchange) ?? '',
    identity: (exchange) => {
      const value = token(exchange)
      return value === undefined || value === '' || !isValid(value) ? undefined : [value]
    },
    event: (exchange, { methodArn }) =>
      JSON.stringify({ type: 'TOKEN', methodArn, authorizationToken: token(exchange) }),
  }
}

function requestQuestion({ identitySource }: apigateway.Authorizer, stage: RestStage): AuthorizerQuestion {
  return {
    identitySource: identitySource ?? '',
    lack: () => 'identity missing',
    shown: () => '',
    identity: compileSources(splitSources(identitySource), stage),
    event: compileRestAuthorizerEvent(stage),
  }
}

const defaultSource = 'method.request.header.Authorization'
/** Security C.1: what holds for an authorizer without a TTL. */
const defaultTtlSeconds = 300

function lambdaAuthorizer(record: apigateway.Authorizer, { stage, ports, asking }: Shared): RestLambdaAuthorizer {
  const authorizerId = record.id ?? ''
  const running = asking.get(authorizerId)
  if (running !== undefined) return running
  const ttlSeconds = record.authorizerResultTtlInSeconds ?? defaultTtlSeconds
  // Without an identity source there is nothing to tell one caller from another by.
  const remembers = record.type === 'TOKEN' || splitSources(record.identitySource).length > 0
  const functionArn = lambdaFunctionArn(fillStageVariables(record.authorizerUri ?? '', stage.variables))
  const role = namedRole(record.authorizerCredentials, stage)
  const settings = { stage, authorizerId, functionArn, role, ttlSeconds: remembers ? ttlSeconds : 0 }
  const authorizer = new RestLambdaAuthorizer(settings, ports.functions, ports.clock)
  asking.set(authorizerId, authorizer)
  return authorizer
}

const userPool = /^arn:[^:]+:cognito-idp:([a-z0-9-]+):\d*:userpool\/([\w-]+)$/

function planCognito(record: apigateway.Authorizer, method: Method, { stage, guard, ports }: Shared): Authorize {
  const issuers = (record.providerARNs ?? []).flatMap((arn) => {
    const [, region, pool] = userPool.exec(fillStageVariables(arn, stage.variables)) ?? []
    if (region === undefined || pool === undefined) return []
    return [ports.cognitoIssuers.get(pool) ?? `https://cognito-idp.${region}.amazonaws.com/${pool}`]
  })
  const expression = record.identityValidationExpression
  const identitySource = record.identitySource ?? defaultSource
  const settings = {
    authorizerId: record.id ?? '',
    identitySource,
    token: compileHeaderSource(identitySource) ?? (() => undefined),
    issuers,
    audience: expression === undefined || expression === '' ? undefined : compileValidation(expression),
    scopes: method.authorizationScopes ?? [],
  }
  return authorizeByCognito(settings, guard, ports.issuers)
}
