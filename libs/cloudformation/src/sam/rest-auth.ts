// `Auth` of a REST API: authorizers, API keys and the resource policy as OpenAPI says them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
import { names } from '../names.ts'
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { MapNode, Node, Plain, PlainMap } from '../node.ts'
import { booleanOf, entriesOf, itemsOf, member, plant, textOf } from '../node.ts'
import { executeApiArn, invocationUri, invokePermission } from './arn.ts'
import type { Definition } from './definition.ts'
import type { ApiEvent } from './events.ts'
import { idPart, type Output } from './output.ts'

const read = new Set(
  names(`
    ApiKeyRequired Authorizers DefaultAuthorizer InvokeRole ResourcePolicy UsagePlan
    AddDefaultAuthorizerToCorsPreflight AddApiKeyRequiredToCorsPreflight
  `),
)

const iamScheme = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
}

/** Turns the `Auth` of an API into the authorization of its methods. */
export class RestAuth {
  private readonly api: Draft
  private readonly auth: Node | undefined
  private readonly output: Output
  private readonly schemes = new Map<string, Plain>()
  private readonly defaultName: string | undefined
  private readonly keyRequired: boolean

  constructor(api: Draft, output: Output) {
    this.api = api
    this.output = output
    this.auth = member(api.properties, 'Auth')
    for (const [name, node] of entriesOf(this.auth)) {
      if (!read.has(name)) throw new Problem(`${api.logicalId}: Auth has no member ${name}`, node)
    }
    for (const [name, node] of entriesOf(member(this.auth, 'Authorizers')))
      this.schemes.set(name, this.scheme(name, node))
    this.defaultName = textOf(member(this.auth, 'DefaultAuthorizer'))
    this.keyRequired = booleanOf(member(this.auth, 'ApiKeyRequired')) === true
    if (this.defaultName !== undefined) this.checkName(this.defaultName, member(this.auth, 'DefaultAuthorizer') ?? api)
  }

  /** `security` of an event's method, and the caller's credentials where IAM decides; nothing where nobody is asked. */
  forEvent({ properties, node }: ApiEvent): { security: Plain | undefined; credentials: Plain | undefined } {
    const auth = member(properties, 'Auth')
    const given = textOf(member(auth, 'Authorizer'))
    if (given !== undefined && given !== 'NONE') this.checkName(given, member(auth, 'Authorizer') ?? node)
    const name = given ?? this.defaultName
    const needsKey = booleanOf(member(auth, 'ApiKeyRequired')) ?? this.keyRequired
    const scopes = member(auth, 'AuthorizationScopes')
    const security = securityOf(name, scopes ?? this.scopesOf(name), needsKey)
    return { security, credentials: name === 'AWS_IAM' ? this.credentials(member(auth, 'InvokeRole')) : undefined }
  }

  /** Adds the schemes, and the default to every method that says nothing of its own. */
  apply(definition: Definition): void {
    const addsToPreflight = booleanOf(member(this.auth, 'AddDefaultAuthorizerToCorsPreflight')) !== false
    const keyInPreflight = booleanOf(member(this.auth, 'AddApiKeyRequiredToCorsPreflight')) !== false
    definition.edit((operation, verb) => {
      if (operation.entries.has('security')) return operation
      const preflight = verb.toLowerCase() === 'options'
      const name = preflight && !addsToPreflight ? undefined : this.defaultName
      const security = securityOf(name, this.scopesOf(name), this.keyRequired && !(preflight && !keyInPreflight))
      return security === undefined ? operation : withSecurity(operation, security)
    })
    const used = usedSchemes(definition)
    if (used.has('AWS_IAM')) this.schemes.set('AWS_IAM', iamScheme)
    if (used.has('api_key')) this.schemes.set('api_key', { type: 'apiKey', name: 'x-api-key', in: 'header' })
    const additions = Object.fromEntries(this.schemes)
    definition.merge(definition.isSwagger ? ['securityDefinitions'] : ['components', 'securitySchemes'], additions)
  }

  /** The credentials that `InvokeRole` stands for; the caller's own unless it says NONE. */
  private credentials(given: Node | undefined): Plain | undefined {
    const role = given ?? member(this.auth, 'InvokeRole')
    const text = textOf(role)
    if (text === 'NONE') return undefined
    return role === undefined || text === 'CALLER_CREDENTIALS' ? 'arn:aws:iam::*:user/*' : role
  }

