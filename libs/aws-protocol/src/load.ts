// Turns a service model and its overlay into a service: the operation table, and the match of a request against it.
import { defaultBudget } from './budget.ts'
import type { Budget } from './budget.ts'
import { serializationFault } from './decode.ts'
import { ServiceFault, Unreadable } from './fault.ts'
import type { OperationModel, Overlay, Protocol, ServiceModel } from './model.ts'
import * as cbor from './protocols/cbor.ts'
import * as json from './protocols/json.ts'
import * as query from './protocols/query.ts'
import { parseParameters, Router } from './route.ts'
import type { Parameter } from './route.ts'
import type { Conventions, Dialect, Match, Operation, Service } from './service.ts'
import { emptyStructure, TypeCompiler } from './type.ts'
import type { StructureType } from './type.ts'
import type { WireRequest } from './wire.ts'

/**
 * Compiles a model (a few milliseconds for a hundred operations). Throws an `Error` on a model it cannot serve and on an overlay
 * that does not fit the model.
 */
export function loadService(model: ServiceModel, overlay: Overlay = {}, budget: Budget = defaultBudget): Service {
  const types = new TypeCompiler(model, overlay)
  const operations = new Map(
    Object.entries(model.operations).map(([name, row]) => [name, compileOperation(types, { name, row, overlay })]),
  )
  const faults = new Map<string, StructureType>()
  for (const [name, shape] of Object.entries(model.shapes)) if (shape.exception) faults.set(name, types.structure(name))
  return new LoadedService(model, { operations, faults, conventions: conventionsOf(model, overlay, budget) })
}

function compileOperation(
  types: TypeCompiler,
  { name, row, overlay }: { name: string; row: OperationModel; overlay: Overlay },
): Operation {
  const [path = '', literalQuery = ''] = row.http.requestUri.split('?')
  return {
    name,
    method: row.http.method,
    path,
    acceptedPath: overlay.acceptedPaths?.[name] ?? path,
    literalQuery: parseParameters(literalQuery, 100),
    successStatus: row.http.responseCode ?? 200,
    input: row.input === undefined ? emptyStructure : types.structure(row.input.shape),
    output: row.output === undefined ? undefined : types.structure(row.output.shape),
    resultWrapper: row.output?.resultWrapper,
    contentType: overlay.contentTypes?.[name] ?? 'application/octet-stream',
    isUnsigned: row.authtype === 'none',
  }
}

function conventionsOf({ metadata }: ServiceModel, overlay: Overlay, budget: Budget): Conventions {
  return {
    targetPrefix: metadata.targetPrefix ?? '',
    jsonVersion: metadata.jsonVersion ?? '1.1',
    xmlNamespace: metadata.xmlNamespace ?? '',
    queryCompatible: metadata.awsQueryCompatible !== undefined,
    overlay,
    budget,
  }
}

const known: ReadonlySet<string> = new Set(['rest-json', 'json', 'query', 'smithy-rpc-v2-cbor'] satisfies Protocol[])

function protocolsOf({ metadata }: ServiceModel): readonly Protocol[] {
  const protocols = (metadata.protocols ?? [metadata.protocol]).filter((name) => known.has(name))
  if (protocols.length === 0) throw new Error(`no protocol of ${metadata.serviceId} is known: ${metadata.protocol}`)
  return protocols as readonly Protocol[]
}

class LoadedService implements Service {
  readonly name: string
  readonly id: string
  readonly apiVersion: string
  readonly protocols: readonly Protocol[]
  readonly operations: ReadonlyMap<string, Operation>
  readonly faults: ReadonlyMap<string, StructureType>
  readonly conventions: Conventions
  private readonly router: Router<Operation>

  constructor(model: ServiceModel, compiled: Pick<Service, 'operations' | 'faults' | 'conventions'>) {
    const { metadata } = model
    this.name = metadata.signingName ?? metadata.endpointPrefix
    this.id = metadata.serviceId
    this.apiVersion = metadata.apiVersion
    this.protocols = protocolsOf(model)
    this.operations = compiled.operations
    this.faults = compiled.faults
    this.conventions = compiled.conventions
    const routed = this.protocols.includes('rest-json') ? [...this.operations.values()] : []
    this.router = new Router(
      routed.map((operation) => ({ method: operation.method, requestUri: templateOf(operation), target: operation })),
    )
  }

  dialect(request: WireRequest): Dialect {
    const speaks = this.protocols.find((protocol) => isSpoken[protocol](request.headers)) ?? this.protocols.at(-1)
    return {
      service: this,
      protocol: speaks ?? 'rest-json',
      queryMode: request.headers['x-amzn-query-mode'] === 'true',
    }
  }

  match(request: WireRequest): Match | undefined {
    const dialect = this.dialect(request)
    if (request.body.length > this.conventions.budget.bodyBytes) {
      throw new ServiceFault('RequestEntityTooLargeException', 413, 'The request body is too large.')
    }
    try {
      return this.find(dialect, request)
    } catch (error) {
      throw error instanceof Unreadable ? serializationFault(dialect, error) : error
    }
  }

  private find(dialect: Dialect, request: WireRequest): Match | undefined {
    const { protocol } = dialect
    const budget = this.conventions.budget.parameters
    if (protocol === 'rest-json') {
      const routed = this.router.match(request.method, request.path, () => parseParameters(request.query, budget))
      return routed && { ...dialect, operation: routed.target, labels: routed.labels, parameters: routed.query }
    }
    if (protocol === 'json') return found(dialect, json.operationOf(this, request.headers['x-amz-target']), [])
    if (protocol === 'smithy-rpc-v2-cbor') return found(dialect, cbor.operationOf(this, request.path), [])
    const parameters = query.parametersOf(request, budget)
    return found(dialect, query.operationOf(this, parameters), parameters)
  }
}

const noLabels: ReadonlyMap<string, string> = new Map()

function found(
  dialect: Dialect,
  operation: Operation | undefined,
  parameters: readonly Parameter[],
): Match | undefined {
  return operation && { ...dialect, operation, labels: noLabels, parameters }
}

function templateOf({ acceptedPath, literalQuery }: Operation): string {
  const query = literalQuery.map(([name, value]) => `${name}=${value}`).join('&')
  return query === '' ? acceptedPath : `${acceptedPath}?${query}`
}

/**
 * Tells by the headers in which protocol a request is; the last one, the query protocol, is for requests that none of the
 * others claims.
 */
const isSpoken: Readonly<Record<Protocol, (headers: WireRequest['headers']) => boolean>> = {
  'rest-json': () => true,
  json: (headers) => headers['x-amz-target'] !== undefined,
  query: (headers) => headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true,
  'smithy-rpc-v2-cbor': (headers) => headers['smithy-protocol'] === 'rpc-v2-cbor',
}
