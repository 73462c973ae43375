// An AWS call from bytes to bytes: address, identify, match, decode, validate, transact, handle, encode. The same for every operation.
import {
  decode,
  encode,
  encodeFault,
  ServiceFault,
  validate,
  type Dialect,
  type Match,
  type WireAnswer,
  type WireRequest,
} from '@sluice/aws-protocol'
import type { SignableRequest } from '@sluice/sigv4'
import { noBackends, type Backends } from '../nouns/backends.ts'
import type { Ids } from '../nouns/ids.ts'
import type { AdjustableLimits } from '../nouns/limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { Documents } from '../ports/documents.ts'
import type { Objects } from '../ports/objects.ts'
import type { Reader, Store, Transaction } from '../ports/store.ts'
import { addressee } from './addressing.ts'
import { authorizeCall, requirePermission, type Caller } from './authorization.ts'
import type { Addresses, Call, ConnectionsTarget } from './call.ts'
import { nobody, scopeOf, type Identified, type Identify } from './identity.ts'
import { modelOf, type ModelName } from './models.ts'
import type { Service } from './service.ts'

export interface EndpointParts {
  readonly services: ReadonlyMap<ModelName, Service>
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly addresses: Addresses
  readonly identify: Identify
  /** How callers of `@connections` are identified, which belongs to an API as much as to AWS; `identify` when absent. */
  readonly identifyManager?: Identify | undefined
  readonly customIds: boolean
  readonly documents: Documents
  /** The objects that `s3://` URLs name; absent when there are none. */
  readonly objects?: Objects | undefined
  readonly limits: AdjustableLimits
  /** The addresses that stand for ARNs of listeners and Cloud Map services; absent when there are none. */
  readonly backends?: Backends | undefined
  readonly warn?: Call['warn'] | undefined
  /** Whether a token issuer's metadata can be read; absent when issuers are not asked. */
  readonly reachesIssuer?: ((issuer: string) => Promise<boolean>) | undefined
  /** Gets errors that are our own bugs; the caller gets AWS's 500. */
  readonly bug: (error: unknown, requestId: string) => void
}

/** One request in the two forms that the codec and the signature check need. */
export interface ServiceRequest {
  readonly wire: WireRequest
  readonly signed: SignableRequest
  /** The API and stage whose URL was called, for `@connections` alone. */
  readonly connectionsOf?: ConnectionsTarget | undefined
  /** How it reached this gateway: `http://127.0.0.1:4566`. */
  readonly origin?: string | undefined
  /** The caller's IP address, for policies that depend on it. */
  readonly sourceIp?: string | undefined
}

export type Endpoint = (request: ServiceRequest) => Promise<WireAnswer>

/** A call of `@connections` is for this service whatever it is signed for. */
const managementApi = { model: 'apigatewaymanagementapi', named: 'execute-api' } as const

const reads = /^(?:Get|List|Describe|Simulate|Filter|Batch)/

export function createEndpoint(parts: EndpointParts): Endpoint {
  return async (request) => {
    const requestId = parts.ids.uuid()
    const credentialScope = scopeOf(request.signed)
    const { model, named } =
      request.connectionsOf === undefined ? addressee(request.wire, credentialScope?.service) : managementApi
    if (model === undefined) return unknownService(named, requestId, request.wire)
    const service = modelOf(model)
    let dialect: Dialect = service.dialect(request.wire)
    try {
      const match = service.match(request.wire)
      if (match === undefined) throw unknownOperation(dialect, model)
      dialect = match
      const words = {
        signingName: signingNameOf(model, service.name),
        isQuery: match.protocol === 'query',
        region: request.connectionsOf?.region,
      }
      const isManager = model === managementApi.model
      const identify = (isManager ? parts.identifyManager : undefined) ?? parts.identify
      const caller = match.operation.isUnsigned
        ? nobody(credentialScope?.region ?? '')
        : await identify(request.signed, words, parts.clock.now())
      return encode(match, await run(parts, { match, caller, model, requestId }, request), { requestId })
    } catch (error) {
      return encodeFault(dialect, faultOf(error, parts, requestId), { requestId })
    }
  }
}

interface Running {
  readonly match: Match
  readonly caller: Identified
  readonly model: ModelName
  readonly requestId: string
}

