// Every `$context` variable of a WebSocket API, in one table: for templates, mappings, expressions and error frames. WebSocket 27.4.
import { cognitoMember, type CognitoMember } from './cognito-identity.ts'
import { authorizerValue, type ContextValue } from './context.ts'
import type { CallerIdentity, Keyed } from './exchange.ts'
import type { GatewayFault } from './faults.ts'
import type { Returned } from './outgoing.ts'
import { requestTime } from './request-time.ts'
import type { SocketReceived, SocketRouted, SocketStage } from './socket.ts'

/** What is known of an event at the moment. */
export type SocketContextExchange = SocketReceived &
  Partial<SocketRouted> &
  Partial<Keyed> &
  Partial<Returned> & { readonly fault?: GatewayFault | undefined }

export type SocketContextReader = (exchange: SocketContextExchange, stage: SocketStage) => ContextValue

const identity =
  (name: Exclude<keyof CallerIdentity, 'cognito'>): SocketContextReader =>
  ({ caller }) =>
    caller?.identity?.[name]

const cognito =
  (name: CognitoMember): SocketContextReader =>
  ({ caller }) =>
    cognitoMember(name, caller?.identity?.cognito) ?? undefined

/** Name without `$context.` → its value. */
export const socketContextVariables: Readonly<Record<string, SocketContextReader>> = {
  apiId: (_, stage) => stage.apiId,
  'authorizer.principalId': ({ caller }) => caller?.principalId,
  connectedAt: ({ connection }) => connection.connectedAtMs,
  connectionId: ({ connection }) => connection.connectionId,
  domainName: ({ connection }) => connection.domainName,
  domainPrefix: ({ connection }) => connection.domainName.split('.', 1)[0],
  'error.message': ({ fault }) => fault?.sentence,
  'error.messageString': ({ fault }) => (fault === undefined ? undefined : JSON.stringify(fault.sentence)),
  'error.responseType': ({ fault }) => fault?.type,
  'error.validationErrorString': ({ fault }) => fault?.validationError,
  eventType: ({ eventType }) => eventType,
  extendedRequestId: ({ requestId }) => requestId,
  'identity.accountId': identity('accountId'),
  'identity.apiKey': ({ apiKey, connectionKey = apiKey }) => connectionKey?.value,
  'identity.apiKeyId': ({ apiKey, connectionKey = apiKey }) => connectionKey?.id,
  'identity.caller': identity('caller'),
  'identity.cognitoAuthenticationProvider': cognito('cognitoAuthenticationProvider'),
  'identity.cognitoAuthenticationType': cognito('cognitoAuthenticationType'),
  'identity.cognitoIdentityId': cognito('cognitoIdentityId'),
  'identity.cognitoIdentityPoolId': cognito('cognitoIdentityPoolId'),
  'identity.sourceIp': ({ connection }) => connection.sourceIp,
  'identity.user': identity('user'),
  'identity.userAgent': ({ connection }) => connection.userAgent,
  'identity.userArn': identity('userArn'),
  messageId: ({ messageId }) => messageId,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ receivedAtMs }) => requestTime(receivedAtMs),
  requestTimeEpoch: ({ receivedAtMs }) => receivedAtMs,
  routeKey: eventRoute,
  stage: (_, stage) => stage.stageName,
  // Of the backend, once it has answered.
  status: ({ returned }) => returned?.status,
}

/** The route that an event is for: there may be no such route. Undefined for a message that names none. */
export function eventRoute({ eventType, target }: SocketContextExchange): string | undefined {
  if (target !== undefined) return target.routeKey
  return eventType === 'MESSAGE' ? undefined : `$${eventType.toLowerCase()}`
}

const authorizerPrefix = 'authorizer.'

/** The reader of a variable by its name without `context.`; undefined for a name that is none. */
export function socketContextReader(name: string): SocketContextReader | undefined {
  if (Object.hasOwn(socketContextVariables, name)) return socketContextVariables[name]
  if (!name.startsWith(authorizerPrefix)) return undefined
  const key = name.slice(authorizerPrefix.length)
  return ({ caller }) => authorizerValue(caller, key)
}
