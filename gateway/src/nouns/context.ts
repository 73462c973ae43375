// Every `$context` variable of a REST API, in one table: for templates, mappings, gateway responses and access logs.
import { cognitoMember, type CognitoMember } from './cognito-identity.ts'
import type { Admitted, Caller, CallerIdentity, Keyed, Received, Routed } from './exchange.ts'
import type { GatewayFault } from './faults.ts'
import { lastHeader } from './headers.ts'
import { requestTime } from './request-time.ts'
import type { RestMethod, RestStage } from './rest.ts'

/** What is known of a request at the moment: a gateway response may be asked before a method was found. */
export type ContextExchange = Received &
  Partial<Routed<RestMethod>> &
  Partial<Admitted> &
  Partial<Keyed> & { readonly fault?: GatewayFault | undefined }

/** Undefined: there is no such variable now. Null: there is one, and it has no value. */
export type ContextValue = string | number | null | undefined

export type ContextReader = (exchange: ContextExchange, stage: RestStage) => ContextValue

const identity =
  (name: Exclude<keyof CallerIdentity, 'cognito'>): ContextReader =>
  ({ caller }) =>
    caller?.identity?.[name] ?? null

const cognito =
  (name: CognitoMember): ContextReader =>
  ({ caller }) =>
    cognitoMember(name, caller?.identity?.cognito)

/** `$context.identity.userAgent`: the tester's own in a test call, which has no client. */
export function userAgentOf({ headers, caller }: Pick<ContextExchange, 'headers' | 'caller'>): string | null {
  return caller?.identity?.userAgent ?? lastHeader(headers, 'user-agent') ?? null
}

/** Name without `$context.` → its value. Source: REST 6.5; which are always there: recorded REST 26.4. */
export const contextVariables: Readonly<Record<string, ContextReader>> = {
  accountId: (_, stage) => stage.account,
  apiId: (_, stage) => stage.apiId,
  'authorizer.principalId': ({ caller }) => caller?.principalId,
  deploymentId: (_, stage) => stage.deploymentId,
  domainName: ({ domainName }) => domainName,
  domainPrefix: ({ domainName }) => domainName.split('.', 1)[0],
  'error.message': ({ fault }) => fault?.sentence,
  'error.messageString': ({ fault }) => (fault === undefined ? undefined : JSON.stringify(fault.sentence)),
  'error.responseType': ({ fault }) => fault?.type,
  'error.validationErrorString': ({ fault }) => fault?.validationError,
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ method }) => method,
  'identity.accessKey': identity('accessKey'),
  'identity.accountId': identity('accountId'),
  'identity.apiKey': ({ apiKey, target, headers }) =>
    apiKey?.value ?? (target?.apiKeyRequired === true ? lastHeader(headers, 'x-api-key') : undefined),
  'identity.apiKeyId': ({ apiKey }) => apiKey?.id,
  'identity.caller': identity('caller'),
  'identity.clientCert.clientCertPem': ({ clientCertificate }) => clientCertificate?.clientCertPem,
  'identity.clientCert.issuerDN': ({ clientCertificate }) => clientCertificate?.issuerDN,
  'identity.clientCert.serialNumber': ({ clientCertificate }) => clientCertificate?.serialNumber,
  'identity.clientCert.subjectDN': ({ clientCertificate }) => clientCertificate?.subjectDN,
  'identity.clientCert.validity.notAfter': ({ clientCertificate }) => clientCertificate?.validity.notAfter,
  'identity.clientCert.validity.notBefore': ({ clientCertificate }) => clientCertificate?.validity.notBefore,
  'identity.cognitoAuthenticationProvider': cognito('cognitoAuthenticationProvider'),
  'identity.cognitoAuthenticationType': cognito('cognitoAuthenticationType'),
  'identity.cognitoIdentityId': cognito('cognitoIdentityId'),
  'identity.cognitoIdentityPoolId': cognito('cognitoIdentityPoolId'),
  'identity.principalOrgId': () => null,
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.user': identity('user'),
  'identity.userAgent': userAgentOf,
  'identity.userArn': identity('userArn'),
  'identity.vpcId': ({ vpcEndpoint }) => vpcEndpoint?.vpcId,
  'identity.vpceId': ({ vpcEndpoint }) => vpcEndpoint?.vpceId,
  isCanaryRequest: (_, stage) => (stage.canary === undefined ? undefined : String(stage.canary.isCanaryRequest)),
  operationName: ({ target }) => target?.operationName,
  path: ({ rawPath }) => rawPath,
  protocol: ({ protocol }) => protocol,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ receivedAtMs }) => requestTime(receivedAtMs),
  requestTimeEpoch: ({ receivedAtMs }) => receivedAtMs,
  resourceId: ({ target }) => target?.resourceId,
  resourcePath: ({ target }) => target?.resourcePath,
  stage: (_, stage) => stage.stageName,
}

/** The reader of a variable by its name without `$context.`; undefined for a name that is none. */
export function contextReader(name: string): ContextReader | undefined {
  if (Object.hasOwn(contextVariables, name)) return contextVariables[name]
  if (name.startsWith(claimPrefix)) {
    const claim = name.slice(claimPrefix.length)
    return ({ caller }) => claimValue(caller, claim)
  }
  if (!name.startsWith(authorizerPrefix)) return undefined
  const key = name.slice(authorizerPrefix.length)
  return ({ caller }) => authorizerValue(caller, key)
}

const authorizerPrefix = 'authorizer.'
const claimPrefix = 'authorizer.claims.'

/** `$context.authorizer.{key}`: what a Lambda authorizer returned, numbers and booleans as text. */
export function authorizerValue(caller: Caller | undefined, key: string): string | undefined {
  return memberText(caller?.context, key)
}

/** `$context.authorizer.claims.{claim}`. */
export function claimValue(caller: Caller | undefined, claim: string): string | undefined {
  return memberText(caller?.claims, claim)
}

function memberText(members: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  if (members === undefined || !Object.hasOwn(members, name)) return undefined
  const value = members[name]
  if (value === null || value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
