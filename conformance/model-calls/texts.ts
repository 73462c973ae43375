// Texts that members of calls hold: what exists by its name, what the member's name calls for, and what nobody expects.
import fc from 'fast-check'

/** Values of things that exist, by the label or member that names them: lower case, letters only. */
export class Known {
  private readonly values = new Map<string, string[]>()

  add(name: string, ...values: readonly (string | undefined)[]): void {
    const key = keyOf(name)
    const given = values.filter((value) => value !== undefined && value !== '')
    this.values.set(key, [...(this.values.get(key) ?? []), ...(given as string[])])
  }

  named(name: string): readonly string[] {
    return this.values.get(keyOf(name)) ?? []
  }

  all(): readonly string[] {
    return [...this.values.values()].flat()
  }
}

function keyOf(name: string): string {
  return name.replace(/[^A-Za-z.]/g, '').toLowerCase()
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '/',
    '.',
    '..',
    '__proto__',
    'constructor',
    '*',
    '${x}',
    '{a}',
    '{a+}',
    '\u0000',
    '\u{1f600}',
    '-1',
  ),
  fc.constantFrom('x'.repeat(3_000), 'arn:aws:', 'arn:aws:iam::000000000000:role/a', '{"a":', '[]', '"', '%', '%2F'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

const unit = fc.constantFrom('a', 'A', '0', '/', '.', '-', ':', ',', 'a/', 'a.', 'a,', '~1', "'", '\\', '{a}', ' ')
const end = fc.constantFrom('', ' ', '\n', '!', '"', '/', '.', '\u0000')

/** What a member of this name holds: mostly what exists or fits, sometimes what exists under another name, sometimes anything. */
export function textOf(known: Known, name: string): fc.Arbitrary<string> {
  // Asked when the value is drawn: more is known then.
  const fitting = fc.nat(10_000).map((index) => {
    const fits = [...known.named(name), ...(likely[keyOf(name)] ?? [])]
    return fits.length === 0 ? 'a' : (fits[index % fits.length] ?? 'a')
  })
  // What a regular expression of more than linear time would take forever for.
  const long = fc
    .record({ start: fitting, unit, end })
    .map(({ start, unit, end }) => `${start}${unit.repeat(60_000)}${end}`)
  const other = fc.nat(10_000).map((index) => known.all()[index % known.all().length] ?? 'a')
  return fc.oneof(
    { weight: 16, arbitrary: fitting },
    { weight: 1, arbitrary: other },
    { weight: 2, arbitrary: odd },
    { weight: 1, arbitrary: long },
  )
}

const lambda =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:known/invocations'
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
})
const openapi = JSON.stringify({
  openapi: '3.0.1',
  info: { title: 'made', version: '1' },
  paths: {
    '/a': { get: { responses: { 200: { description: 'ok' } }, 'x-amazon-apigateway-integration': { type: 'mock' } } },
  },
  components: { schemas: { Pet: { type: 'object', properties: { self: { $ref: '#/components/schemas/Pet' } } } } },
})
const swagger = '{"swagger": "2.0", "info": {"title": "a", "version": 1}, "paths": {"/a": {"get": {"responses": {}}}}}'
const reference = 'https://apigateway.amazonaws.com/restapis/'

