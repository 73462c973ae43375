// Which step lets a request of an HTTP API pass: one row a kind of authorization. Authorizers are shared by a stage's routes.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { Admitted } from '../nouns/exchange.ts'
import type { HttpRoute, HttpRouted, HttpStage } from '../nouns/http.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { authorizeByIam } from '../steps/authorize/http-iam.ts'
import { authorizeJwt } from '../steps/authorize/http-jwt.ts'
import { authorizeByLambda, LambdaAuthorizer } from '../steps/authorize/http-lambda.ts'
import { closedToAll, openToAll } from '../steps/authorize/http.ts'
import { compileAuthorizerEvent1 } from '../steps/integrate/events/http-1.ts'
import { compileAuthorizerEvent2 } from '../steps/integrate/events/http-2.ts'
import { lambdaFunctionArn } from '../steps/integrate/lambda-uri.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import type { Step } from '../steps/pipeline.ts'
import type { HttpPlanPorts } from './stage-plan.ts'

type Authorize = Step<HttpRouted, Admitted>

/** Gives a route its step. */
export type PlanAuthorization = (route: apigatewayv2.Route, facts: HttpRoute) => Authorize

export function planHttpAuthorization(
  { authorizers }: Pick<V2Snapshot, 'authorizers'>,
  stage: HttpStage,
  ports: HttpPlanPorts,
): PlanAuthorization {
  const functions = new Map<string, LambdaAuthorizer>()
  const lambdaAuthorizer = (record: apigatewayv2.Authorizer): LambdaAuthorizer => {
    const id = record.AuthorizerId ?? ''
    let authorizer = functions.get(id)
    if (authorizer === undefined) functions.set(id, (authorizer = newLambdaAuthorizer(record, stage, ports)))
    return authorizer
  }
  return (route, facts) => {
    const type = route.AuthorizationType ?? 'NONE'
    if (type === 'NONE') return openToAll()
    if (type === 'AWS_IAM') return authorizeByIam(facts, ports)
    const record = authorizers.find(({ AuthorizerId }) => AuthorizerId === route.AuthorizerId)
    if (record === undefined) return closedToAll(`the route's authorizer ${route.AuthorizerId ?? ''} does not exist`)
    if (type === 'JWT') return planJwt(route, record, stage, ports)
    const compileEvent =
      record.AuthorizerPayloadFormatVersion === '1.0' ? compileAuthorizerEvent1 : compileAuthorizerEvent2
    return authorizeByLambda(lambdaAuthorizer(record), facts, compileEvent(facts), ports.clock)
  }
}

function planJwt(
  route: apigatewayv2.Route,
  record: apigatewayv2.Authorizer,
  stage: HttpStage,
  ports: HttpPlanPorts,
): Authorize {
  const { Issuer: issuer, Audience: audience = [] } = record.JwtConfiguration ?? {}
  if (issuer === undefined) return closedToAll('the JWT authorizer names no issuer')
  const identitySource = record.IdentitySource?.[0] ?? '$request.header.Authorization'
  const scopes = route.AuthorizationScopes ?? []
  return authorizeJwt({ stage, identitySource, issuer, audience, scopes }, ports.issuers)
}

function newLambdaAuthorizer(
  record: apigatewayv2.Authorizer,
  stage: HttpStage,
  { functions, clock }: HttpPlanPorts,
): LambdaAuthorizer {
  const settings = {
    stage,
    authorizerId: record.AuthorizerId ?? '',
    functionArn: lambdaFunctionArn(fillStageVariables(record.AuthorizerUri ?? '', stage.variables)),
    role: namedRole(record.AuthorizerCredentialsArn, stage),
    identitySources: record.IdentitySource ?? [],
    // Open choice: an authorizer without a TTL remembers nothing.
    ttlSeconds: record.AuthorizerResultTtlInSeconds ?? 0,
    simpleResponses: record.EnableSimpleResponses === true,
  }
  return new LambdaAuthorizer(settings, functions, clock)
}
