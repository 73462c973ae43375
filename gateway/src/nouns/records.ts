// Every stored kind: what its key is made of and its shape, which is AWS's own output shape wherever AWS has one.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type * as xray from '@sluice/aws-protocol/xray'
import type {
  AccessKeyRecord,
  AccountAliasRecord,
  GroupRecord,
  InstanceProfileRecord,
  ManagedPolicyRecord,
  RoleRecord,
  UserRecord,
} from './identity-records.ts'
import type {
  EventInvokeRecord,
  FunctionAliasRecord,
  FunctionPolicyRecord,
  FunctionRecord,
} from './function-records.ts'
import type { IdentityPoolRecord, IdentityRecord } from './identity-pool.ts'
import type { OpenIdProviderRecord } from './oidc-provider.ts'
import type { Snapshot } from './snapshot.ts'

/** The account and region that own a record. */
export interface Scope {
  readonly account: string
  readonly region: string
}

/** The parts of a record's key, outermost parent first. */
export type Key = readonly string[]

/** A resource as stored: its methods are records of their own. */
export type ResourceRecord = Omit<apigateway.Resource, 'resourceMethods'>

/** A deployment, and the hash of the snapshot that it froze. */
export type DeploymentRecord = Omit<apigateway.Deployment, 'apiSummary'> & { readonly snapshotHash: string }

/** A client certificate with its private key, which the control plane never shows. */
export type ClientCertificateRecord = apigateway.ClientCertificate & { readonly privateKeyPem: string }

/** A certificate that was imported to ACM, with the private key that no answer shows. Times are epoch seconds. */
export interface CertificateRecord {
  readonly certificateArn: string
  readonly certificatePem: string
  readonly chainPem?: string | undefined
  readonly privateKeyPem: string
  readonly createdAt: number
  readonly importedAt: number
  readonly tags?: TagsRecord | undefined
}

/** A documentation version and the parts it froze. */
export type DocumentationVersionRecord = apigateway.DocumentationVersion & {
  readonly parts: readonly apigateway.DocumentationPart[]
}

/** A custom domain name of either service; private ones have an id beside their name. */
export type DomainNameRecord = apigateway.DomainName & {
  /** What the truststore held when it was set; no answer shows it. */
  readonly truststorePem?: string | undefined
}

/** A mapping of either service: `restApiId` may name an HTTP or WebSocket API. */
export type BasePathMappingRecord = apigateway.BasePathMapping & { readonly apiMappingId: string }

/** The quotas and counts a usage plan key has; the key itself is an ApiKey. */
export type UsagePlanKeyRecord = apigateway.UsagePlanKey

/** What a key used of a usage plan on one day. */
export interface UsageDayRecord {
  readonly used: number
  /** Requests that UpdateUsage gave, or took, that day. */
  readonly granted: number
  /** What was left of the period at the end of the day; 0 for a plan without a quota. */
  readonly remaining: number
}

/** What keys used, as counted since the batch before. A batch has whole counts, not differences: the last one with a count holds. */
export interface UsageBatchRecord {
  /** Keys that left their plans before the rest of this batch was counted: what earlier batches say of them is void. */
  readonly left: readonly (readonly [planId: string, keyId: string])[]
  readonly plans: readonly UsageOfPlan[]
}

/** Keys of one plan on one day, `2026-11-20`. */
export interface UsageOfPlan {
  readonly planId: string
  readonly day: string
  /** Of each key its id and its {@link UsageDayRecord}, one value after the other: there may be tens of thousands a second. */
  readonly keys: readonly (string | number)[]
}

/** When a stage's cache was last flushed. */
export interface CacheFlushRecord {
  /** Each flush has another one. */
  readonly flushId: string
}

/** Tags of a resource that keeps them apart, by ARN. */
export type TagsRecord = Readonly<Record<string, string>>

/** A sampling rule of X-Ray with its tags. Times are epoch seconds. */
export interface SamplingRuleRecord {
  readonly rule: xray.SamplingRule
  readonly createdAt: number
  readonly modifiedAt: number
  readonly tags?: TagsRecord | undefined
}