/** Texts by the names of members; an entry may be right in one operation and wrong in another. */
const likely: Readonly<Record<string, readonly string[]>> = {
  document: [
    openapi,
    swagger,
    'openapi: 3.0.1\ninfo: {title: y, version: "1"}\npaths: {}',
    'Name,key\na,12345678901234567890',
    'a: &a [*a]',
    '{"documentationParts": []}',
  ],
  body: [openapi, swagger],
  httpmethod: ['GET', 'POST', 'ANY', 'get'],
  integrationhttpmethod: ['GET', 'POST', 'ANY'],
  statuscode: ['200', '404', '20', 'abc'],
  authorizationtype: ['NONE', 'CUSTOM', 'AWS_IAM', 'COGNITO_USER_POOLS', 'none'],
  uri: ['http://127.0.0.1:8080/a', 'https://{x}.example.com', lambda, 'ftp://x', 'http://a:22'],
  authorizeruri: [lambda, 'http://a'],
  credentials: ['arn:aws:iam::000000000000:role/a', 'arn:aws:iam::*:user/*'],
  identitysource: [
    'method.request.header.Authorization',
    'method.request.querystring.a, context.path',
    'Authorization',
  ],
  pathpart: ['a', 'b', '{c}', '{d+}', 'a b', 'é'],
  name: ['a', 'b', 'Pet', 'x y'],
  contenttype: ['application/json', 'application/xml', 'text', 'application/vnd.a+json'],
  schema: [
    '{"type": "object"}',
    `{"$ref": "${reference}x/models/Pet"}`,
    '{}',
    '{"$ref": "#/definitions/a"}',
    '[1]',
    '{"a"',
  ],
  policy: [policy, '{}', '{"Statement": []}'],
  policydocument: [policy.replace('"Principal":"*",', '').replace('execute-api:/*', '*'), '{}'],
  assumerolepolicydocument: [
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
  ],
  'requestparameters.key': [
    'method.request.querystring.a',
    'integration.request.header.b',
    'overwrite:path',
    '__proto__',
  ],
  requestparameters: [
    'method.request.querystring.a',
    "'literal'",
    'context.path',
    'method.request.body.a',
    '$request.path',
  ],
  'responseparameters.key': [
    'method.response.header.a',
    'gatewayresponse.header.b',
    'overwrite:statuscode',
    '__proto__',
  ],
  responseparameters: ['integration.response.header.a', "'x'", 'integration.response.body.a[0]'],
  'requesttemplates.key': ['application/json', '$default', '__proto__', 'x'],
  requesttemplates: ['{"statusCode": 200}', '#set($a = ', '$input.body', '#foreach($i in [1..1000000000])a#end'],
  'responsetemplates.key': ['application/json', 'text/plain', '__proto__'],
  responsetemplates: ["$input.json('$')", '#if(', '$context.requestId'],
  'requestmodels.key': ['application/json', '$default'],
  requestmodels: ['Empty', 'Pet', '__proto__'],
  'responsemodels.key': ['application/json'],
  responsemodels: ['Empty', 'Error'],
  'variables.key': ['a', 'b', '__proto__'],
  selectionpattern: ['', '4\\d{2}', '.*', '(a+)+$', '['],
  'tags.key': ['a', '_custom_id_', 'aws:x', '__proto__'],
  properties: ['{"description": "x"}', '{}', '[]', '{'],
  exporttype: ['oas30', 'swagger', 'OAS30'],
  sdktype: ['javascript', 'java', 'cobol'],
  id: ['javascript', 'java'],
  providerarns: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a'],
  extensions: ['apigateway', 'integrations,authorizers', 'postman', 'all'],
  accepts: ['application/json', 'application/yaml'],
  mode: ['merge', 'overwrite'],
  format: ['csv'],
  keytype: ['API_KEY', 'OTHER'],
  startdate: ['2026-01-01', '2026-13-45', '0000-00-00', 'x'],
  enddate: ['2026-01-02', '2025-01-01', '9999-12-31'],
  embed: ['methods', 'apisummary'],
  domainname: ['new.example.com', '*.example.com', 'a..b'],
  targetarns: ['arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/a/b'],
  value: ['a'.repeat(20), 'a'.repeat(129), 'short'],
  pathwithquerystring: ['/a?b=c', '/', 'x', '//', '/%', '/a?%'],
  routekey: ['GET /a', '$default', 'ANY /{p+}', 'GET a', '$connect'],
  target: ['integrations/x'],
  routeselectionexpression: ['$request.method $request.path', '$request.body.action', '${request.body.a}'],
}

