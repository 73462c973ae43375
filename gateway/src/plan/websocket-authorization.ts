// Which step authorizes a WebSocket route: one row a type. Only `$connect` is ever authorized.
import type { Route } from '@sluice/aws-protocol/apigatewayv2'
import type { Admitted } from '../nouns/exchange.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import type { SocketExchange, SocketRoute } from '../nouns/socket.ts'
import { authorizeNobody, authorizerMissing } from '../steps/authorize/socket.ts'
import { authorizeSocketByIam } from '../steps/authorize/socket-iam.ts'
import { authorizeSocketByLambda } from '../steps/authorize/socket-lambda.ts'
import { compileSocketAuthorizerEvent } from '../steps/integrate/events/socket-authorizer.ts'
import { lambdaFunctionArn } from '../steps/integrate/lambda-uri.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import type { Step } from '../steps/pipeline.ts'
import type { PlanPorts } from './stage-plan.ts'

export function planSocketAuthorization(
  { AuthorizationType: type, AuthorizerId: authorizerId }: Route,
  route: SocketRoute,
  snapshot: V2Snapshot,
  ports: PlanPorts,
): Step<SocketExchange, Admitted> {
  if (type === undefined || type === 'NONE') return authorizeNobody
  if (type === 'AWS_IAM') return authorizeSocketByIam(route, ports)
  const authorizer = snapshot.authorizers.find((candidate) => candidate.AuthorizerId === authorizerId)
  if (type !== 'CUSTOM' || authorizer === undefined) return authorizerMissing
  return authorizeSocketByLambda(
    {
      route,
      authorizerId: authorizerId ?? '',
      functionArn: lambdaFunctionArn(fillStageVariables(authorizer.AuthorizerUri ?? '', route.stage.variables)),
      role: namedRole(authorizer.AuthorizerCredentialsArn, route.stage),
      identitySources: authorizer.IdentitySource ?? [],
      event: compileSocketAuthorizerEvent(route),
    },
    ports.functions,
    ports.clock,
  )
}
