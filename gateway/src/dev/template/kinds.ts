// Lists the resource types that Sluice makes, and the values that stand in for attributes of the others.
import { httpApi } from './http-api.ts'
import { httpParts } from './http-parts.ts'
import { identityPool, identityPoolPrincipalTag, identityPoolRoles } from './identity-pool.ts'
import { policy, role } from './identity.ts'
import { account, apiKey, usagePlan } from './keys.ts'
import { lambdaKinds } from './lambda.ts'
import { logGroup } from './log-group.ts'
import { method } from './method.ts'
import type { ResourceKind } from './resource-kind.ts'
import { restApi } from './rest-api.ts'
import { restParts } from './rest-parts.ts'
import { deployment, stage } from './rest-stage.ts'

/** The kinds by resource type. */
export const kinds: ReadonlyMap<string, ResourceKind> = new Map<string, ResourceKind>([
  ['AWS::ApiGateway::RestApi', restApi],
  ['AWS::ApiGateway::Method', method],
  ['AWS::ApiGateway::Deployment', deployment],
  ['AWS::ApiGateway::Stage', stage],
  ['AWS::ApiGateway::ApiKey', apiKey],
  ['AWS::ApiGateway::UsagePlan', usagePlan],
  ['AWS::ApiGateway::Account', account],
  ...restParts,
  ['AWS::ApiGatewayV2::Api', httpApi],
  ...httpParts,
  ...lambdaKinds,
  ['AWS::IAM::Role', role],
  ['AWS::IAM::Policy', policy],
  ['AWS::Cognito::IdentityPool', identityPool],
  ['AWS::Cognito::IdentityPoolRoleAttachment', identityPoolRoles],
  ['AWS::Cognito::IdentityPoolPrincipalTag', identityPoolPrincipalTag],
  ['AWS::Logs::LogGroup', logGroup],
])

/** An attribute of something that is not made: an ARN or a name that looks like one, else the logical id. */
export function standIn(
  { logicalId, type }: { readonly logicalId: string; readonly type: string },
  attribute: string,
  { region, account }: { readonly region: string; readonly account: string },
): string {
  if (type === 'AWS::Cognito::UserPool') {
    const poolId = `${region}_${logicalId}`
    if (attribute === 'Arn') return `arn:aws:cognito-idp:${region}:${account}:userpool/${poolId}`
    if (attribute === 'ProviderName') return `cognito-idp.${region}.amazonaws.com/${poolId}`
  }
  if (!attribute.endsWith('Arn')) return logicalId
  const service = type.split('::')[1]?.toLowerCase() ?? 'unknown'
  return `arn:aws:${service}:${region}:${account}:${logicalId}`
}
