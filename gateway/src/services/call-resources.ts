// Finds the IAM action that a control-plane call performs, and the ARN that policies must allow it on. Security B.8, HTTP 37.2.
import { functionArn } from '../nouns/function-arn.ts'
import { identityPoolArn } from '../nouns/identity-pool.ts'
import { providerArn, providerHost } from '../nouns/oidc-provider.ts'
import type { Scope } from '../nouns/records.ts'
import type { Reader } from '../ports/store.ts'
import type { ConnectionsTarget } from './call.ts'
import type { ModelName } from './models.ts'

/** The parts of a call that its permission depends on. */
export interface Asked {
  readonly operation: string
  readonly method: string
  /** Percent-encoded, as it was sent. */
  readonly path: string
  /** The decoded input. */
  readonly input: Readonly<Record<string, unknown>>
  /** The caller's account and the call's region, `global` for services without regions. */
  readonly scope: Scope
  readonly callerArn: string
  readonly connectionsOf: ConnectionsTarget | undefined
  readonly read: (scope: Scope) => Reader
}

export interface Permission {
  readonly action: string
  /** Another action that suffices: a caller passes who is allowed it, and not denied the first. */
  readonly otherAction?: string | undefined
  readonly resource: string
}

type Row = (asked: Asked) => Permission | undefined | Promise<Permission>

/** The rule of each model. Calls of a model without one need no permission. */
const rows: { readonly [name in ModelName]?: Row } = {
  apigateway: apigatewayPermission,
  apigatewayv2: apigatewayPermission,
  apigatewaymanagementapi: connectionPermission,
  lambda: lambdaPermission,
  iam: iamPermission,
  sts: stsPermission,
  logs: ({ operation, input, scope: { account, region } }) => ({
    action: `logs:${operation}`,
    resource: named(input, ['logGroupName'], (name) => `arn:aws:logs:${region}:${account}:log-group:${name}`),
  }),
  'cognito-identity': ({ operation, input, scope }) => ({
    action: `cognito-identity:${operation}`,
    resource: textOf(input, 'ResourceArn') || named(input, ['IdentityPoolId'], (id) => identityPoolArn(scope, id)),
  }),
  acm: (asked) => ofArn('acm', asked, ['CertificateArn']),
  cloudwatch: (asked) => ofArn('cloudwatch', asked, []),
  xray: (asked) => ofArn('xray', asked, ['GroupARN', 'ResourceARN']),
  wafv2: (asked) => ofArn('wafv2', asked, ['WebACLArn', 'ResourceArn', 'ARN']),
}

/** The permission that a call needs; undefined when the caller's policies need not allow it. */
export async function permissionFor(model: ModelName, asked: Asked): Promise<Permission | undefined> {
  const row = rows[model]
  return row === undefined ? undefined : row(asked)
}

/** The action is the verb, the resource the path: `apigateway:GET` on `arn:aws:apigateway:us-east-1::/restapis`. */
function apigatewayPermission({ method, path, scope: { region } }: Asked): Permission {
  return {
    action: `apigateway:${method}`,
    resource: `arn:aws:apigateway:${region}::${path.replace(/^\/v2(?=\/)/, '')}`,
  }
}

