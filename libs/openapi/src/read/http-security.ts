// Security schemes and requirements of an HTTP API: authorizers, IAM, and one requirement per route at most.
import { readHttpAuthorizer } from '../extensions/http-authorizer.ts'
import type { HttpAuthorizer, Route } from '../http-description.ts'
import { entriesOf, enumOf, itemsOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import type { Operation } from './operation.ts'
import { titleOf } from './operation.ts'
import { schemeNodes } from './security.ts'

type RouteSecurity = Pick<Route, 'authorizationType' | 'authorizerName' | 'authorizationScopes'>

const openRoute: RouteSecurity = { authorizationType: 'NONE' }
const signedRoute: RouteSecurity = { authorizationType: 'AWS_IAM' }

export class HttpSecurity {
  private readonly reading: Reading
  private readonly schemes = new Map<string, HttpAuthorizer | 'iam' | undefined>()

  constructor(reading: Reading) {
    this.reading = reading
    for (const [name, node] of schemeNodes(reading)) {
      const scheme = reading.resolve(node)
      if (scheme !== undefined) this.schemes.set(name, this.classify(name, scheme))
    }
  }

  get authorizers(): readonly HttpAuthorizer[] {
    return [...this.schemes.values()].filter((scheme) => typeof scheme === 'object')
  }

  /** The route's authorization. Several requirements are an error for AWS, not a warning (http-websocket.md 15.1). */
  securityOf(operation: Operation): RouteSecurity {
    const written = member(operation.node, 'security') ?? member(this.reading.root, 'security')
    const requirements = itemsOf(written).flatMap((requirement) => [...entriesOf(requirement)])
    const [first, second] = requirements
    if (first === undefined) return openRoute
    if (second !== undefined) {
      this.reading.refuse(
        `Multiple security requirements are not supported for route '${titleOf(operation)}'`,
        second[1],
      )
    }
    const [name, scopes] = first
    const scheme = this.schemes.get(name)
    if (scheme === 'iam') return signedRoute
    if (scheme !== undefined) return authorized(scheme, textsOf(scopes))
    if (!this.schemes.has(name))
      this.reading.warn(`Reference to security scheme '${name}' not found. Ignoring.`, scopes)
    return openRoute
  }

  private classify(name: string, scheme: Node): HttpAuthorizer | 'iam' | undefined {
    if (enumOf(member(scheme, 'x-amazon-apigateway-authtype')) === 'AWSSIGV4') return 'iam'
    const extension = member(scheme, 'x-amazon-apigateway-authorizer')
    const authorizer = readHttpAuthorizer(name, scheme)
    if (authorizer !== undefined) return authorizer
    const what = extension === undefined ? 'security definition' : 'authorizer'
    const type = textOf(member(extension ?? scheme, 'type')) ?? ''
    this.reading.warn(`Unsupported ${what} type '${type}' for '${name}'. Ignoring.`, scheme)
    return undefined
  }
}

function authorized(authorizer: HttpAuthorizer, scopes: readonly string[]): RouteSecurity {
  const jwt = authorizer.authorizerType === 'JWT'
  return present<RouteSecurity>({
    authorizationType: jwt ? 'JWT' : 'CUSTOM',
    authorizerName: authorizer.name,
    authorizationScopes: jwt && scopes.length > 0 ? scopes : undefined,
  })
}