  private scopesOf(name: string | undefined): Node | undefined {
    return name === undefined
      ? undefined
      : member(member(member(this.auth, 'Authorizers'), name), 'AuthorizationScopes')
  }

  private checkName(name: string, node: Node | Draft): void {
    if (name === 'AWS_IAM' || this.schemes.has(name)) return
    throw new Problem(`${this.api.logicalId}: Auth has no authorizer ${name}`, node)
  }

  private scheme(name: string, node: Node): Plain {
    const identity = member(node, 'Identity')
    const ttl = member(identity, 'ReauthorizeEvery')
    const pools = member(node, 'UserPoolArn')
    const header = member(identity, 'Header') ?? 'Authorization'
    if (pools !== undefined) {
      return securityScheme('cognito_user_pools', header, {
        type: 'cognito_user_pools',
        providerARNs: pools.kind === 'list' ? pools : [pools],
        identityValidationExpression: member(identity, 'ValidationExpression'),
        authorizerResultTtlInSeconds: ttl,
      })
    }
    const functionArn = member(node, 'FunctionArn')
    if (functionArn === undefined) {
      throw new Problem(`The authorizer ${name} of ${this.api.logicalId} needs UserPoolArn or FunctionArn`, node)
    }
    if (booleanOf(member(node, 'DisableFunctionDefaultPermissions')) !== true) this.permit(name, node, functionArn)
    const isRequest = textOf(member(node, 'FunctionPayloadType')) === 'REQUEST'
    return securityScheme('custom', isRequest ? 'Unused' : header, {
      type: isRequest ? 'request' : 'token',
      authorizerUri: invocationUri(node, functionArn),
      authorizerCredentials: member(node, 'FunctionInvokeRole'),
      authorizerResultTtlInSeconds: ttl,
      identityValidationExpression: isRequest ? undefined : member(identity, 'ValidationExpression'),
      identitySource: isRequest ? identitySource(identity) : undefined,
    })
  }

  private permit(name: string, node: Node, functionArn: Node): void {
    const id = `${this.api.logicalId}${idPart(name)}AuthorizerPermission`
    const source = executeApiArn(node, this.api.logicalId, 'authorizers/*')
    this.output.add(node, id, 'AWS::Lambda::Permission', invokePermission(node, functionArn, source))
  }
}

function securityScheme(authtype: string, name: Plain, authorizer: PlainMap): Plain {
  return {
    type: 'apiKey',
    name,
    in: 'header',
    'x-amazon-apigateway-authtype': authtype,
    'x-amazon-apigateway-authorizer': authorizer,
  }
}

/** One requirement with all its schemes, so that an authorizer and a key are both required. */
function securityOf(name: string | undefined, scopes: Node | undefined, needsKey: boolean): Plain | undefined {
  const authorizer = name === undefined || name === 'NONE' ? {} : { [name]: scopes ?? [] }
  const key = needsKey ? { api_key: [] } : {}
  if (Object.keys({ ...authorizer, ...key }).length > 0)
    return [authorizer, key].filter((each) => Object.keys(each).length > 0)
  // NONE also excludes the API's default authorizer, which a missing name does not.
  return name === 'NONE' ? [] : undefined
}

function withSecurity(operation: MapNode, security: Plain): Node {
  return { ...operation, entries: new Map(operation.entries).set('security', plant(operation, security)) }
}

function usedSchemes(definition: Definition): ReadonlySet<string> {
  const names = new Set<string>()
  definition.edit((operation) => {
    for (const requirement of itemsOf(member(operation, 'security'))) {
      for (const name of entriesOf(requirement).keys()) names.add(name)
    }
    return operation
  })
  return names
}

/** `method.request.header.X, context.y`, in SAM's order. */
function identitySource(identity: Node | undefined): Plain | undefined {
  const sources = (name: string, prefix: string): string[] =>
    itemsOf(member(identity, name)).map((item) => `${prefix}${textOf(item) ?? ''}`)
  const all = [
    ...sources('Headers', 'method.request.header.'),
    ...sources('QueryStrings', 'method.request.querystring.'),
    ...sources('StageVariables', 'stageVariables.'),
    ...sources('Context', 'context.'),
  ]
  return all.length === 0 ? undefined : all.join(', ')
}
