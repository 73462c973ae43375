// Security schemes and requirements of a REST API: authorizers, API keys, IAM, and what AWS does not support.
import { authorizerTypeOf, readAuthorizer } from '../extensions/authorizer.ts'
import { entriesOf, enumOf, itemsOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import type { Authorizer } from '../rest-description.ts'

/** The effect of a scheme on a method that requires it. */
type Scheme =
  | { readonly kind: 'authorizer'; readonly authorizer: Authorizer }
  | { readonly kind: 'apiKey' }
  | { readonly kind: 'iam' }
  | { readonly kind: 'unsupported'; readonly type: string }

/** The authorization members of a method. */
export interface MethodSecurity {
  authorizationType: string
  apiKeyRequired: boolean
  authorizerName?: string
  authorizationScopes?: readonly string[]
}

export class Security {
  private readonly reading: Reading
  private readonly schemes = new Map<string, Scheme | undefined>()

  constructor(reading: Reading) {
    this.reading = reading
    for (const [name, node] of schemeNodes(reading)) {
      const scheme = reading.resolve(node)
      if (scheme !== undefined) this.schemes.set(name, this.classify(name, scheme))
    }
  }

  /** Authorizers are made also when no operation uses them — recorded, rest-recorded.md 17. */
  get authorizers(): readonly Authorizer[] {
    return [...this.schemes.values()].flatMap((scheme) => (scheme?.kind === 'authorizer' ? [scheme.authorizer] : []))
  }

  /** The operation's requirements, or those of the document when it has none of its own — recorded, 17. */
  securityOf(operation: Node): MethodSecurity {
    const security: MethodSecurity = { authorizationType: 'NONE', apiKeyRequired: false }
    const requirements = member(operation, 'security') ?? member(this.reading.root, 'security')
    for (const requirement of itemsOf(requirements)) {
      for (const [name, scopes] of entriesOf(requirement)) this.apply(security, name, scopes)
    }
    const extension = member(operation, 'x-amazon-apigateway-auth')
    const type = enumOf(member(extension, 'type'))
    if (type === 'NONE' || type === 'AWS_IAM')
      return { authorizationType: type, apiKeyRequired: security.apiKeyRequired }
    // Own: an unknown type such as `AWS-IAM` must not leave the method open without a warning.
    if (extension !== undefined) {
      const written = textOf(member(extension, 'type')) ?? ''
      this.reading.refuse(
        `Invalid type '${written}' of x-amazon-apigateway-auth. Valid types are NONE, AWS_IAM`,
        extension,
      )
    }
    return security
  }

  private apply(security: MethodSecurity, name: string, scopes: Node): void {
    const scheme = this.schemes.get(name)
    if (scheme === undefined) {
      if (!this.schemes.has(name))
        this.reading.warn(`Reference to security definition '${name}' not found. Ignoring.`, scopes)
    } else if (scheme.kind === 'unsupported') {
      // Own: a method that requires an authorizer which does not exist must not be open to all.
      this.reading.refuse(`Unsupported authorizer type '${scheme.type}' for '${name}', which a method requires`, scopes)
    } else if (scheme.kind === 'apiKey') security.apiKeyRequired = true
    else if (security.authorizationType !== 'NONE') {
      this.reading.warn(`A method has one authorizer. Ignoring security requirement '${name}'.`, scopes)
    } else if (scheme.kind === 'iam') security.authorizationType = 'AWS_IAM'
    else authorize(security, scheme.authorizer, textsOf(scopes))
  }

  private classify(name: string, scheme: Node): Scheme | undefined {
    const extension = member(scheme, 'x-amazon-apigateway-authorizer')
    if (extension !== undefined) {
      const type = authorizerTypeOf(extension)
      if (type !== undefined) return { kind: 'authorizer', authorizer: readAuthorizer(name, scheme, type) }
      const written = textOf(member(extension, 'type')) ?? ''
      this.reading.warn(`Unsupported authorizer type '${written}' for '${name}'. Ignoring.`, extension)
      return { kind: 'unsupported', type: written }
    }
    if (enumOf(member(scheme, 'x-amazon-apigateway-authtype')) === 'AWSSIGV4') return { kind: 'iam' }
    if (isApiKey(scheme)) return { kind: 'apiKey' }
    const type = textOf(member(scheme, 'type')) ?? ''
    this.reading.warn(`Unsupported security definition type '${type}' for '${name}'. Ignoring.`, scheme)
    return undefined
  }
}

function authorize(security: MethodSecurity, authorizer: Authorizer, scopes: readonly string[]): void {
  security.authorizationType = authorizer.type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM'
  security.authorizerName = authorizer.name
  if (scopes.length > 0) security.authorizationScopes = scopes
}

function isApiKey(scheme: Node): boolean {
  const [type, place, name] = ['type', 'in', 'name'].map((key) => textOf(member(scheme, key))?.toLowerCase())
  return type === 'apikey' && place === 'header' && name === 'x-api-key'
}

/** Scheme nodes by name, wherever the dialect keeps them. */
export function schemeNodes({ root, dialect }: Reading): ReadonlyMap<string, Node> {
  if (dialect.major === 2) return entriesOf(member(root, 'securityDefinitions'))
  return entriesOf(member(member(root, 'components'), 'securitySchemes'))
}