function connectionPermission({ method, input, scope, connectionsOf }: Asked): Permission {
  const { account, region } = connectionsOf ?? scope
  // A call to the general AWS address names no stage, so a policy has to allow all stages.
  const stage = connectionsOf === undefined ? '*/*' : `${connectionsOf.apiId}/${connectionsOf.stageName}`
  return {
    action: 'execute-api:ManageConnections',
    // AWS's older documentation has this action — WebSocket 30.1
    otherAction: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:${region}:${account}:${stage}/${method}/@connections/${textOf(input, 'ConnectionId')}`,
  }
}

/** Operations whose action has another name. */
const lambdaActions: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  InvokeAsync: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
}
const lambdaArn = /^arn:[^:]+:lambda:/
const functionName = /(?:^|:function:|^\d{12}:)([A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?)$/

function lambdaPermission({ operation, input, scope }: Asked): Permission {
  const action = `lambda:${lambdaActions[operation] ?? operation}`
  const text = textOf(input, 'FunctionName') || textOf(input, 'Resource')
  if (text === '') return { action, resource: '*' }
  const arn = lambdaArn.test(text) ? text : functionArn(scope, functionName.exec(text)?.[1] ?? text)
  const qualifier = textOf(input, 'Qualifier')
  const isQualified = arn.split(':').length > 7
  return { action, resource: qualifier === '' || isQualified ? arn : `${arn}:${qualifier}` }
}

/** Input members that name what a call is about, in order of precedence: for a group's new member, the group. */
const iamKinds = [
  ['GroupName', 'Group', 'group'],
  ['InstanceProfileName', 'InstanceProfile', 'instance-profile'],
  ['UserName', 'User', 'user'],
  ['RoleName', 'Role', 'role'],
] as const

/** Operations on a user that mean the caller when no user is named. */
const ownOperations: ReadonlySet<string> = new Set([
  'CreateAccessKey',
  'DeleteAccessKey',
  'DeleteLoginProfile',
  'GetLoginProfile',
  'GetUser',
  'ListAccessKeys',
  'ListMFADevices',
  'ListSSHPublicKeys',
  'ListServiceSpecificCredentials',
  'ListSigningCertificates',
  'UpdateAccessKey',
])

async function iamPermission({ operation, input, scope, callerArn, read }: Asked): Promise<Permission> {
  const action = `iam:${operation}`
  for (const [member, kind, segment] of iamKinds) {
    const name = textOf(input, member)
    if (name === '') continue
    const record = await read(scope).get(kind, [name])
    const made = `arn:aws:iam::${scope.account}:${segment}${textOf(input, 'Path') || '/'}${name}`
    return { action, resource: record?.arn ?? made }
  }
  // AWS: the permission is needed on the key's owner.
  if (operation === 'GetAccessKeyLastUsed') {
    return { action, resource: await ownerArn(read(scope), textOf(input, 'AccessKeyId')) }
  }
  const policyName = textOf(input, 'PolicyName')
  if (operation === 'CreateOpenIDConnectProvider') {
    return { action, resource: providerArn(scope.account, providerHost(textOf(input, 'Url')) ?? '*') }
  }
  if (operation === 'CreatePolicy') {
    return { action, resource: `arn:aws:iam::${scope.account}:policy${textOf(input, 'Path') || '/'}${policyName}` }
  }
  const arn =
    textOf(input, 'PolicyArn') || textOf(input, 'PolicySourceArn') || textOf(input, 'OpenIDConnectProviderArn')
  if (arn !== '') return { action, resource: arn }
  return { action, resource: ownOperations.has(operation) ? callerArn : '*' }
}

/** The ARN of a key's owner; `*` for keys of the root, and for unknown keys. */
async function ownerArn(reader: Reader, accessKeyId: string): Promise<string> {
  const { userName } = (await reader.get('AccessKey', [accessKeyId])) ?? {}
  const owner = userName === undefined ? undefined : await reader.get('User', [userName])
  return owner?.arn ?? '*'
}

/** Assuming a role needs the permission of the role's trust policy as well, which services/sts checks. GetCallerIdentity needs none. */
function stsPermission({ operation, input, scope: { account } }: Asked): Permission | undefined {
  const action = `sts:${operation}`
  if (operation === 'GetAccessKeyInfo') return { action, resource: '*' }
  if (operation !== 'GetFederationToken') return undefined
  return { action, resource: `arn:aws:sts::${account}:federated-user/${textOf(input, 'Name')}` }
}

function ofArn(service: string, { operation, input }: Asked, members: readonly string[]): Permission {
  return { action: `${service}:${operation}`, resource: named(input, members, (arn) => arn) }
}

function named(input: Asked['input'], members: readonly string[], arnOf: (name: string) => string): string {
  const name = members.map((member) => textOf(input, member)).find((text) => text !== '')
  return name === undefined ? '*' : arnOf(name)
}

function textOf(input: Asked['input'], member: string): string {
  const value = Object.hasOwn(input, member) ? input[member] : undefined
  return typeof value === 'string' ? value : ''
}
