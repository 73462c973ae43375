// Finds the service that an AWS call is for: by the credential scope's service name, else by the host's first label, else by the path.
import type { WireRequest } from '@sluice/aws-protocol'
import type { ModelName } from './models.ts'

/** Models by signing name or host prefix. `apigateway` is the name of two services, which the path tells apart. */
const byName: Readonly<Record<string, ModelName>> = {
  acm: 'acm',
  apigateway: 'apigateway',
  'cognito-identity': 'cognito-identity',
  'execute-api': 'apigatewaymanagementapi',
  iam: 'iam',
  lambda: 'lambda',
  logs: 'logs',
  monitoring: 'cloudwatch',
  sts: 'sts',
  wafv2: 'wafv2',
  xray: 'xray',
}

/** Models by the prefix of the header `X-Amz-Target`, for unsigned calls of JSON services. */
const byTarget: Readonly<Record<string, ModelName>> = {
  Logs_20140328: 'logs',
  AWSWAF_20190729: 'wafv2',
  AWSCognitoIdentityService: 'cognito-identity',
  CertificateManager: 'acm',
  GraniteServiceVersion20100801: 'cloudwatch',
}

const byPath: readonly (readonly [prefix: RegExp, model: ModelName])[] = [
  [/^\/v2\//, 'apigatewayv2'],
  [/(?:^|\/)(?:@|%40)connections\//, 'apigatewaymanagementapi'],
  [/^\/20(?:14-11-13|15-03-31|16-08-19|17-03-31|17-10-31|18-10-31|19-09-\d\d|20-0\d-\d\d|21-1\d-\d\d)\//, 'lambda'],
  [
    /^\/(?:restapis|apikeys|usageplans|domainnames|domainnameaccessassociations|rejectdomainnameaccessassociations|vpclinks|clientcertificates|account|sdktypes|tags)(?:\/|$)/,
    'apigateway',
  ],
  [/^\/service\/[^/]+\/operation\//, 'cloudwatch'],
]

/** Models of Query services by the API version that their calls name. */
const byVersion: Readonly<Record<string, ModelName>> = {
  '2010-05-08': 'iam',
  '2011-06-15': 'sts',
  '2010-08-01': 'cloudwatch',
}

export interface Addressee {
  readonly model: ModelName | undefined
  /** The service name that the caller used, for the error about a service that is not served; empty when the call names none. */
  readonly named: string
}

/** The service that a request is for. `signingName` is the service in its credential scope, when it is signed. */
export function addressee(request: WireRequest, signingName: string | undefined): Addressee {
  if (signingName !== undefined) {
    const model = own(byName, signingName)
    return {
      model: model === 'apigateway' && request.path.startsWith('/v2/') ? 'apigatewayv2' : model,
      named: signingName,
    }
  }
  const host = request.headers['host'] ?? ''
  const label = host.split('.', 1)[0] ?? ''
  const model = own(byName, label) ?? byRequest(request)
  return {
    model: model === 'apigateway' && request.path.startsWith('/v2/') ? 'apigatewayv2' : model,
    // Only AWS's own host names begin with a service; an IP address or the operator's host name does not.
    named: /\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.test(host) ? label : '',
  }
}

function byRequest(request: WireRequest): ModelName | undefined {
  const target = request.headers['x-amz-target']
  if (target !== undefined) return own(byTarget, target.split('.', 1)[0] ?? '')
  for (const [prefix, model] of byPath) if (prefix.test(request.path)) return model
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  const parameters = isForm ? Buffer.from(request.body).toString('latin1') : request.query
  return own(byVersion, new URLSearchParams(parameters.slice(0, 100_000)).get('Version') ?? '')
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
