// Checks authorizers: the two kinds, and what each protocol allows of them (HTTP 3.4, 11.1, 12.1).
import {
  BadRequestException,
  type Api,
  type Authorizer,
  type JWTConfiguration,
} from '@sluice/aws-protocol/apigatewayv2'
import { noRequestSource, ttlSentence } from '../apigateway/authorizer-rules.ts'
import { isInvocationArn } from './integration-uri.ts'
import { checkLengths } from './lengths.ts'
import { refuseMembers } from './protocol.ts'

const tokenSource = /^\$request\.(?:header|querystring)\.\S+$/
const httpSource = /^\$(?:request\.(?:header|querystring)\.\S+|context\.[A-Za-z0-9._]+|stageVariables\.\w+)$/
const webSocketSource = /^(?:route\.request\.(?:header|querystring)\.\S+|context\.[A-Za-z0-9._]+|stageVariables\.\w+)$/

/** Throws BadRequestException for the first rule that an authorizer breaks, in the sentences that stacks failed with (observed). */
export function checkAuthorizer(api: Api, record: Authorizer, unreachable: ReadonlySet<string> = new Set()): void {
  checkLengths(record, { Name: [1, 128], AuthorizerUri: [1, 2048], AuthorizerCredentialsArn: [1, 2048] })
  const { AuthorizerResultTtlInSeconds: ttlSeconds = 0 } = record
  if (!(ttlSeconds >= 0 && ttlSeconds <= 3600)) {
    throw new BadRequestException(ttlSentence)
  }
  if (record.AuthorizerType === undefined) {
    // AWS's sentence, as its users report it; the service model requires the type of clients only.
    throw new BadRequestException('Invalid request input. CreateAuthorizer input is missing authorizer type.')
  }
  if (record.AuthorizerType === 'JWT') checkJwt(api, record, unreachable)
  else checkRequest(api, record)
}

function checkJwt(api: Api, record: Authorizer, unreachable: ReadonlySet<string>): void {
  if (api.ProtocolType === 'WEBSOCKET') {
    throw new BadRequestException(
      'Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.',
    )
  }
  refuse(record, 'JWT', ['AuthorizerUri', 'AuthorizerCredentialsArn', 'AuthorizerPayloadFormatVersion'])
  if (record.EnableSimpleResponses === true) refuse(record, 'JWT', ['EnableSimpleResponses'])
  const [source = '', ...others] = record.IdentitySource ?? []
  if (others.length > 0 || !tokenSource.test(source)) {
    throw new BadRequestException(
      'Invalid identity source specified. JWT authorizers need exactly one of the form $request.header.name or $request.querystring.name',
    )
  }
  checkJwtConfiguration(record.JwtConfiguration, unreachable)
}

function checkJwtConfiguration(configuration: JWTConfiguration | undefined, unreachable: ReadonlySet<string>): void {
  if (configuration === undefined) {
    throw new BadRequestException('JwtConfiguration must not be null for JWT Authorizer')
  }
  const { Issuer: issuer = '', Audience: audience = [] } = configuration
  if (issuer === '') throw new BadRequestException('Invalid issuer: Issuer can not be empty for JWT Authorizer.')
  if (!isIssuerUrl(issuer))
    throw new BadRequestException('Invalid issuer: Issuer is not a valid URL for JWT Authorizer')
  if (audience.length === 0) throw new BadRequestException('Audience list must have at least 1 item for JWT Authorizer')
  if (audience.length > 50) throw new BadRequestException('JwtConfiguration must not have more than 50 audiences')
  if (unreachable.has(issuer)) throw new BadRequestException(unreachableSentence(issuer))
}

/** Own: `http` is accepted too, for issuers on the developer's own machine. */
export function isIssuerUrl(issuer: string): boolean {
  return /^https?:\/\//.test(issuer) && URL.canParse(issuer)
}

/** AWS's sentence for an issuer whose metadata cannot be read. */
function unreachableSentence(issuer: string): string {
  const discovery = '/.well-known/openid-configuration'
  return (
    `Caught exception when connecting to ${issuer}${discovery} for issuer ${issuer}. Please try again later. ` +
    `Error: Invalid issuer: ${issuer}. Issuer must have a valid discovery endpoint ended with '${discovery}'`
  )
}

function checkRequest(api: Api, record: Authorizer): void {
  const http = api.ProtocolType === 'HTTP'
  const { AuthorizerUri: uri = '', AuthorizerPayloadFormatVersion: version } = record
  refuse(record, 'REQUEST', ['JwtConfiguration'])
  if (uri === '') throw new BadRequestException('AuthorizerUri is a required field in an Authorizer')
  if (!isInvocationArn(uri)) {
    throw new BadRequestException(
      `Invalid Authorizer URI: ${uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`,
    )
  }
  if (!http) refuseMembers('WEBSOCKET', record, ['AuthorizerPayloadFormatVersion', 'EnableSimpleResponses'])
  else checkPayloadFormat(version, record.EnableSimpleResponses === true)
  checkIdentitySources(http, record)
}

/** Without any nothing is cached, whatever the TTL is. HTTP 12.6. */
function checkIdentitySources(http: boolean, { IdentitySource: sources = [] }: Authorizer): void {
  const grammar = http ? httpSource : webSocketSource
  const wrong = sources.find((source) => !grammar.test(source))
  if (wrong === undefined) return
  throw new BadRequestException(
    http ? noHttpSource(wrong) : noRequestSource(wrong, "request parameter, matching 'route"),
  )
}

function noHttpSource(expression: string): string {
  const must = 'The source must be a request header, request querystring, stage variable or context parameter'
  return `Invalid identity source expression: ${expression}. ${must}`
}

function checkPayloadFormat(version: string | undefined, simple: boolean): void {
  if (version === undefined) {
    throw new BadRequestException('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer')
  }
  if (version !== '1.0' && version !== '2.0') {
    throw new BadRequestException('Invalid AuthorizerPayloadFormatVersion specified. Must be one of [1.0, 2.0]')
  }
  if (simple && version !== '2.0') {
    throw new BadRequestException('EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".')
  }
}

function refuse(record: Authorizer, what: string, members: readonly (keyof Authorizer)[]): void {
  const member = members.find((name) => record[name] !== undefined)
  if (member !== undefined) throw new BadRequestException(`${member} is not supported for ${what} authorizers`)
}
