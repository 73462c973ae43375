// The event that a WebSocket API's Lambda authorizer gets. Here the headers of the hop are there, and empty maps too. WebSocket 26.5.
import { lastHeader } from '../../../nouns/headers.ts'
import { parseQuery } from '../../../nouns/query.ts'
import { socketRouteArn, type SocketReceived, type SocketRoute } from '../../../nouns/socket.ts'
import { allValues, compileSocketRequestContext, eventHeaders, lastValues } from './socket.ts'

export function compileSocketAuthorizerEvent(
  route: SocketRoute,
): (exchange: SocketReceived, traceId: string) => string {
  const opening = `{"type":"REQUEST","methodArn":${JSON.stringify(socketRouteArn(route))},`
  const stageVariables = `"stageVariables":${JSON.stringify(route.stage.variables ?? {})},`
  const context = compileSocketRequestContext(route)
  return (exchange, traceId) => {
    const { handshake, connection } = exchange
    if (handshake === undefined) throw new Error('only a connection that opens is authorized')
    const headers = [...eventHeaders(handshake, connection.sourceIp, traceId)]
    headers.push('Connection', lastHeader(handshake.headers, 'connection') ?? 'upgrade', 'content-length', '0')
    headers.push('Upgrade', lastHeader(handshake.headers, 'upgrade') ?? 'websocket')
    const query = parseQuery(handshake.rawQuery).flat()
    return (
      `${opening}"headers":${lastValues(headers)},"multiValueHeaders":${allValues(headers)},` +
      `"queryStringParameters":${lastValues(query)},"multiValueQueryStringParameters":${allValues(query)},` +
      `${stageVariables}"requestContext":{${context(exchange)}}}`
    )
  }
}
