// Parameter mapping of the integration request: `integration.request.{header|querystring|path}.N` ← a source. Recorded: REST 25.
import { utf8 } from '../../nouns/bytes.ts'
import type { ContextExchange } from '../../nouns/context.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { compileSource, isLiteral, type SourceValue } from '../../nouns/mapping-source.ts'
import type { MappedParameters } from '../../nouns/outgoing.ts'
import { decodeForm } from '../../nouns/query.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { headerValue } from '../answer/hop-headers.ts'
import { compileBodySource } from './body-source.ts'
import { requestHeaderRule, type MappedIntegration } from './header-rules.ts'
import { JsonBody } from './json-body.ts'

type MappedExchange = ContextExchange & Parameterised

/** Throws GatewayFault: 400 for a body that is no JSON, 500 for a header that may not be set. */
export type RequestMapper = (exchange: MappedExchange) => MappedParameters

/** Arrays and a map that are filled while mapping. */
export interface MappedDraft extends MappedParameters {
  readonly headers: [string, string][]
  readonly query: [string, string][]
  readonly path: Map<string, string>
}

type Read = (exchange: MappedExchange, body: () => JsonBody) => SourceValue
type Mapping = (exchange: MappedExchange, body: () => JsonBody, draft: MappedDraft) => void

export const nothingMapped: MappedParameters = { headers: [], query: [], path: new Map() }

const target = /^integration\.request\.(header|querystring|path)\.(.+)$/s

/** Compiles a method's mappings; undefined when it has none. */
export function compileRequestMappings(
  parameters: Readonly<Record<string, string>> | undefined,
  stage: RestStage,
  integration: MappedIntegration,
): RequestMapper | undefined {
  const mappings = Object.entries(parameters ?? {}).flatMap(([key, expression]) => {
    const [, location = '', name = ''] = target.exec(key) ?? []
    const read = compileRead(expression, stage)
    if (location === '' || read === undefined) return []
    if (location === 'header') return headerMapping(name, read, integration)
    return [mapping(location, name, location === 'querystring' && isLiteral(expression) ? decoded(read) : read)]
  })
  if (mappings.length === 0) return undefined
  return (exchange) => {
    const draft: MappedDraft = { headers: [], query: [], path: new Map() }
    let parsed: JsonBody | undefined
    const body = (): JsonBody => (parsed ??= new JsonBody(utf8(exchange.body)))
    for (const map of mappings) map(exchange, body, draft)
    return draft
  }
}

const bodySource = 'method.request.body'

function compileRead(expression: string, stage: RestStage): Read | undefined {
  if (expression === bodySource || expression.startsWith(`${bodySource}.`)) {
    const read = compileBodySource(expression.slice(bodySource.length), invalidRequestJson)
    return (_, body) => read(body())
  }
  const read = compileSource(expression, stage)
  return read === undefined ? undefined : (exchange) => read(exchange, exchange.parameters)
}

/** AWS: a literal goes into the query as it is, encoded by who wrote it. We encode every value, so this one is decoded before. */
function decoded(read: Read): Read {
  return (exchange, body) => {
    const value = read(exchange, body)
    return typeof value === 'string' ? decodeForm(value) : value
  }
}

function invalidRequestJson(): GatewayFault {
  return fault('DEFAULT_4XX', { message: 'Invalid JSON in request body' })
}

function mapping(location: string, name: string, read: Read): Mapping {
  if (location === 'path') {
    return (exchange, body, draft) => {
      const value = read(exchange, body)
      if (value !== undefined) draft.path.set(name, typeof value === 'string' ? value : value.join(','))
    }
  }
  return (exchange, body, draft) => {
    const value = read(exchange, body)
    if (typeof value === 'string') draft.query.push([name, value])
    else for (const each of value ?? []) draft.query.push([name, each])
  }
}

function headerMapping(name: string, read: Read, integration: MappedIntegration): Mapping[] {
  const rule = requestHeaderRule(name, integration)
  if (rule === 'drop') return []
  return [
    (exchange, body, draft) => {
      const value = read(exchange, body)
      if (value === undefined) return
      if (rule === 'refuse') throw headerAlreadyPresent(name)
      draft.headers.push([name, headerValue(typeof value === 'string' ? value : value.join(','))])
    },
  ]
}

/** A mapping or override to a header that is the gateway's own — recorded REST 25.1. */
export function headerAlreadyPresent(name: string): GatewayFault {
  return configurationFault(`${name} header already present`)
}