/** kind → record. The comment names the key's parts. */
export interface Records {
  /** [] */
  Account: apigateway.Account
  /** [restApiId]; the policy is plain JSON text, which the wire shows escaped once more */
  RestApi: apigateway.RestApi
  /** [restApiId, resourceId] */
  Resource: ResourceRecord
  /** [restApiId, resourceId, httpMethod]; with its integration and responses inside, as AWS shows it */
  Method: apigateway.Method
  /** [restApiId, name] */
  Model: apigateway.Model
  /** [restApiId, requestValidatorId] */
  RequestValidator: apigateway.RequestValidator
  /** [restApiId, authorizerId] */
  Authorizer: apigateway.Authorizer
  /** [restApiId, responseType]: customised ones only */
  GatewayResponse: apigateway.GatewayResponse
  /** [restApiId, deploymentId] */
  Deployment: DeploymentRecord
  /** [restApiId, stageName] */
  Stage: apigateway.Stage
  /** [restApiId, documentationPartId] */
  DocumentationPart: apigateway.DocumentationPart
  /** [restApiId, documentationVersion] */
  DocumentationVersion: DocumentationVersionRecord
  /** [apiKeyId] */
  ApiKey: apigateway.ApiKey
  /** [usagePlanId] */
  UsagePlan: apigateway.UsagePlan
  /** [usagePlanId, keyId] */
  UsagePlanKey: UsagePlanKeyRecord
  /** [usagePlanId, keyId, `2026-11-20`] */
  UsageDay: UsageDayRecord
  /** [number], of fifteen digits: batches hold in order, and only until their counts are in UsageDay records */
  UsageBatch: UsageBatchRecord
  /** [restApiId, stageName] */
  CacheFlush: CacheFlushRecord
  /** [domainName] or [domainName, domainNameId] for private ones; both services show the same record */
  DomainName: DomainNameRecord
  /** [domain, basePath]; the domain is `name`, or `name+id` for private ones; `(none)` is the empty base path */
  BasePathMapping: BasePathMappingRecord
  /** [domainNameAccessAssociationArn] */
  DomainNameAccessAssociation: apigateway.DomainNameAccessAssociation
  /** [vpcLinkId] */
  VpcLink: apigateway.VpcLink
  /** [clientCertificateId] */
  ClientCertificate: ClientCertificateRecord
  /** [certificateId], the last part of its ARN */
  Certificate: CertificateRecord

  /** [hash]: what a deployment froze, shared by deployments that froze the same */
  Snapshot: Snapshot

  /** [apiId] */
  V2Api: apigatewayv2.Api
  /** [apiId, routeId] */
  V2Route: apigatewayv2.Route
  /** [apiId, routeId, routeResponseId] */
  V2RouteResponse: apigatewayv2.RouteResponse
  /** [apiId, integrationId] */
  V2Integration: apigatewayv2.Integration
  /** [apiId, integrationId, integrationResponseId] */
  V2IntegrationResponse: apigatewayv2.IntegrationResponse
  /** [apiId, authorizerId] */
  V2Authorizer: apigatewayv2.Authorizer
  /** [apiId, modelId] */
  V2Model: apigatewayv2.Model
  /** [apiId, deploymentId] */
  V2Deployment: apigatewayv2.Deployment & { readonly snapshotHash: string }
  /** [apiId, stageName] */
  V2Stage: apigatewayv2.Stage
  /** [domainName, routingRuleId] */
  V2RoutingRule: apigatewayv2.RoutingRule
  /** [vpcLinkId] */
  V2VpcLink: apigatewayv2.VpcLink

  /** [functionName, version]; version is `$LATEST` or a number */
  Function: FunctionRecord
  /** [functionName, alias] */
  FunctionAlias: FunctionAliasRecord
  /** [functionName, qualifier]; `$LATEST` for the unqualified function */
  FunctionPolicy: FunctionPolicyRecord
  /** [functionName, version or alias] */
  FunctionEventInvoke: EventInvokeRecord

  /** [roleName]; IAM records live in the region `global` of their account */
  Role: RoleRecord
  /** [userName] */
  User: UserRecord
  /** [groupName] */
  Group: GroupRecord
  /** [accessKeyId] */
  AccessKey: AccessKeyRecord
  /** [arn] */
  ManagedPolicy: ManagedPolicyRecord
  /** [arn] */
  OpenIdProvider: OpenIdProviderRecord
  /** [instanceProfileName] */
  InstanceProfile: InstanceProfileRecord
  /** [] */
  AccountAlias: AccountAliasRecord

  /** [identityPoolId] */
  IdentityPool: IdentityPoolRecord
  /** [identityPoolId, identityId] */
  Identity: IdentityRecord

  /** [ruleName]; the default rule only when it was changed */
  SamplingRule: SamplingRuleRecord
}

export type Kind = keyof Records

/** Whether a record's changes are told to watchers: not those of counts, which are written each second for all that was used. */
export function isTold({ kind }: { readonly kind: Kind }): boolean {
  return kind !== 'UsageDay' && kind !== 'UsageBatch'
}