/** Paths of every kind of patch that there is, and some that there are not. */
const paths = [
  '/name',
  '/description',
  '/policy',
  '/apiKeySource',
  '/minimumCompressionSize',
  '/binaryMediaTypes/image~1png',
  '/endpointConfiguration/types/0',
  '/endpointConfiguration/ipAddressType',
  '/endpointConfiguration/vpcEndpointIds',
  '/disableExecuteApiEndpoint',
  '/securityPolicy',
  '/endpointAccessMode',
  '/pathPart',
  '/parentId',
  '/apiKeyRequired',
  '/authorizationType',
  '/authorizerId',
  '/authorizationScopes',
  '/operationName',
  '/requestValidatorId',
  '/requestParameters/method.request.querystring.z',
  '/requestModels/application~1json',
  '/responseModels/application~1json',
  '/responseParameters/method.response.header.z',
  '/responseParameters/gatewayresponse.header.z',
  '/statusCode',
  '/responseTemplates/application~1json',
  '/requestTemplates/application~1json',
  '/selectionPattern',
  '/contentHandling',
  '/type',
  '/httpMethod',
  '/uri',
  '/credentials',
  '/connectionType',
  '/connectionId',
  '/integrationTarget',
  '/passthroughBehavior',
  '/timeoutInMillis',
  '/cacheNamespace',
  '/cacheKeyParameters',
  '/cacheKeyParameters/a',
  '/tlsConfig/insecureSkipVerification',
  '/responseTransferMode',
  '/schema',
  '/validateRequestBody',
  '/authorizerUri',
  '/identitySource',
  '/authorizerResultTtlInSeconds',
  '/providerARNs',
  '/properties',
  '/deploymentId',
  '/variables/a',
  '/variables',
  '/canarySettings',
  '/canarySettings/percentTraffic',
  '/canarySettings/deploymentId',
  '/canarySettings/stageVariableOverrides/a',
  '/canarySettings/stageVariableOverrides',
  '/accessLogSettings',
  '/accessLogSettings/destinationArn',
  '/accessLogSettings/format',
  '/cacheClusterSize',
  '/cacheClusterEnabled',
  '/*/*/throttling/rateLimit',
  '/*/*/throttling/burstLimit',
  '/*/*/caching/ttlInSeconds',
  '/*/*/logging/loglevel',
  '/~1a/GET/metrics/enabled',
  '/*/*',
  '/a/GET',
  '/tracingEnabled',
  '/documentationVersion',
  '/clientCertificateId',
  '/enabled',
  '/customerId',
  '/stages',
  '/apiStages',
  '/throttle',
  '/throttle/rateLimit',
  '/throttle/burstLimit',
  '/quota',
  '/quota/limit',
  '/quota/offset',
  '/quota/period',
  '/productCode',
  '/remaining',
  '/cloudwatchRoleArn',
  '/features',
  '/certificateArn',
  '/routingMode',
  '/mutualTlsAuthentication/truststoreUri',
  '/mutualTlsAuthentication/truststoreVersion',
  '/basePath',
  '/restapiId',
  '/stage',
  '/managementPolicy',
  '',
  '/',
  '//',
  'name',
  '/__proto__',
  '/__proto__/x',
  '/constructor',
  '/variables/__proto__',
  '/requestParameters/__proto__',
  '/requestModels/__proto__',
  '/__proto__/GET/metrics/enabled',
  '/x/__proto__',
  '/~',
  '/~2',
  '/apiStages/x:y/throttle//a/GET/rateLimit',
  `/${'a/'.repeat(5_000)}`,
  `/variables/${'v'.repeat(100_000)}`,
]

/** What the paths of an operation have in them, where it has paths of its own. */
const fittingPaths: Readonly<Record<string, RegExp>> = {
  UpdateRestApi: /name|desc|policy|apiKey|minimum|binary|endpoint|disable|security/,
  UpdateMethod: /authorization|authorizerId|apiKeyRequired|operationName|Validator|requestParam|requestModels/,
  UpdateIntegration: /type|http|uri|cred|connection|passthrough|timeout|cacheN|cacheKey|tls|Transfer|request/,
  UpdateIntegrationResponse: /selection|contentHandling|response/,
  UpdateMethodResponse: /responseModels|responseParameters/,
  UpdateGatewayResponse: /statusCode|response/,
  UpdateAuthorizer: /authorizer|identity|provider|name|type/,
  UpdateStage: /variables|canary|accessLog|cache|\*|deploymentId|tracing|Certificate|logging|throttling/,
  UpdateUsagePlan: /throttle|quota|product|apiStages|name/,
  UpdateDomainName: /certificate|security|endpoint|routing|mutual|policy/i,
}

/** Patches of one to three operations: right, wrong, and none at all. */
export function oddPatch(known: Known, operationName: string): fc.Arbitrary<unknown> {
  const fits = fittingPaths[operationName] ?? /^(?!)/
  const fitting = paths.filter((path) => fits.test(path) && path.length < 100)
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('0', '1', '100', '0.5', '100.5', '-1', '2147483648', '9'.repeat(400)) },
    { weight: 4, arbitrary: fc.nat(10_000).map((index) => known.all()[index % known.all().length] ?? '') },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'true',
        '1',
        '-1',
        '0.5',
        '200',
        'GET',
        'NONE',
        'PRIVATE',
        'REGIONAL',
        'DAY',
        '{}',
        'Empty',
        'INFO',
        'a:b',
        '{"/a/GET":{"rateLimit":1}}',
      ),
    },
    { weight: 2, arbitrary: odd },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '1e400',
        '9'.repeat(400),
        'x'.repeat(1_000_000),
        policy,
        lambda,
        '{"__proto__":{"rateLimit":1}}',
      ),
    },
  )
  const operation = fc.record(
    {
      op: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom('add', 'replace', 'remove', 'copy') },
        { weight: 1, arbitrary: fc.constantFrom('move', 'test', 'merge', '', '__proto__') },
      ),
      path: fc.constantFrom(...paths, ...Array.from({ length: 5 }, () => fitting).flat()),
      value,
      from: fc.constantFrom('/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides', '/name', ''),
    },
    { requiredKeys: ['op', 'path'] },
  )
  return fc.oneof(
    { weight: 20, arbitrary: fc.array(operation, { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>([], [null], [{}], [[]], {}, 'x', [{ op: 'replace' }], [{ path: '/name' }]),
    },
  )
}
