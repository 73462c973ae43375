// `x-amazon-apigateway-authorizer` on a security scheme: the authorizer of a REST API.
import { enumOf, integerOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import { present } from '../record.ts'
import type { Authorizer } from '../rest-description.ts'

/** The kinds a REST API has; `jwt` belongs to HTTP APIs. */
const knownTypes: ReadonlySet<string> = new Set(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'])

/** The authorizer's type in AWS's spelling; `undefined` when a REST API has no such authorizer. */
export function authorizerTypeOf(extension: Node): string | undefined {
  const type = enumOf(member(extension, 'type'))
  return type !== undefined && knownTypes.has(type) ? type : undefined
}

/**
 * Reads the authorizer of the scheme `name`. Token and Cognito authorizers take their identity source from the
 * scheme's header — recorded, rest-recorded.md 17.
 */
export function readAuthorizer(name: string, scheme: Node, type: string): Authorizer {
  const extension = member(scheme, 'x-amazon-apigateway-authorizer')
  const header = textOf(member(scheme, 'name'))
  const fromHeader = type === 'REQUEST' || header === undefined ? undefined : `method.request.header.${header}`
  const providers = textsOf(member(extension, 'providerARNs'))
  return present<Authorizer>({
    name,
    type,
    authType: textOf(member(scheme, 'x-amazon-apigateway-authtype')),
    providerARNs: providers.length === 0 ? undefined : providers,
    authorizerUri: textOf(member(extension, 'authorizerUri')),
    authorizerCredentials: textOf(member(extension, 'authorizerCredentials')),
    identitySource: textOf(member(extension, 'identitySource')) ?? fromHeader,
    identityValidationExpression: textOf(member(extension, 'identityValidationExpression')),
    authorizerResultTtlInSeconds: integerOf(member(extension, 'authorizerResultTtlInSeconds')),
  })
}