async function run(
  parts: EndpointParts,
  { match, caller, model, requestId }: Running,
  { wire, connectionsOf, sourceIp, origin = 'http://localhost' }: ServiceRequest,
): Promise<object> {
  const name = match.operation.name
  const { service, handler } = operationOf(parts, model, name)
  const input = decode(match, wire)
  const scope = service.global === true ? { ...caller.scope, region: 'global' } : caller.scope
  const userAgent = wire.headers['user-agent']
  const { known } = caller
  const asking: Caller | undefined = known && { known, nowMs: parts.clock.now(), sourceIp, userAgent, origin }
  if (asking !== undefined) {
    const { method, path } = wire
    await authorizeCall(asking, model, {
      operation: name,
      method,
      path,
      input,
      scope,
      connectionsOf,
      callerArn: caller.principal.arn,
      read: (scope) => parts.store.read(scope),
    })
  }
  validate(match, input)
  const issuersOf = async () => (await service.issuersOf?.(name, input, { scope, documents: parts.documents })) ?? []
  const unreachableIssuers = await unreachable(parts, issuersOf)
  const handle = async (store: Transaction): Promise<object> => {
    const call: Call = {
      scope,
      principal: caller.principal,
      requestId,
      origin,
      sourceIp,
      userAgent,
      nowMs: parts.clock.now(),
      ids: parts.ids,
      addresses: parts.addresses,
      store,
      customIds: parts.customIds,
      documents: parts.documents,
      objects: parts.objects,
      limits: parts.limits,
      backends: parts.backends ?? noBackends,
      unreachableIssuers,
      warn: parts.warn ?? ((): void => {}),
      require: asking && ((demand) => requirePermission(asking, model, { ...demand, region: scope.region })),
      connectionsOf,
    }
    return (await handler(input as never, call)) ?? {}
  }
  const unlocked = reads.test(name) || service.unlocked?.has(name) === true
  return unlocked ? handle(readOnly(parts.store.read(scope))) : parts.store.transact(scope, handle)
}

/** The operation of a request. Throws NotImplementedException for one that is in AWS's model but not served here. */
function operationOf(
  { services }: EndpointParts,
  model: ModelName,
  name: string,
): { readonly service: Service; readonly handler: Service['handlers'][string] & {} } {
  const service = services.get(model)
  const handler = service?.handlers[name]
  if (service !== undefined && handler !== undefined) return { service, handler }
  throw new ServiceFault(
    'NotImplementedException',
    501,
    `${name} is not available in Sluice yet. See docs/compatibility.md.`,
  )
}

/** The issuers whose metadata cannot be read, if issuers are asked at all. */
async function unreachable(
  { reachesIssuer }: EndpointParts,
  issuersOf: () => Promise<readonly string[]>,
): Promise<ReadonlySet<string>> {
  if (reachesIssuer === undefined) return new Set()
  const asked = await Promise.all(
    [...new Set(await issuersOf())].map(async (issuer) => ({ issuer, is: await reachesIssuer(issuer) })),
  )
  return new Set(asked.filter(({ is }) => !is).map(({ issuer }) => issuer))
}

/**
 * A reader in the form of a transaction. Writing throws: an operation that writes has been listed as one that only reads,
 * which is our bug.
 */
function readOnly(reader: Reader): Transaction {
  const refuse = (): never => {
    throw new Error('this operation runs outside a transaction and may not write')
  }
  return {
    get: (kind, key) => reader.get(kind, key),
    list: (kind, prefix, page) => reader.list(kind, prefix, page),
    each: (kind, prefix) => reader.each(kind, prefix),
    getTaking: (kind, key, takers) => reader.getTaking(kind, key, takers),
    claimed: (space, name) => reader.claimed(space, name),
    put: refuse,
    putLarge: refuse,
    delete: refuse,
    claim: refuse,
    release: refuse,
  }
}

/** The service name that clients sign with, which may differ from the model's. */
function signingNameOf(model: ModelName, name: string): string {
  if (model === 'cloudwatch') return 'monitoring'
  if (model === 'apigatewaymanagementapi') return 'execute-api'
  return model === 'apigatewayv2' ? 'apigateway' : name
}

function unknownOperation({ protocol }: Dialect, model: ModelName): ServiceFault {
  // Own: Lambda has many more operations than are served here, and tools try them.
  if (model === 'lambda') {
    return new ServiceFault(
      'NotImplementedException',
      501,
      'Sluice does not serve this operation of Lambda. See docs/compatibility.md.',
    )
  }
  // AWS: an unknown path of a REST service is answered like a missing signature, an unknown operation of the others by name.
  return protocol === 'rest-json'
    ? new ServiceFault('MissingAuthenticationTokenException', 403, 'Missing Authentication Token')
    : new ServiceFault('UnknownOperationException', 400, 'The requested operation is not recognized by the service.')
}

function faultOf(error: unknown, parts: EndpointParts, requestId: string): ServiceFault {
  if (error instanceof ServiceFault) return error
  parts.bug(error, requestId)
  return new ServiceFault(
    'InternalFailure',
    500,
    'An internal error occurred. The log has the details under this request id.',
  )
}

function unknownService(named: string, requestId: string, { headers }: WireRequest): WireAnswer {
  const message =
    named === ''
      ? 'Missing Authentication Token. This address takes AWS calls; an API is called by its host name, or under /_aws/execute-api/API_ID/STAGE'
      : `The service "${named}" is not served by Sluice. See docs/compatibility.md.`
  const status = named === '' ? 403 : 501
  const code = named === '' ? 'MissingAuthenticationTokenException' : 'NotImplementedException'
  // A service that is called with forms, such as CloudFormation, is answered in XML: its clients read nothing else.
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    const text = message.replace(/[<&]/g, (character) => `&#${character.charCodeAt(0)};`)
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error>`
    return {
      status,
      headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
      body: `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>\n`,
    }
  }
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-RequestId': requestId, 'x-amzn-ErrorType': code },
    body: JSON.stringify({ message }),
  }
}
