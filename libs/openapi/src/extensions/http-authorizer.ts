// `x-amazon-apigateway-authorizer` on a security scheme: the JWT or Lambda authorizer of an HTTP API.
import type { HttpAuthorizer } from '../http-description.ts'
import { booleanOf, enumOf, integerOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import { present } from '../record.ts'

const defaultJwtIdentitySource = '$request.header.Authorization'
const discoveryPath = '/.well-known/openid-configuration'

/** The authorizer of the scheme `name`; `undefined` when its type is none an HTTP API has (http-websocket.md 15.2). */
export function readHttpAuthorizer(name: string, scheme: Node): HttpAuthorizer | undefined {
  const extension = member(scheme, 'x-amazon-apigateway-authorizer')
  const authorizerType = enumOf(member(extension, 'type'))
  const identitySource = identitySourcesOf(extension)
  if (authorizerType === 'JWT') {
    const sources = identitySource.length === 0 ? [defaultJwtIdentitySource] : identitySource
    return { name, authorizerType, identitySource: sources, jwtConfiguration: readJwt(scheme, extension) }
  }
  if (authorizerType !== 'REQUEST') return undefined
  return present<HttpAuthorizer>({
    name,
    authorizerType,
    identitySource: identitySource.length === 0 ? undefined : identitySource,
    authorizerUri: textOf(member(extension, 'authorizerUri')),
    authorizerCredentialsArn: textOf(member(extension, 'authorizerCredentials')),
    authorizerPayloadFormatVersion: textOf(member(extension, 'authorizerPayloadFormatVersion')),
    authorizerResultTtlInSeconds: integerOf(member(extension, 'authorizerResultTtlInSeconds')),
    enableSimpleResponses: booleanOf(member(extension, 'enableSimpleResponses')),
    identityValidationExpression: textOf(member(extension, 'identityValidationExpression')),
  })
}

/** A comma list, as REST APIs write it, or a YAML list. */
function identitySourcesOf(extension: Node | undefined): string[] {
  const sources = textsOf(member(extension, 'identitySource')).flatMap((text) => text.split(','))
  return sources.map((source) => source.trim()).filter((source) => source !== '')
}

function readJwt(scheme: Node, extension: Node | undefined): NonNullable<HttpAuthorizer['jwtConfiguration']> {
  const configuration = member(extension, 'jwtConfiguration')
  const audience = member(configuration, 'audience')
  return present<NonNullable<HttpAuthorizer['jwtConfiguration']>>({
    issuer: textOf(member(configuration, 'issuer')) ?? discoveredIssuer(scheme),
    audience: audience && textsOf(audience),
  })
}

/** AWS takes the issuer of an `openIdConnect` scheme from its discovery address. */
function discoveredIssuer(scheme: Node): string | undefined {
  const url = textOf(member(scheme, 'openIdConnectUrl'))
  return url?.endsWith(discoveryPath) === true ? url.slice(0, -discoveryPath.length) : url
}
