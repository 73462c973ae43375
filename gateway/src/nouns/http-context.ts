// Every `$context` variable of an HTTP API that is known while a request runs, in one table. HTTP 18.2.
import { cognitoMember, type CognitoMember } from './cognito-identity.ts'
import { authorizerValue, claimValue } from './context.ts'
import type { Admitted, CallerIdentity, Received, Routed } from './exchange.ts'
import { lastHeader } from './headers.ts'
import type { HttpRoute, HttpStage } from './http.ts'
import { requestTime } from './request-time.ts'

/** What is known of a request at the moment. */
export type HttpContextExchange = Received & Partial<Routed<HttpRoute>> & Partial<Admitted>

/** Undefined: the variable has no value for this request. */
export type HttpContextReader = (exchange: HttpContextExchange, stage: HttpStage) => string | undefined

const identity =
  (name: Exclude<keyof CallerIdentity, 'cognito'>): HttpContextReader =>
  ({ caller }) =>
    caller?.identity?.[name]

const cognito =
  (name: CognitoMember): HttpContextReader =>
  ({ caller }) =>
    cognitoMember(name, caller?.identity?.cognito) ?? undefined

const variables: Readonly<Record<string, HttpContextReader>> = {
  accountId: (_, stage) => stage.account,
  apiId: (_, stage) => stage.apiId,
  'authorizer.principalId': ({ caller }) => caller?.principalId,
  domainName: ({ domainName }) => domainName,
  domainPrefix: ({ domainName }) => domainName.split('.', 1)[0],
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ method }) => method,
  'identity.accountId': identity('accountId'),
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
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.user': identity('user'),
  'identity.userAgent': ({ headers }) => lastHeader(headers, 'user-agent'),
  'identity.userArn': identity('userArn'),
  path: ({ rawPath }) => rawPath,
  protocol: ({ protocol }) => protocol,
  // AWS: both ids of an HTTP API's request are the same.
  requestId: ({ extendedRequestId }) => extendedRequestId,
  requestTime: ({ receivedAtMs }) => requestTime(receivedAtMs),
  requestTimeEpoch: ({ receivedAtMs }) => String(receivedAtMs),
  routeKey: ({ target }) => target?.routeKey,
  stage: (_, stage) => stage.stageName,
}

const claimPrefix = 'authorizer.claims.'
const authorizerPrefix = 'authorizer.'

/** Whether templates and mappings of HTTP APIs know a name without `$context.`. */
export function isHttpContextVariable(name: string): boolean {
  return Object.hasOwn(variables, name) || name.startsWith(authorizerPrefix)
}

/** The reader of a variable by its name without `$context.`; for a name that is none, one that finds nothing. */
export function httpContextReader(name: string): HttpContextReader {
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (known !== undefined) return known
  if (name.startsWith(claimPrefix)) {
    const claim = name.slice(claimPrefix.length)
    return ({ caller }) => claimValue(caller, claim)
  }
  if (!name.startsWith(authorizerPrefix)) return () => undefined
  const key = name.slice(authorizerPrefix.length)
  return ({ caller }) => authorizerValue(caller, key)
}
