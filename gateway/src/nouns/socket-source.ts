// Where values of a WebSocket event stand: `route.request.header.X`, `context.X`, `stageVariables.X`, `'text'`. WebSocket 27.3.
import { RequestParameters } from './request-parameters.ts'
import { socketContextReader, type SocketContextExchange } from './socket-context.ts'
import type { Handshake, SocketStage } from './socket.ts'

/** Undefined: the source has no value now. */
export type SocketSource = (exchange: SocketContextExchange) => string | undefined

const requestSource = /^route\.request\.(multivalue)?(querystring|header)\.(.+)$/s

/** Compiles a source; undefined for one that does not read. The message's body is not among them. */
export function compileSocketSource(expression: string, stage: SocketStage): SocketSource | undefined {
  if (expression.startsWith("'")) {
    const text = expression.slice(1, -1)
    return () => text
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
  return location === undefined ? undefined : ofHandshake(location, name, multivalue !== undefined)
}

/** The connection's request: its last value of a name, or all of them. Messages have none. */
function ofHandshake(location: string, name: string, all: boolean): SocketSource {
  return ({ handshake }) => {
    if (handshake === undefined) return undefined
    const values = handshakeValues(handshake, location, name)
    return all && values.length > 0 ? values.join(',') : values.at(-1)
  }
}

/** Every value of a query parameter or header of a handshake; names of headers are compared without case. */
export function handshakeValues({ headers, rawQuery }: Handshake, location: string, name: string): readonly string[] {
  const parameters = new RequestParameters({ rawQuery, headers })
  if (location === 'querystring') return parameters.queryAll(name)
  const lower = name.toLowerCase()
  return parameters.headerList.filter(([candidate]) => candidate.toLowerCase() === lower).map(([, value]) => value)
}
