// Data mapping of WebSocket integrations: `integration.request.{header|querystring|path}.N` ← a source. WebSocket 27.3.
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import type { MappedParameters } from '../../nouns/outgoing.ts'
import { compileSocketSource } from '../../nouns/socket-source.ts'
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

const bodySource = 'route.request.body'
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

function compileRead(expression: string, stage: SocketStage): Read | undefined {
  if (expression === bodySource || expression.startsWith(`${bodySource}.`)) {
    const read = compileBodySource(expression.slice(bodySource.length), invalidJson)
    return ({ body }) => read(new JsonBody(body))
  }
  return compileSocketSource(expression, stage)
}

function invalidJson(): GatewayFault {
  return fault('DEFAULT_4XX', { message: 'Invalid JSON in request body' })
}
