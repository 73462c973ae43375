// Writes what methods require: security schemes for authorizers, API keys and IAM, and the requirements themselves.
import type { Node } from '../node.ts'
import type { Authorizer, Method, RestApiDescription } from '../rest-description.ts'
import type { DocumentationFields } from './documentation.ts'
import { iamScheme, iamSchemeName } from './iam-scheme.ts'
import type { Value } from './tree.ts'
import { mapOf, mapOfPairs } from './tree.ts'

/** The names AWS gives the schemes that are no authorizers. */
const apiKeySchemeName = 'api_key'
/** A scheme takes its header from a token authorizer's identity source; the others have none to show. */
const headerSourceForm = /^method\.request\.header\.([^,\s]+)$/

/** The requirements of a method, one object each, as AWS exports them. */
export function requirementsOf(method: Method): Node[] {
  const requirements: [string, readonly string[]][] = []
  if (method.authorizationType === 'AWS_IAM') requirements.push([iamSchemeName, []])
  if (method.authorizerName !== undefined) requirements.push([method.authorizerName, method.authorizationScopes ?? []])
  if (method.apiKeyRequired) requirements.push([apiKeySchemeName, []])
  return requirements.map((requirement) => mapOfPairs([requirement]))
}

/** The schemes that methods refer to and the authorizers there are; authorizers in full only when asked for. */
export function writeSchemes(
  { resources, authorizers }: Pick<RestApiDescription, 'resources' | 'authorizers'>,
  documentation: DocumentationFields,
  full: boolean,
): Node | undefined {
  const methods = resources.flatMap((resource) => resource.methods)
  const schemes = authorizers.map((authorizer): [string, Node] => {
    const fields = documentation.of({ type: 'AUTHORIZER', name: authorizer.name })
    return [authorizer.name, mapOf({ ...fields, ...writeAuthorizer(authorizer, full) })]
  })
  if (methods.some(({ apiKeyRequired }) => apiKeyRequired)) {
    schemes.push([apiKeySchemeName, mapOf({ type: 'apiKey', name: 'x-api-key', in: 'header' })])
  }
  if (methods.some(({ authorizationType }) => authorizationType === 'AWS_IAM')) {
    schemes.push([iamSchemeName, iamScheme])
  }
  return schemes.length === 0 ? undefined : mapOfPairs(schemes)
}

function writeAuthorizer(authorizer: Authorizer, full: boolean): Readonly<Record<string, Value>> {
  const header = authorizer.type === 'REQUEST' ? undefined : headerSourceForm.exec(authorizer.identitySource ?? '')?.[1]
  const kind = authorizer.type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom'
  return {
    type: 'apiKey',
    name: header ?? 'Unused',
    in: 'header',
    'x-amazon-apigateway-authtype': authorizer.authType ?? kind,
    'x-amazon-apigateway-authorizer': full ? writeExtension(authorizer, header !== undefined) : undefined,
  }
}

function writeExtension(authorizer: Authorizer, inHeader: boolean): Node {
  return mapOf({
    type: authorizer.type.toLowerCase(),
    providerARNs: authorizer.providerARNs,
    authorizerUri: authorizer.authorizerUri,
    authorizerCredentials: authorizer.authorizerCredentials,
    identitySource: inHeader ? undefined : authorizer.identitySource,
    identityValidationExpression: authorizer.identityValidationExpression,
    authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
  })
}
