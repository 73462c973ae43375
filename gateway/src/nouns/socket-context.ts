// Every `$context` variable of a WebSocket API, in one table: for templates, mappings, expressions and error frames. WebSocket 27.4.
import { authorizerValue, type ContextValue } from './context.ts'
import type { CallerIdentity } from './exchange.ts'
import type { GatewayFault } from './faults.ts'
import { requestTime } from './request-time.ts'
import type { SocketReceived, SocketRouted, SocketStage } from './socket.ts'

/** What is known of an event at the moment. */
export type SocketContextExchange = SocketReceived &
  Partial<SocketRouted> & { readonly fault?: GatewayFault | undefined }

export type SocketContextReader = (exchange: SocketContextExchange, stage: SocketStage) => ContextValue

const identity =
  (name: keyof CallerIdentity): SocketContextReader =>
  ({ caller }) =>
    caller?.identity?.[name]

/** Name without `$context.` → its value. */
export const socketContextVariables: Readonly<Record<string, SocketContextReader>> = {
  apiId: (_, stage) => stage.apiId,
  'authorizer.principalId': ({ caller }) => caller?.principalId,
  connectedAt: ({ connection }) => connection.connectedAtMs,
  connectionId: ({ connection }) => connection.connectionId,
  domainName: ({ connection }) => connection.domainName,
  'error.message': ({ fault }) => fault?.sentence,
  'error.messageString': ({ fault }) => (fault === undefined ? undefined : JSON.stringify(fault.sentence)),
  'error.responseType': ({ fault }) => fault?.type,
  'error.validationErrorString': ({ fault }) => fault?.validationError,
  eventType: ({ eventType }) => eventType,
  extendedRequestId: ({ requestId }) => requestId,
  'identity.accountId': identity('accountId'),
  'identity.apiKey': ({ connectionKey }) => connectionKey?.value,
  'identity.apiKeyId': ({ connectionKey }) => connectionKey?.id,
  'identity.caller': identity('caller'),
  'identity.sourceIp': ({ connection }) => connection.sourceIp,
  'identity.user': identity('user'),
  'identity.userAgent': ({ connection }) => connection.userAgent,
  'identity.userArn': identity('userArn'),
  messageId: ({ messageId }) => messageId,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ receivedAtMs }) => requestTime(receivedAtMs),
  requestTimeEpoch: ({ receivedAtMs }) => receivedAtMs,
  routeKey: ({ target }) => target?.routeKey,
  stage: (_, stage) => stage.stageName,
}

const authorizerPrefix = 'authorizer.'

/** The reader of a variable by its name without `context.`; undefined for a name that is none. */
export function socketContextReader(name: string): SocketContextReader | undefined {
  if (Object.hasOwn(socketContextVariables, name)) return socketContextVariables[name]
  if (!name.startsWith(authorizerPrefix)) return undefined
  const key = name.slice(authorizerPrefix.length)
  return ({ caller }) => authorizerValue(caller, key)
}
