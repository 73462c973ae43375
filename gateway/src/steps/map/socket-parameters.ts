// Data mapping of WebSocket integrations: `integration.request.{header|querystring|path}.N` ← a source. WebSocket 27.3.
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import type { MappedParameters } from '../../nouns/outgoing.ts'
import { RequestParameters } from '../../nouns/request-parameters.ts'
import { socketContextReader } from '../../nouns/socket-context.ts'
import type { SocketExchange, SocketStage } from '../../nouns/socket.ts'
import { headerValue, hopHeaders, isHeaderName } from '../answer/hop-headers.ts'
import { compileBodySource } from './body-source.ts'
import { JsonBody } from './json-body.ts'

/** Undefined: the source has no value, and the parameter is left out. */
type Read = (exchange: SocketExchange) => string | undefined

interface Mapping {
  readonly location: 'header' | 'querystring' | 'path'
  readonly name: string
  readonly read: Read
}

const target = /^integration\.request\.(header|querystring|path)\.(.+)$/s
const nothingMapped: MappedParameters = { headers: [], query: [], path: new Map() }

/** Compiles an integration's mappings. Throws GatewayFault for a message that is no JSON where a mapping reads it. */
export function compileSocketMappings(
  parameters: Readonly<Record<string, string>> | undefined,
  stage: SocketStage,
): (exchange: SocketExchange) => MappedParameters {
  const mappings = Object.entries(parameters ?? {}).flatMap(([key, expression]): Mapping[] => {
    const [, location, name = ''] = target.exec(key) ?? []
    const read = compileRead(expression, stage)
    if (location === undefined || read === undefined) return []
    if (location === 'header' && (!isHeaderName(name) || hopHeaders.has(name.toLowerCase()))) return []
    return [{ location: location as Mapping['location'], name, read }]
  })
  if (mappings.length === 0) return () => nothingMapped
  return (exchange) => {
    const headers: [string, string][] = []
    const query: [string, string][] = []
    const path = new Map<string, string>()
    for (const { location, name, read } of mappings) {
      const value = read(exchange)
      if (value === undefined) continue
      if (location === 'header') headers.push([name, headerValue(value)])
      else if (location === 'querystring') query.push([name, value])
      else path.set(name, value)
    }
    return { headers, query, path }
  }
}

const requestSource = /^route\.request\.(multivalue)?(querystring|header)\.(.+)$/s

function compileRead(expression: string, stage: SocketStage): Read | undefined {
  if (expression.startsWith("'")) {
    const text = expression.slice(1, -1)
    return () => text
  }
  if (expression === 'route.request.body' || expression.startsWith('route.request.body.')) {
    const read = compileBodySource(expression.slice('route.request.body'.length), invalidJson)
    return ({ body }) => read(new JsonBody(body))
  }
  if (expression.startsWith('context.')) {
    const read = socketContextReader(expression.slice('context.'.length))
    return (exchange) => {
      const value = read?.(exchange, stage)
      return value === undefined || value === null ? undefined : String(value)
    }
  }
  if (expression.startsWith('stageVariables.')) {
    const name = expression.slice('stageVariables.'.length)
    const { variables } = stage
    const value = variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined
    return () => value
  }
  const [, multivalue, location, name = ''] = requestSource.exec(expression) ?? []
  return location === undefined ? undefined : handshakeSource(location, name, multivalue !== undefined)
}

/** The connection's request: its last value of a name, or all of them. Messages have none. */
function handshakeSource(location: string, name: string, all: boolean): Read {
  return ({ handshake }) => {
    if (handshake === undefined) return undefined
    const values = handshakeValues({ ...handshake, location, name })
    return all && values.length > 0 ? values.join(',') : values.at(-1)
  }
}

/** Every value of a query parameter or header of a handshake; names of headers are compared without case. */
export function handshakeValues(from: {
  readonly headers: readonly string[]
  readonly rawQuery: string
  readonly location: string
  readonly name: string
}): readonly string[] {
  const { headers, rawQuery, location, name } = from
  const parameters = new RequestParameters({ rawQuery, headers, protocol: 'HTTP/1.1' })
  if (location === 'querystring') return parameters.queryAll(name)
  const lower = name.toLowerCase()
  return parameters.headerList.filter(([candidate]) => candidate.toLowerCase() === lower).map(([, value]) => value)
}

function invalidJson(): GatewayFault {
  return fault('DEFAULT_4XX', { message: 'Invalid JSON in request body' })
}
