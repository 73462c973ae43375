// Writes the authorizers of an HTTP API as security schemes, and what a route requires of them.
import type { HttpAuthorizer, Route } from '../http-description.ts'
import type { Node } from '../node.ts'
import { iamScheme, iamSchemeName } from './iam-scheme.ts'
import { mapOf, mapOfPairs } from './tree.ts'

/** The route's requirement; `undefined` for an open route. */
export function requirementOf(route: Route): Node | undefined {
  if (route.authorizationType === 'AWS_IAM') return mapOf({ [iamSchemeName]: [] })
  if (route.authorizerName === undefined) return undefined
  return mapOfPairs([[route.authorizerName, route.authorizationScopes ?? []]])
}

/** Schemes for the authorizers and, where a route asks for it, IAM; authorizers in full only with extensions. */
export function writeHttpSchemes(
  routes: readonly Route[],
  authorizers: readonly HttpAuthorizer[],
  extensions: boolean,
): Node | undefined {
  const schemes = authorizers.map((authorizer): [string, Node] => [
    authorizer.name,
    writeScheme(authorizer, extensions),
  ])
  if (routes.some(({ authorizationType }) => authorizationType === 'AWS_IAM')) {
    schemes.push([iamSchemeName, iamScheme])
  }
  return schemes.length === 0 ? undefined : mapOfPairs(schemes)
}

function writeScheme(authorizer: HttpAuthorizer, extensions: boolean): Node {
  const extension = extensions ? writeExtension(authorizer) : undefined
  if (authorizer.authorizerType === 'JWT') {
    return mapOf({ type: 'oauth2', flows: mapOf({}), 'x-amazon-apigateway-authorizer': extension })
  }
  return mapOf({ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': extension })
}

function writeExtension(authorizer: HttpAuthorizer): Node {
  const { jwtConfiguration } = authorizer
  return mapOf({
    type: authorizer.authorizerType.toLowerCase(),
    identitySource: authorizer.identitySource?.join(','),
    jwtConfiguration: jwtConfiguration && mapOf({ ...jwtConfiguration }),
    authorizerUri: authorizer.authorizerUri,
    authorizerCredentials: authorizer.authorizerCredentialsArn,
    authorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion,
    authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
    enableSimpleResponses: authorizer.enableSimpleResponses,
    identityValidationExpression: authorizer.identityValidationExpression,
  })
}
