// `Auth` of an HTTP API: JWT and Lambda authorizers and IAM as OpenAPI says them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapiauth.html
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { booleanOf, entriesOf, itemsOf, member, plant, textOf } from '../node.ts'
import { executeApiArn, invocationUri, invokePermission } from './arn.ts'
import type { Definition } from './definition.ts'
import type { ApiEvent } from './events.ts'
import { idPart, type Output } from './output.ts'

const known = new Set(['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer'])

export class HttpAuth {
  private readonly api: Draft
  private readonly auth: Node | undefined
  private readonly output: Output
  private readonly schemes = new Map<string, Plain>()
  private readonly defaultName: string | undefined

  constructor(api: Draft, output: Output) {
    this.api = api
    this.output = output
    this.auth = member(api.properties, 'Auth')
    for (const [name, node] of entriesOf(this.auth)) {
      if (!known.has(name)) throw new Problem(`${api.logicalId}: Auth has no member ${name}`, node)
    }
    for (const [name, node] of entriesOf(member(this.auth, 'Authorizers')))
      this.schemes.set(name, this.scheme(name, node))
    if (booleanOf(member(this.auth, 'EnableIamAuthorizer')) === true) {
      this.schemes.set('AWS_IAM', {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      })
    }
    const node = member(this.auth, 'DefaultAuthorizer')
    this.defaultName = textOf(node)
    if (this.defaultName !== undefined) this.checkName(this.defaultName, node ?? api)
  }

  /** `security` of an event's route; `undefined` when the route is open. */
  forEvent({ properties, node }: ApiEvent): Plain | undefined {
    const auth = member(properties, 'Auth')
    const name = textOf(member(auth, 'Authorizer')) ?? this.defaultName
    if (name === undefined || name === 'NONE') return undefined
    this.checkName(name, member(auth, 'Authorizer') ?? node)
    return this.security(name, member(auth, 'AuthorizationScopes'))
  }

  /** Adds the schemes; with `toAll`, the default to every operation that says nothing of its own. */
  apply(definition: Definition, toAll: boolean): void {
    const name = this.defaultName
    if (toAll && name !== undefined) {
      definition.edit((operation) =>
        operation.entries.has('security')
          ? operation
          : {
              ...operation,
              entries: new Map(operation.entries).set('security', plant(operation, this.security(name, undefined))),
            },
      )
    }
    definition.merge(['components', 'securitySchemes'], Object.fromEntries(this.schemes))
  }

  private security(name: string, scopes: Node | undefined): Plain {
    const own = member(member(member(this.auth, 'Authorizers'), name), 'AuthorizationScopes')
    return [{ [name]: scopes ?? own ?? [] }]
  }

  private checkName(name: string, node: Node | Draft): void {
    if (this.schemes.has(name)) return
    const hint = name === 'AWS_IAM' ? ' (EnableIamAuthorizer: true makes it)' : ''
    throw new Problem(`${this.api.logicalId}: Auth has no authorizer ${name}${hint}`, node)
  }

  private scheme(name: string, node: Node): Plain {
    const jwt = member(node, 'JwtConfiguration')
    if (jwt !== undefined) {
      return {
        type: 'oauth2',
        'x-amazon-apigateway-authorizer': {
          type: 'jwt',
          identitySource: member(node, 'IdentitySource') ?? '$request.header.Authorization',
          jwtConfiguration: {
            issuer: member(jwt, 'issuer') ?? member(jwt, 'Issuer'),
            audience: member(jwt, 'audience') ?? member(jwt, 'Audience'),
          },
        },
      }
    }
    const functionArn = member(node, 'FunctionArn')
    if (functionArn === undefined) {
      throw new Problem(`The authorizer ${name} of ${this.api.logicalId} needs JwtConfiguration or FunctionArn`, node)
    }
    if (booleanOf(member(node, 'EnableFunctionDefaultPermissions')) === true) {
      const id = `${this.api.logicalId}${idPart(name)}AuthorizerPermission`
      const source = executeApiArn(node, this.api.logicalId, 'authorizers/*')
      this.output.add(node, id, 'AWS::Lambda::Permission', invokePermission(node, functionArn, source))
    }
    const identity = member(node, 'Identity')
    return {
      type: 'apiKey',
      name: 'Unused',
      in: 'header',
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        authorizerUri: invocationUri(node, functionArn),
        authorizerCredentials: member(node, 'FunctionInvokeRole'),
        authorizerPayloadFormatVersion: textOf(member(node, 'AuthorizerPayloadFormatVersion')),
        authorizerResultTtlInSeconds: member(identity, 'ReauthorizeEvery'),
        enableSimpleResponses: member(node, 'EnableSimpleResponses'),
        identitySource: identitySource(identity),
      },
    }
  }
}

/** `$request.header.X, $context.y`, in SAM's order. */
function identitySource(identity: Node | undefined): Plain | undefined {
  const sources = (name: string, prefix: string): string[] =>
    itemsOf(member(identity, name)).map((item) => `${prefix}${textOf(item) ?? ''}`)
  const all = [
    ...sources('Headers', '$request.header.'),
    ...sources('QueryStrings', '$request.querystring.'),
    ...sources('StageVariables', '$stageVariables.'),
    ...sources('Context', '$context.'),
  ]
  return all.length === 0 ? undefined : all.join(', ')
}
